import { Button } from "@mantine/core";
import { isProblem } from "@tenon/api-client";
import { IconSend, Notice, useToast } from "@tenon/ui";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { newKey, plain, useProblemText } from "../core";
import { StoppedAsking } from "../outbox/lost-answers";
import { AskingNotice } from "./asking-notice";
import type { Begun } from "./begin";
import { type Complaint, complaintOf } from "./complaint";
import { useComposeInside } from "./compose";
import classes from "./composer.module.css";
import { GmailLink } from "./gmail-link";
import { HtmlPreview } from "./html-preview";
import { writeRecipient } from "./recipients";
import { useSendCall } from "./use-send-call";

type FormattedDraftProps = {
  connection: string;
  begun: Begun;
  /** How many bytes a message may have; 0 while unknown. */
  limit: number;
  closing: boolean;
  close: () => void;
  /** The person takes the loss. */
  edit: () => void;
  /** Shows it as it stands at the provider now. */
  refresh: () => Promise<void>;
  onSubject: (subject: string) => void;
};

/** A draft with formatting that the editor would take away: shown as it is, and saved over only if one wants that. */
export function FormattedDraft(props: FormattedDraftProps) {
  const { connection, begun, limit, closing, close, edit, refresh, onSubject } = props;
  const { t } = useTranslation();
  const toast = useToast();
  const problemText = useProblemText();
  const compose = useComposeInside();
  const { asking, run } = useSendCall();
  const [key] = useState(newKey);
  const [busy, setBusy] = useState(false);
  const [complaint, setComplaint] = useState<Complaint>();
  const { draft, written } = begun;
  const shown = useRef<HTMLElement>(null);
  useEffect(() => shown.current?.focus(), []);
  useEffect(() => onSubject(written.subject), [onSubject, written.subject]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when closing is asked for
  useEffect(() => {
    if (!closing) return;
    close();
    if (busy) compose.tell(t("compose.asking.closed"));
  }, [closing]);

  const submit = async () => {
    const found = complaintOf(written, limit);
    setComplaint(found);
    if (busy || found !== undefined || draft === undefined) return;
    setBusy(true);
    try {
      await run({ draft, key }, () => compose.reopen(connection, draft.id));
      close();
    } catch (error) {
      if (error instanceof StoppedAsking) return;
      setBusy(false);
      const changed = isProblem(error, "draft_changed");
      toast(changed ? t("compose.conflict.not_sent") : `${t("compose.send_failed")} ${problemText(error)}`, {
        tone: "danger",
        shownMs: 16_000,
        ...(changed ? { action: { label: t("compose.conflict.look"), run: () => void refresh() } } : {}),
      });
    }
  };
  const people = [
    [t("mail.to"), written.to],
    [t("compose.cc"), written.cc],
    [t("compose.bcc"), written.bcc],
  ] as const;
  return (
    <div className={classes.form} data-testid="formatted-draft">
      <div className={classes.fields}>
        {people.map(
          ([label, list]) =>
            list.length > 0 && (
              <div key={label} className={classes.line}>
                <span className={classes.lineLabel}>{label}</span>
                <span className={classes.lineText}>{list.map(writeRecipient).join(", ")}</span>
              </div>
            ),
        )}
        <div className={classes.line}>
          <strong className={classes.lineText}>{plain(written.subject) || t("mail.no_subject")}</strong>
        </div>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and has nothing inside that takes the keyboard */}
      <section className={classes.shown} ref={shown} tabIndex={0} aria-label={t("compose.body")}>
        <HtmlPreview html={`${draft?.html ?? ""}${draft?.quoted_html ?? ""}`} title={t("compose.body")} />
      </section>
      {written.files.length > 0 && (
        <p className={classes.names}>{written.files.map(({ name }) => plain(name)).join(", ")}</p>
      )}
      <div className={classes.notice}>
        <Notice tone="warn" role="status" title={t("compose.formatted.title")}>
          {t("compose.formatted.text")}
        </Notice>
      </div>
      {asking !== undefined && <AskingNotice ask={asking} />}
      {complaint !== undefined && (
        <div className={classes.complaint} role="alert">
          {t(`compose.complaint.${complaint}`)}
        </div>
      )}
      <div className={classes.choices}>
        <Button leftSection={<IconSend size={16} />} loading={busy} onClick={() => void submit()}>
          {t("compose.formatted.send")}
        </Button>
        <Button variant="default" disabled={busy} onClick={edit}>
          {t("compose.formatted.edit")}
        </Button>
        <GmailLink connection={connection} />
      </div>
    </div>
  );
}
