import { type Draft, isProblem } from "@tenon/api-client";
import { useToast } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useProblemText } from "../core";
import { StoppedAsking } from "../outbox/lost-answers";
import type { Origin } from "./begin";
import { type Complaint, complaintOf } from "./complaint";
import { useComposeInside } from "./compose";
import type { DraftHandle } from "./use-draft";
import { useSendCall } from "./use-send-call";
import type { Written } from "./written";

type UseSending = {
  connection: string;
  origin: Origin;
  /** The draft as it was when this composer opened it. */
  opened: Draft | undefined;
  draft: DraftHandle;
  limit: number;
  /** All that stands in the composer, once the fields have taken in what was typed into them. */
  settled: () => Promise<Written>;
  /** Leads to what has to be mended. */
  onComplaint: () => void;
  /** It was not sent, and can be written on. */
  onFailed: () => void;
  close: () => void;
};

/** *Send*: saves what is new, then sends the draft as this composer has saved it, and nothing newer. */
export function useSending({
  connection,
  origin,
  opened,
  draft,
  limit,
  settled,
  onComplaint,
  onFailed,
  close,
}: UseSending) {
  const { t } = useTranslation();
  const toast = useToast();
  const problemText = useProblemText();
  const compose = useComposeInside();
  const [busy, setBusy] = useState(false);
  const [complaint, setComplaint] = useState<Complaint>();
  /** *Send* was pressed, and what stands elsewhere was found to be newer. */
  const [held, setHeld] = useState(false);

  const { asking, run } = useSendCall();

  const sendDraft = async (now: Written) => {
    const saved = await draft.session.flush(draft.content(now));
    await run({ draft: saved, key: draft.sendKey() }, () =>
      // What another program wrote gets the server's mark before it goes, so it is another one by then.
      saved === opened
        ? compose.reopen(connection, saved.id)
        : compose.again(connection, { ...origin, draft: saved, written: draft.placed(now) }),
    );
    draft.session.stop();
    close();
  };

  /** `over`: what was changed elsewhere is replaced first. */
  const submit = async ({ over = false } = {}) => {
    if (busy) return;
    const now = await settled();
    const found = complaintOf(now, limit);
    setComplaint(found);
    if (found !== undefined) {
      onComplaint();
      return;
    }
    setBusy(true);
    try {
      if (over) draft.session.overwrite(draft.content(now));
      await sendDraft(now);
    } catch (error) {
      // Closed meanwhile: the outbox knows what becomes of it.
      if (error instanceof StoppedAsking) return;
      setBusy(false);
      onFailed();
      const elsewhere = isProblem(error, "draft_changed") || isProblem(error, "draft_gone");
      if (elsewhere) draft.session.elsewhere(error);
      // The composer itself says it, with what can be done.
      if (isProblem(error, "draft_changed")) setHeld(true);
      else toast(`${t("compose.send_failed")} ${problemText(error)}`, { tone: "danger", shownMs: 16_000 });
    }
  };

  return {
    busy,
    setBusy,
    complaint,
    setComplaint,
    submit,
    asking,
    held: held && draft.status.state === "conflict",
  };
}
