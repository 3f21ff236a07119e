import { type Draft, isProblem, type SendAt } from "@tenon/api-client";
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
  onComplaint: (found: Complaint) => void;
  /** It was not sent, and can be written on. */
  onFailed: () => void;
  close: () => void;
};

/** *Send* and *Send later*: saves what is new, then sends the draft as this composer has saved it, and nothing newer. */
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
  const [held, setHeld] = useState<{ at: SendAt | undefined }>();
  /** An hour is being chosen. */
  const [choosing, setChoosing] = useState(false);

  const { asking, run } = useSendCall();

  const sendDraft = async (now: Written, at: SendAt | undefined) => {
    const saved = await draft.session.flush(draft.content(now));
    await run({ draft: saved, key: draft.sendKey(at), at }, (waited) =>
      // What another program wrote gets the server's mark before it goes, so it is another one by then.
      saved === opened
        ? compose.reopen(connection, saved.id, waited)
        : compose.again(connection, { ...origin, waited, draft: saved, written: draft.placed(now) }),
    );
    draft.session.stop();
    close();
  };

  /** What stands in the composer, if it can be sent; else it is said what is missing. */
  const ready = async (): Promise<Written | undefined> => {
    if (busy) return undefined;
    const now = await settled();
    const found = complaintOf(now, limit);
    setComplaint(found);
    // Who was told so and sends it all the same means the braces.
    if (found === undefined || (found === "unfilled" && complaint === "unfilled")) return now;
    onComplaint(found);
    return undefined;
  };
  const chooseHour = async () => setChoosing((await ready()) !== undefined);

  /** `over`: what was changed elsewhere is replaced first. `at`: it goes at this hour. */
  const submit = async ({ over = false, at }: { over?: boolean; at?: SendAt | undefined } = {}) => {
    setChoosing(false);
    const now = await ready();
    if (now === undefined) return;
    setBusy(true);
    try {
      if (over) draft.session.overwrite(draft.content(now));
      await sendDraft(now, at);
    } catch (error) {
      // Closed meanwhile: the outbox knows what becomes of it.
      if (error instanceof StoppedAsking) return;
      setBusy(false);
      onFailed();
      const elsewhere = isProblem(error, "draft_changed") || isProblem(error, "draft_gone");
      if (elsewhere) draft.session.elsewhere(error);
      // The composer itself says it, with what can be done.
      if (isProblem(error, "draft_changed")) setHeld({ at });
      else toast(`${t("compose.send_failed")} ${problemText(error)}`, { tone: "danger", shownMs: 16_000 });
    }
  };

  return {
    busy,
    setBusy,
    complaint,
    setComplaint,
    submit,
    /** The hour is being chosen, and how that is begun and left. */
    choosing,
    chooseHour,
    chooseNone: () => setChoosing(false),
    asking,
    /** Sends what was held all the same, as it was to be sent. */
    sendHeld:
      held !== undefined && draft.status.state === "conflict"
        ? () => void submit({ over: true, at: held.at })
        : undefined,
  };
}
