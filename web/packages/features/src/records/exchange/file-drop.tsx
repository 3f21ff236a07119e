/** Takes a file: dropped, or chosen. */
import { Button } from "@mantine/core";
import { IconUpload, ProgressBar } from "@tenon/ui";
import { type DragEvent, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { plain, useFormat } from "../../core";
import classes from "./exchange.module.css";

const ACCEPTED = ".csv,.tsv,.txt,.vcf,.ics,text/csv,text/vcard,text/calendar";
export const MOST_BYTES = 64 * 1024 * 1024;

type FileDropProps = {
  /** How much of it is with the server; undefined while nothing is sent. */
  sending: { name: string; share: number } | undefined;
  take: (file: File) => void;
  cancel: () => void;
  formats: string;
};

export function FileDrop({ sending, take, cancel, formats }: FileDropProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const input = useRef<HTMLInputElement>(null);
  const note = useId();
  const [over, setOver] = useState(false);
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file !== undefined && sending === undefined) take(file);
  };
  if (sending !== undefined)
    return (
      <div className={classes.drop} role="status">
        <p className={classes.dropTitle}>{t("exchange.sending", { name: plain(sending.name) })}</p>
        <div className={classes.dropBar}>
          <ProgressBar
            value={sending.share * 100}
            label={t("exchange.sending", { name: plain(sending.name) })}
          />
        </div>
        <Button size="xs" variant="default" onClick={cancel}>
          {t("common.cancel")}
        </Button>
      </div>
    );
  return (
    // The button does the same; what is dropped is a shorter way.
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shorter way for the button inside
    <div
      className={classes.drop}
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <IconUpload size={28} stroke={1.5} aria-hidden="true" />
      <p className={classes.dropTitle}>{t("exchange.drop")}</p>
      <Button variant="default" aria-describedby={note} onClick={() => input.current?.click()}>
        {t("exchange.choose_file")}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        accept={ACCEPTED}
        aria-label={t("exchange.choose_file")}
        data-testid="import-file"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (file !== undefined) take(file);
        }}
      />
      <p className={classes.note} id={note}>
        {formats} {t("exchange.limit", { size: format.size(64_000_000) })}
      </p>
    </div>
  );
}
