import { Button } from "@mantine/core";
import type { MailMerge } from "@tenon/api-client";
import { Notice, Panel, ProgressBar, useToast } from "@tenon/ui";
import { useState } from "react";
import { useFormat, useProblemText } from "../core";
import { saveFile } from "../records/exchange/save-file";
import { CameBack } from "./came-back";
import { ConfirmDialog } from "./confirm-dialog";
import classes from "./mail-merge.module.css";
import { countOf, wholeOf } from "./queries";
import { useSteps } from "./use-steps";
import { useTexts } from "./use-texts";

/** How far it is, what went wrong, and what can be done about it. */
export function ProgressPanel({ merge }: { merge: MailMerge }) {
  const m = useTexts();
  const format = useFormat();
  const steps = useSteps(merge.id);
  const [ending, setEnding] = useState(false);
  const whole = wholeOf(merge);
  const sent = countOf(merge, "sent");
  const left = countOf(merge, "waiting", "sending");
  const again = countOf(merge, "refused", "skipped");
  const numbers = { sent: format.number(sent), whole: format.number(whole) };
  const when = [
    merge.state === "running" &&
      merge.next_at != null &&
      m("mailmerge.next", { hour: format.medium(merge.next_at) }),
    merge.ends_at != null && m("mailmerge.ends", { hour: format.medium(merge.ends_at) }),
    merge.finished_at != null && m("mailmerge.ended", { hour: format.medium(merge.finished_at) }),
  ]
    .filter((words) => words !== false)
    .join(" ");
  const taking = steps.isPending ? steps.variables.what : undefined;
  return (
    <Panel title={m("mailmerge.progress")}>
      <div className={classes.progress}>
        <ProgressBar value={whole === 0 ? 0 : (100 * sent) / whole} label={m("mailmerge.sent_of", numbers)} />
        <p className={classes.figure} role="status">
          {m("mailmerge.sent_of", numbers)}
        </p>
        {when !== "" && <p className={classes.note}>{when}</p>}
        {merge.reason_text != null && (
          <Notice tone={merge.state === "paused" ? "danger" : "neutral"} role="status">
            {merge.reason_text}
          </Notice>
        )}
        <CameBack merge={merge} />
        <ul className={classes.why}>
          {merge.counts
            .filter(({ reason_text, state }) => reason_text != null || state === "doubtful")
            .map(({ state, reason, reason_text, count }) => (
              <li key={`${state} ${reason}`}>
                {m(`mailmerge.why.${state}`, { count, number: format.number(count) })}{" "}
                {reason_text ?? m("mailmerge.in_outbox")}
              </li>
            ))}
        </ul>
        <div className={classes.actions}>
          {merge.state === "running" && (
            <Button loading={taking === "pause"} onClick={() => steps.mutate({ what: "pause" })}>
              {m("mailmerge.pause")}
            </Button>
          )}
          {merge.state === "paused" && (
            <Button loading={taking === "resume"} onClick={() => steps.mutate({ what: "resume" })}>
              {m("mailmerge.resume")}
            </Button>
          )}
          {again > 0 && merge.state !== "cancelled" && (
            <Button
              variant="default"
              loading={taking === "retry"}
              onClick={() => steps.mutate({ what: "retry" })}
            >
              {m("mailmerge.retry", { count: again, number: format.number(again) })}
            </Button>
          )}
          <Results merge={merge} />
          {(merge.state === "running" || merge.state === "paused") && (
            <Button variant="default" disabled={steps.isPending} onClick={() => setEnding(true)}>
              {m("mailmerge.cancel")}
            </Button>
          )}
        </div>
      </div>
      {ending && (
        <ConfirmDialog
          title={m("mailmerge.cancel_title")}
          text={m("mailmerge.cancel_text", { count: left, number: format.number(left) })}
          action={m("mailmerge.cancel")}
          busy={taking === "cancel"}
          confirm={() => steps.mutate({ what: "cancel" }, { onSettled: () => setEnding(false) })}
          close={() => setEnding(false)}
        />
      )}
    </Panel>
  );
}

/** What became of everybody, as a file. */
function Results({ merge }: { merge: MailMerge }) {
  const m = useTexts();
  const toast = useToast();
  const problemText = useProblemText();
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      await saveFile({ path: `/api/v1/mail-merges/${merge.id}/results`, name: "mail-merge.csv" });
    } catch (error) {
      toast(problemText(error), "danger");
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button variant="default" loading={busy} onClick={() => void save()}>
      {m("mailmerge.results")}
    </Button>
  );
}
