import type { MailMerge, MailMergeRecipientState } from "@tenon/api-client";
import { Status, type Tone } from "@tenon/ui";
import { useTexts } from "./use-texts";

const TONES: Record<MailMerge["state"], Tone> = {
  draft: "neutral",
  running: "ok",
  paused: "warn",
  done: "ok",
  cancelled: "neutral",
};

export function MergeState({ merge }: { merge: MailMerge }) {
  const m = useTexts();
  return <Status tone={TONES[merge.state]}>{m(`mailmerge.state.${merge.state}`)}</Status>;
}

const PERSON_TONES: Record<MailMergeRecipientState, Tone> = {
  waiting: "neutral",
  sending: "neutral",
  sent: "ok",
  doubtful: "warn",
  refused: "danger",
  skipped: "warn",
  cancelled: "neutral",
};

export function PersonState({ state }: { state: MailMergeRecipientState }) {
  const m = useTexts();
  return <Status tone={PERSON_TONES[state]}>{m(`mailmerge.person.${state}`)}</Status>;
}
