/** Links files to a record and takes them off, shown at once and with *Undo*. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useToast } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { newKey, plain, useApi, useProblemText } from "../../core";
import { useRecordEdits } from "../core/edits";
import { recordKeys } from "../core/keys";
import { fileCalls } from "./calls";
import type { LinkBody, RecordFile } from "./types";

const known = (client: QueryClient, record: string) =>
  client.getQueryData<RecordFile[]>(recordKeys.files(record));

export function useFiles(record: string) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const problemText = useProblemText();
  const edits = useRecordEdits();
  const queryKey = recordKeys.files(record);
  const show = (change: (files: RecordFile[]) => RecordFile[]) =>
    client.setQueryData<RecordFile[]>(queryKey, (files) => (files === undefined ? files : change(files)));
  const anew = () => {
    void client.invalidateQueries({ queryKey });
    void client.invalidateQueries({ queryKey: recordKeys.timeline(record) });
  };
  const failed = (title: string, error: unknown) =>
    toast(`${title} ${problemText(error)}`, { tone: "danger", key: "files failed", shownMs: 10_000 });

  /** Puts those back that stood after the ones before them. */
  const back = (file: RecordFile, at: number) =>
    show((files) =>
      files.some(({ id }) => id === file.id) ? files : [...files.slice(0, at), file, ...files.slice(at)],
    );
  const takeOff = async (file: RecordFile): Promise<boolean> => {
    await client.cancelQueries({ queryKey });
    const at = known(client, record)?.findIndex(({ id }) => id === file.id) ?? 0;
    show((files) => files.filter(({ id }) => id !== file.id));
    try {
      await fileCalls(api).remove(record, file.id);
      return true;
    } catch (error) {
      back(file, Math.max(0, at));
      failed(t("files.not_removed", { name: plain(file.name) }), error);
      return false;
    } finally {
      anew();
    }
  };
  const restore = async (file: RecordFile, at: number): Promise<void> => {
    await client.cancelQueries({ queryKey });
    back(file, at);
    try {
      await fileCalls(api).restore(record, file.id);
    } catch (error) {
      show((files) => files.filter(({ id }) => id !== file.id));
      failed(t("files.not_restored", { name: plain(file.name) }), error);
    }
    anew();
  };

  return {
    /** Throws what the server refused. */
    async link(body: LinkBody): Promise<void> {
      const before = new Set(known(client, record)?.map(({ id }) => id));
      const answered = await fileCalls(api).link(record, body, newKey());
      const added = answered.filter(({ id }) => !before.has(id));
      await client.cancelQueries({ queryKey });
      show((files) => [...added.filter(({ id }) => !files.some((file) => file.id === id)), ...files]);
      anew();
      if (added.length === 0) {
        toast(t("files.linked_before"));
        return;
      }
      const closed = added.filter(({ state }) => state === "no_access").length;
      const text = t("files.linked", { count: added.length });
      const but =
        closed === added.length
          ? t("files.linked_no_access_all")
          : t("files.linked_no_access", { count: closed });
      edits.offerUndo(closed === 0 ? text : `${text}. ${but}`, () => void Promise.all(added.map(takeOff)));
    },
    remove(file: RecordFile): void {
      const at = known(client, record)?.findIndex(({ id }) => id === file.id) ?? 0;
      const done = takeOff(file);
      edits.offerUndo(t("files.removed", { name: plain(file.name) }), () => {
        void done.then((gone) => {
          if (gone) void restore(file, Math.max(0, at));
        });
      });
    },
  };
}
