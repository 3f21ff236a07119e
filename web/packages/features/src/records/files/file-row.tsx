/** One linked file: opens at its provider, where access to it is decided. */
import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconX, Pill } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { plain, useFormat, useMe } from "../../core";
import { FileIcon } from "./file-icon";
import { fileKind } from "./file-kind";
import classes from "./files.module.css";
import type { RecordFile } from "./types";

/** What is checked every quarter of an hour and was not for so long waits for something: then it says so. */
const STALE_MS = 24 * 3_600_000;

type FileRowProps = {
  file: RecordFile;
  canEdit: boolean;
  /** Explains the states below the list. */
  noteId: string;
  leaving: boolean;
  choose: () => void;
  remove: () => void;
};

/** An address that a page may be opened by; nothing else is ever followed. */
const isAddress = (link: string) => /^https?:\/\//i.test(link);

export function FileRow({ file, canEdit, noteId, leaving, choose, remove }: FileRowProps) {
  const { t } = useTranslation();
  const name = plain(file.name) || t("files.unnamed");
  const kind = fileKind(file.mime_type);
  const closed = file.state === "available" ? undefined : file.state;
  return (
    <li className={classes.row} data-file={file.id} data-state={file.state}>
      <FileIcon mimeType={file.mime_type} closed={closed !== undefined} />
      <div className={classes.text}>
        <span className="tn-sr-only">{t(`files.kind.${kind}`)}: </span>
        {isAddress(file.link) ? (
          <a className={classes.name} href={file.link} target="_blank" rel="noopener noreferrer">
            {name}
            <span className="tn-sr-only"> ({t("sign_in.new_tab")})</span>
          </a>
        ) : (
          <span className={classes.name}>{name}</span>
        )}
        <Linked file={file} />
        {closed !== undefined && (
          <div className={classes.state} aria-describedby={noteId}>
            <Pill tone={closed === "no_access" ? "warn" : "neutral"}>{t(`files.state.${closed}`)}</Pill>
            {closed === "no_access" && canEdit && (
              <Button
                size="compact-xs"
                variant="subtle"
                loading={leaving}
                aria-label={t("files.give_access_named", { name })}
                onClick={choose}
              >
                {t("files.give_access")}
              </Button>
            )}
            {closed === "unavailable" && <Checked at={file.checked_at} />}
          </div>
        )}
        {closed === undefined && isStale(file.checked_at) && (
          <div className={classes.quiet}>
            <Checked at={file.checked_at} />
          </div>
        )}
      </div>
      {canEdit && (
        <Tooltip label={t("files.remove_tip")} position="left" withArrow>
          <ActionIcon
            variant="subtle"
            color="gray"
            className={classes.remove}
            aria-label={t("files.remove", { name })}
            onClick={remove}
          >
            <IconX size={15} />
          </ActionIcon>
        </Tooltip>
      )}
    </li>
  );
}

const isStale = (at: string | null) => at !== null && Date.now() - Date.parse(at) > STALE_MS;

/** Who linked it, and when. */
function Linked({ file }: { file: RecordFile }) {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe()?.member.id;
  const { added_by: by, added_at: at } = file;
  const when = format.ago(at);
  return (
    <div className={classes.quiet}>
      <span title={format.full(at)}>
        {by === null
          ? t("files.linked_when", { when })
          : by.id === me
            ? t("files.linked_by_you", { when })
            : t("files.linked_by", { name: plain(by.name), when })}
      </span>
    </div>
  );
}

function Checked({ at }: { at: string | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (at === null) return null;
  return (
    <span className={classes.quiet} title={format.full(at)}>
      {t("files.checked", { when: format.ago(at) })}
    </span>
  );
}
