import type { Connection, Mailbox } from "@tenon/api-client";
import { ProgressBar, Status, type Tone } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { type Format, useFormat } from "../core";
import classes from "./connections.module.css";

type Translate = ReturnType<typeof useTranslation>["t"];

const STATUS_TONES: Record<Connection["status"], Tone> = {
  active: "ok",
  paused: "neutral",
  needs_reauthorization: "warn",
  revoked: "danger",
};

const STATE_TONES: Record<Mailbox["state"], Tone> = {
  waiting: "neutral",
  first_sync: "ok",
  live: "ok",
  resync: "ok",
  stalled: "warn",
  parked: "warn",
};

export function needsAttention(connection: Connection): boolean {
  return (
    connection.status === "needs_reauthorization" ||
    connection.status === "revoked" ||
    connection.mailbox?.state === "stalled" ||
    connection.mailbox?.state === "parked"
  );
}

/** One word for how a connection is: its own trouble first, else what its mailbox does. */
export function ConnectionStatus({ connection }: { connection: Connection }) {
  const { t } = useTranslation();
  const { status, mailbox } = connection;
  if (status !== "active" || mailbox == null) {
    return <Status tone={STATUS_TONES[status]}>{t(`connections.status.${status}`)}</Status>;
  }
  return <Status tone={STATE_TONES[mailbox.state]}>{t(`connections.mailbox_state.${mailbox.state}`)}</Status>;
}

/** "1,240 of about 10,000 · about 25 min left; you can already use it" */
export function progressText(
  t: Translate,
  format: Format,
  progress: NonNullable<Mailbox["progress"]>,
): string {
  // Within a time box nobody knows the total before the first messages are here.
  const amount =
    progress.total === 0
      ? ""
      : `${t("connections.progress.amount", {
          done: format.number(progress.done),
          total: format.number(progress.total),
        })} · `;
  const left =
    progress.eta_seconds == null
      ? t("connections.progress.no_estimate")
      : t("connections.progress.left", { time: format.duration(progress.eta_seconds) });
  const usable = progress.done > 0 ? t("connections.progress.usable") : t("connections.progress.not_yet");
  return `${amount}${left}; ${usable}`;
}

export function SyncProgress({ mailbox }: { mailbox: Mailbox }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (mailbox.progress == null) return null;
  return (
    <div className={classes.progress}>
      <ProgressBar value={mailbox.progress.percent} label={t("connections.progress.label")} />
      <p className={`${classes.progressText} tn-tabular`} data-testid="sync-progress">
        {progressText(t, format, mailbox.progress)}
      </p>
    </div>
  );
}
