import { ActionIcon } from "@mantine/core";
import { IconPaperclip, IconRefresh, IconX, ProgressBar } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { plain, useFormat } from "../core";
import classes from "./composer.module.css";
import type { WrittenFile } from "./written";

type FileListProps = {
  files: WrittenFile[];
  remove: (key: string) => void;
  retry: (file: WrittenFile) => void;
};

export function FileList({ files, remove, retry }: FileListProps) {
  const { t } = useTranslation();
  const format = useFormat();
  if (files.length === 0) return null;
  return (
    <ul className={classes.files} aria-label={t("mail.attachments", { count: files.length })}>
      {files.map((file) => {
        const name = plain(file.name) || t("mail.unnamed");
        return (
          <li key={file.key} className={classes.file} data-failed={file.state === "failed" ? "" : undefined}>
            <IconPaperclip size={16} stroke={1.6} aria-hidden="true" />
            <span className={classes.fileText}>
              <span className={classes.fileName} title={name}>
                {name}
              </span>
              <span className={classes.fileNote}>
                {file.state === "failed" ? file.problem : format.size(file.size)}
              </span>
              {file.state === "uploading" && (
                <ProgressBar value={100 * file.progress} label={t("compose.uploading", { name })} />
              )}
            </span>
            {file.state === "failed" && file.file !== undefined && (
              <ActionIcon
                variant="subtle"
                color="gray"
                c="var(--tn-text-2)"
                aria-label={t("compose.retry_file", { name })}
                onClick={() => retry(file)}
              >
                <IconRefresh size={15} />
              </ActionIcon>
            )}
            <ActionIcon
              variant="subtle"
              color="gray"
              c="var(--tn-text-2)"
              aria-label={t("compose.remove_file", { name })}
              onClick={() => remove(file.key)}
            >
              <IconX size={15} />
            </ActionIcon>
          </li>
        );
      })}
    </ul>
  );
}
