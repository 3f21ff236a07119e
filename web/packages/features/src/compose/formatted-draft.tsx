import { Button } from "@mantine/core";
import { isProblem, type SendAt } from "@tenon/api-client";
import { IconSend, Notice, useToast } from "@tenon/ui";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useProblemText } from "../core";
import { StoppedAsking } from "../outbox/lost-answers";
import { TimeDialog } from "../send-times";
import { AskingNotice } from "./asking-notice";
import type { Begun } from "./begin";
import { type Complaint, complaintOf } from "./complaint";
import { useComposeInside } from "./compose";
import classes from "./composer.module.css";
import { GmailLink } from "./gmail-link";
import { ShownDraft } from "./shown-draft";
import { useSendCall } from "./use-send-call";
import { useSendKey } from "./use-send-key";

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
  const sendKey = useSendKey();
  const [choosing, setChoosing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [complaint, setComplaint] = useState<Complaint>();
  const { draft, written } = begun;
  useEffect(() => onSubject(written.subject), [onSubject, written.subject]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when closing is asked for
  useEffect(() => {
    if (!closing) return;
    close();
    if (busy) compose.tell(t("compose.asking.closed"));
  }, [closing]);

  const isReady = () => {
    const found = complaintOf(written, limit);
    setComplaint(found);
    return !busy && found === undefined;
  };
  const submit = async (at?: SendAt) => {
    setChoosing(false);
    if (!isReady() || draft === undefined) return;
    setBusy(true);
    try {
      await run({ draft, key: sendKey(draft.etag, at), at }, (waited) =>
        compose.reopen(connection, draft.id, waited),
      );
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
  return (
    <div className={classes.form} data-testid="formatted-draft">
      <ShownDraft begun={begun} />
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
        <Button variant="default" disabled={busy} onClick={() => setChoosing(isReady())}>
          {t("scheduling.title")}
        </Button>
        <Button variant="default" disabled={busy} onClick={edit}>
          {t("compose.formatted.edit")}
        </Button>
        <GmailLink connection={connection} />
      </div>
      {choosing && (
        <TimeDialog
          title={t("scheduling.title")}
          before={begun.waited?.at}
          choose={(at) => void submit(at)}
          close={() => setChoosing(false)}
        />
      )}
    </div>
  );
}
