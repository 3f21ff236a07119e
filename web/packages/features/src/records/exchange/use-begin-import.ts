/** Sends a file; when the answer is lost, looks whether it has come after all. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ApiProblem, isProblem } from "@tenon/api-client";
import { useEffect, useRef, useState } from "react";
import { useApi } from "../../core";
import { recordKeys } from "../core/keys";
import type { ImportItem } from "../core/next-types";
import type { Kind } from "../core/types";
import { importCalls } from "./calls";
import { MOST_BYTES } from "./file-drop";

/** Files of this page, by import: one may have to be read in another way. */
const files = new WeakMap<QueryClient, Map<string, File>>();
const filesOf = (client: QueryClient): Map<string, File> => {
  const known = files.get(client) ?? new Map<string, File>();
  files.set(client, known);
  return known;
};

/** Reads the same file with another separator; undefined when this page has not got the file any more. */
export function useReread(item: ImportItem): ((delimiter: string) => Promise<void>) | undefined {
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const file = filesOf(client).get(item.id);
  if (file === undefined) return undefined;
  return async (delimiter) => {
    const calls = importCalls(api);
    const sending = { onProgress: () => undefined, signal: new AbortController().signal };
    const read = await calls.begin(item.kind, file, sending, delimiter);
    filesOf(client).set(read.id, file);
    client.setQueryData(recordKeys.import(read.id), read);
    await navigate({ to: "/import/{-$id}", params: { id: read.id }, replace: true });
    // The first reading is of no use; if it stays, it does no harm.
    await calls.remove(item.id).catch(() => undefined);
    void client.invalidateQueries({ queryKey: [...recordKeys.imports, "list"] });
  };
}

export function useBeginImport(kind: Kind) {
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [sending, setSending] = useState<{ name: string; share: number }>();
  const [error, setError] = useState<unknown>();
  const abort = useRef<AbortController>(undefined);
  useEffect(() => () => abort.current?.abort(), []);

  const open = (item: ImportItem, file: File) => {
    filesOf(client).set(item.id, file);
    client.setQueryData(recordKeys.import(item.id), item);
    void client.invalidateQueries({ queryKey: [...recordKeys.imports, "list"] });
    void navigate({ to: "/import/{-$id}", params: { id: item.id } });
  };
  const take = async (file: File) => {
    setError(undefined);
    if (file.size > MOST_BYTES) {
      setError(new ApiProblem({ status: 413, code: "too_large" }));
      return;
    }
    const control = new AbortController();
    abort.current = control;
    setSending({ name: file.name, share: 0 });
    const calls = importCalls(api);
    const before = await calls.list(undefined).catch(() => undefined);
    try {
      if (control.signal.aborted) return;
      open(
        await calls.begin(kind, file, {
          onProgress: (share) => setSending({ name: file.name, share }),
          signal: control.signal,
        }),
        file,
      );
    } catch (refused) {
      if (control.signal.aborted) return;
      const came =
        isProblem(refused, "offline") && before !== undefined
          ? await calls.list(undefined).then(
              ({ items }) =>
                items.find(
                  (item) =>
                    item.name === file.name &&
                    item.kind === kind &&
                    before.items.every(({ id }) => id !== item.id),
                ),
              () => undefined,
            )
          : undefined;
      if (came === undefined) setError(refused);
      else open(came, file);
    } finally {
      setSending(undefined);
    }
  };
  return { sending, error, take: (file: File) => void take(file), cancel: () => abort.current?.abort() };
}
