/** Files of a provider's drive that belong to a record; access to them stays the provider's. */
import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconPaperclip, Notice } from "@tenon/ui";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { late, useApi, useFormat, useProblemText } from "../../core";
import type { RecordItem } from "../core/types";
import { useCanEdit } from "../record/use-record";
import { useAccounts } from "./accounts";
import { AddMenu, type Way } from "./add-menu";
import { FileRow } from "./file-row";
import classes from "./files.module.css";
import { filesQuery } from "./queries";
import type { RecordFile } from "./types";
import { useChoosing } from "./use-choosing";
import { useFiles } from "./use-files";
import { useReturn } from "./use-return";

const AccountsDialog = late(() => import("./accounts-dialog"));
const PasteDialog = late(() => import("./paste-dialog"));
const SearchDialog = late(() => import("./search-dialog"));

/** More of them are shown when asked for. */
const SHOWN = 6;
const none: RecordFile[] = [];

export default function FilesSection({ record }: { record: RecordItem }) {
  const { t } = useTranslation();
  const api = useApi();
  const heading = useId();
  const canEdit = useCanEdit(record);
  const query = useQuery(filesQuery(api, record.id));
  const files = query.data ?? none;
  const accounts = useAccounts();
  const [dialog, setDialog] = useState<Way | "lack">();
  const { choose, leaving } = useChoosing({
    record: record.id,
    files,
    onLack: () => setDialog("lack"),
  });
  const section = useReturn(record.id, query.isFetchedAfterMount ? query.data : undefined);
  const go = async (way: Way) => {
    if (way === "paste") return setDialog("paste");
    const ready = await accounts.ask().catch(() => []);
    const [only, ...others] = ready;
    if (only === undefined) setDialog("lack");
    else if (way === "choose" && others.length === 0) choose(only.id);
    else setDialog(way);
  };
  const close = () => setDialog(undefined);
  if (query.isSuccess && files.length === 0 && !canEdit) return null;
  return (
    <section ref={section.ref} className={classes.section} aria-labelledby={heading} data-files>
      <div className={classes.head}>
        <h2 id={heading} tabIndex={-1}>
          {t("files.title")}
          {files.length > 0 && <span className={classes.count}>{files.length}</span>}
        </h2>
        {canEdit && <AddMenu leaving={leaving} go={(way) => void go(way)} />}
      </div>
      {section.problem}
      {query.isPending && (
        <div className={classes.waiting} aria-busy="true">
          <Skeleton height={34} />
          <Skeleton height={34} width="80%" />
        </div>
      )}
      {query.isError && query.data === undefined && (
        <Failed error={query.error} retry={() => void query.refetch()} />
      )}
      {query.data !== undefined &&
        (files.length === 0 ? (
          <Empty leaving={leaving} choose={() => void go("choose")} />
        ) : (
          <FileList
            record={record.id}
            files={files}
            canEdit={canEdit}
            leaving={leaving}
            choose={() => void go("choose")}
          />
        ))}
      {(dialog === "lack" || dialog === "choose") && (
        <AccountsDialog
          all={accounts.all}
          lack={dialog === "lack"}
          choose={(connection) => {
            close();
            choose(connection);
          }}
          close={close}
        />
      )}
      {dialog === "paste" && <PasteDialog record={record.id} accounts={accounts.ready} close={close} />}
      {dialog === "search" && (
        <SearchDialog
          record={record.id}
          accounts={accounts.ready}
          linked={files}
          chooseInDrive={() => {
            close();
            void go("choose");
          }}
          close={close}
        />
      )}
    </section>
  );
}

function Empty({ leaving, choose }: { leaving: boolean; choose: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={classes.empty}>
      <IconPaperclip size={18} stroke={1.6} aria-hidden="true" />
      <div>
        <p>{t("files.empty")}</p>
        <Button size="compact-sm" variant="light" loading={leaving} onClick={choose}>
          {t("files.way.choose")}
        </Button>
      </div>
    </div>
  );
}

function Failed({ error, retry }: { error: unknown; retry: () => void }) {
  const { t } = useTranslation();
  const text = useProblemText();
  return (
    <Notice
      tone="danger"
      role="alert"
      title={t("files.failed")}
      actions={
        <Button size="xs" variant="default" onClick={retry}>
          {t("problem.retry")}
        </Button>
      }
    >
      {text(error)}
    </Notice>
  );
}

type FileListProps = {
  record: string;
  files: RecordFile[];
  canEdit: boolean;
  leaving: boolean;
  choose: () => void;
};

function FileList({ record, files, canEdit, leaving, choose }: FileListProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { remove } = useFiles(record);
  const noteId = useId();
  const [all, setAll] = useState(false);
  // One more than fits is shown rather than a button for it.
  const shown = all || files.length <= SHOWN + 1 ? files : files.slice(0, SHOWN);
  const has = (state: RecordFile["state"]) => shown.some((file) => file.state === state);
  return (
    <>
      <ul className={classes.list}>
        {shown.map((file) => (
          <FileRow
            key={file.id}
            file={file}
            canEdit={canEdit}
            noteId={noteId}
            leaving={leaving}
            choose={choose}
            remove={() => remove(file)}
          />
        ))}
      </ul>
      {shown.length < files.length && (
        <button type="button" className={classes.more} onClick={() => setAll(true)}>
          {t("files.show_all", { number: format.number(files.length) })}
        </button>
      )}
      <div id={noteId} className={classes.notes}>
        {has("no_access") && <p>{t(canEdit ? "files.no_access_text" : "files.no_access_view")}</p>}
        {has("unavailable") && <p>{t("files.unavailable_text")}</p>}
      </div>
    </>
  );
}
