import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type MailMerge, type MailMergeCheck, send } from "@tenon/api-client";
import { IconClock, IconSend, Notice, Panel } from "@tenon/ui";
import { useRef, useState } from "react";
import { plain, useApi, useFormat } from "../core";
import { TimeDialog } from "../send-times";
import { ConfirmDialog } from "./confirm-dialog";
import classes from "./mail-merge.module.css";
import { wholeOf } from "./queries";
import { Refused } from "./refused";
import { useSteps } from "./use-steps";
import { useTexts } from "./use-texts";

/** People of one look. */
const AT_ONCE = 1_000;
/** People that are named when nothing can be written to them. */
const SHOWN = 20;

type Found = { lookedAt: number; problems: MailMergeCheck["problems"]; done: boolean };

/** Looks through the whole list before anything goes, and starts it. */
export function StartPanel({ merge }: { merge: MailMerge }) {
  const m = useTexts();
  const api = useApi();
  const format = useFormat();
  const steps = useSteps(merge.id);
  const [found, setFound] = useState<Found>();
  const [dialog, setDialog] = useState<"start" | "hour">();
  const turn = useRef(0);
  const whole = wholeOf(merge);
  const check = useMutation({
    mutationFn: async () => {
      turn.current += 1;
      const own = turn.current;
      let now: Found = { lookedAt: 0, problems: [], done: false };
      let after: number | null = 0;
      while (after !== null && own === turn.current) {
        const params = { path: { id: merge.id } };
        const some: MailMergeCheck = await send(
          api.POST("/api/v1/mail-merges/{id}/check", { params, body: { after, limit: AT_ONCE } }),
        );
        after = some.next;
        now = {
          lookedAt: now.lookedAt + some.looked_at,
          problems: [...now.problems, ...some.problems],
          done: after === null,
        };
        setFound(now);
      }
      return now;
    },
  });
  const begin = () => {
    setFound(undefined);
    check.mutate();
    setDialog("start");
  };
  const holes = found?.problems.length ?? 0;
  const goes = whole - holes;
  return (
    <Panel title={m("mailmerge.start.title")} lead={m("mailmerge.start.lead")}>
      <div className={classes.progress}>
        {check.isError && <Refused error={check.error} />}
        {found !== undefined && (
          <Notice
            tone={holes > 0 ? "warn" : "ok"}
            role="status"
            title={
              found.done
                ? m("mailmerge.start.goes", { count: goes, number: format.number(goes) })
                : m("mailmerge.start.looking", {
                    done: format.number(found.lookedAt),
                    whole: format.number(whole),
                  })
            }
          >
            {holes > 0 && (
              <>
                {m("mailmerge.start.holes", { count: holes, number: format.number(holes) })}
                <ul className={classes.holes}>
                  {found.problems.slice(0, SHOWN).map((one) => (
                    <li key={one.number}>
                      <strong>{plain(one.name) || one.address}</strong>{" "}
                      {one.missing.length > 0 ? one.missing.join(", ") : one.text}
                    </li>
                  ))}
                </ul>
              </>
            )}
            {found.done && holes === 0 && m("mailmerge.start.fine")}
          </Notice>
        )}
        <div className={classes.actions}>
          <Button
            variant="default"
            disabled={whole === 0}
            loading={check.isPending}
            onClick={() => {
              setDialog(undefined);
              setFound(undefined);
              check.mutate();
            }}
          >
            {m("mailmerge.start.check")}
          </Button>
          <Button
            variant="default"
            leftSection={<IconClock size={16} />}
            disabled={whole === 0 || steps.isPending}
            onClick={() => setDialog("hour")}
          >
            {m("mailmerge.start.later")}
          </Button>
          <Button
            leftSection={<IconSend size={16} />}
            disabled={whole === 0}
            loading={steps.isPending}
            onClick={begin}
          >
            {m("mailmerge.start.now")}
          </Button>
        </div>
      </div>
      {dialog === "start" && found?.done === true && check.isSuccess && (
        <ConfirmDialog
          title={m("mailmerge.start.sure", { count: goes, number: format.number(goes) })}
          text={`${
            holes > 0 ? `${m("mailmerge.start.holes", { count: holes, number: format.number(holes) })} ` : ""
          }${merge.ends_at == null ? "" : m("mailmerge.ends", { hour: format.medium(merge.ends_at) })}`}
          action={m("mailmerge.start.now")}
          busy={steps.isPending}
          confirm={() => steps.mutate({ what: "start" }, { onSettled: () => setDialog(undefined) })}
          close={() => setDialog(undefined)}
        />
      )}
      {dialog === "hour" && (
        <TimeDialog
          title={m("mailmerge.start.later")}
          busy={steps.isPending}
          choose={(at) => steps.mutate({ what: "start", at }, { onSettled: () => setDialog(undefined) })}
          close={() => setDialog(undefined)}
        />
      )}
    </Panel>
  );
}
