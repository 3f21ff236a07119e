import type { MailMerge, MailMergeRecipient } from "@tenon/api-client";
import { Status } from "@tenon/ui";
import { useFormat } from "../core";
import classes from "./mail-merge.module.css";
import { useTexts } from "./use-texts";

/** What may have come back of a message, in the words of the list's filter. */
export const RESPONSES = ["reply", "auto_reply", "bounce", "unsubscribed"] as const;
export type MergeResponse = (typeof RESPONSES)[number];

export const cameBack = (merge: MailMerge): Record<MergeResponse, number> => ({
  reply: merge.replied,
  auto_reply: merge.auto_replied,
  bounce: merge.bounced,
  unsubscribed: merge.unsubscribed,
});

/** How many answered, and so on; nothing while nothing has come back. */
export function CameBack({ merge }: { merge: MailMerge }) {
  const m = useTexts();
  const format = useFormat();
  const counts = cameBack(merge);
  if (RESPONSES.every((one) => counts[one] === 0)) return null;
  return (
    <dl className={classes.back_figures} aria-label={m("mailmerge.back.title")}>
      {RESPONSES.map((one) => (
        <div key={one}>
          <dt>{m(`mailmerge.back.${one}`)}</dt>
          <dd>{format.number(counts[one])}</dd>
        </div>
      ))}
    </dl>
  );
}

type Failure = "no_such_address" | "mailbox_full" | "blocked" | "daily_limit" | "too_large" | "not_delivered";

/** Why a message was not delivered. */
export function FailureText({ failure }: { failure: string }) {
  const m = useTexts();
  return <>{m(`mailmerge.failure.${failure as Failure}`)}</>;
}

/** What came back of somebody's message, when that says more than that it went. */
export function PersonBack({ person }: { person: MailMergeRecipient }) {
  const m = useTexts();
  if (person.unsubscribed_at !== null) return <Status tone="warn">{m("mailmerge.back.unsubscribed")}</Status>;
  if (person.bounced_at !== null) return <Status tone="danger">{m("mailmerge.back.bounce")}</Status>;
  if (person.replied_at !== null) return <Status tone="ok">{m("mailmerge.back.reply")}</Status>;
  if (person.auto_replied_at !== null)
    return <Status tone="neutral">{m("mailmerge.back.auto_reply")}</Status>;
  return null;
}

export const hasComeBack = (person: MailMergeRecipient): boolean =>
  person.unsubscribed_at !== null ||
  person.bounced_at !== null ||
  person.replied_at !== null ||
  person.auto_replied_at !== null;
