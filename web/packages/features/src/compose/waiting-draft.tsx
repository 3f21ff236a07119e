import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type Send, send } from "@tenon/api-client";
import { IconClock, Notice } from "@tenon/ui";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { keys, ProblemNotice, useApi } from "../core";
import { TimeDialog, useHourText, useSchedule } from "../send-times";
import type { Begun, Waited } from "./begin";
import classes from "./composer.module.css";
import { ShownDraft } from "./shown-draft";

type WaitingDraftProps = {
  begun: Begun;
  /** The message it is on its way as. */
  sendId: string;
  closing: boolean;
  close: () => void;
  /** It is a draft again; `waited`: the hour it was taken from. */
  edit: (waited: Waited | undefined) => void;
  onSubject: (subject: string) => void;
};

/** A draft that is on its way, mostly at an hour to come: nothing of it can be changed before it is taken back. */
export function WaitingDraft({ begun, sendId, closing, close, edit, onSubject }: WaitingDraftProps) {
  const { t } = useTranslation();
  const api = useApi();
  const query = useQuery({
    queryKey: [...keys.sends, "one", sendId] as const,
    queryFn: ({ signal }) =>
      send(api.GET("/api/v1/sends/{id}", { signal, params: { path: { id: sendId } } })),
  });
  const { subject } = begun.written;
  useEffect(() => onSubject(subject), [onSubject, subject]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: nothing here is lost by closing
  useEffect(() => {
    if (closing) close();
  }, [closing]);
  const one = query.data;
  /** The hour of which the person has taken it. */
  const [taken, setTaken] = useState<Waited>();
  return (
    <div className={classes.form} data-testid="waiting-draft">
      <ShownDraft begun={begun} />
      {query.error !== null && <ProblemNotice error={query.error} />}
      {one?.state === "cancelled" || one?.state === "refused" ? (
        <Ended edit={() => edit(taken)} />
      ) : one?.state === "scheduled" ? (
        <Waiting one={one} close={close} taking={setTaken} />
      ) : (
        one !== undefined && <Notice role="status">{t(`outbox.state.${one.state}`)}</Notice>
      )}
    </div>
  );
}

/** It waits no more, and did not go, whoever took it back: this window goes on as a composer. */
function Ended({ edit }: { edit: () => void }) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is known
  useEffect(() => {
    edit();
  }, []);
  return null;
}

type WaitingProps = { one: Send; close: () => void; taking: (waited: Waited | undefined) => void };

function Waiting({ one, close, taking }: WaitingProps) {
  const { t } = useTranslation();
  const hourText = useHourText();
  const { reschedule, sendNow, cancel, busy } = useSchedule(one);
  const [choosing, setChoosing] = useState(false);
  const { scheduled, send_at } = one;
  const hour = hourText(send_at, scheduled?.time_zone);
  const takeBack = () => {
    // Said before it is done: the news that it is a draft again may come before the answer.
    taking(scheduled === null ? undefined : { at: scheduled, sendAt: send_at });
    cancel.mutate();
  };
  return (
    <>
      <div className={classes.notice}>
        <Notice role="status" icon={IconClock} title={t("scheduling.waits", { hour })}>
          {t("scheduling.unchangeable")}
        </Notice>
      </div>
      <div className={classes.choices}>
        <Button loading={cancel.isPending} disabled={busy} onClick={takeBack}>
          {t("scheduling.edit")}
        </Button>
        {scheduled !== null && (
          <Button variant="default" disabled={busy} onClick={() => setChoosing(true)}>
            {t("scheduling.another")}
          </Button>
        )}
        <Button
          variant="default"
          disabled={busy}
          onClick={() => sendNow.mutate(undefined, { onSuccess: close })}
        >
          {t("scheduling.now")}
        </Button>
      </div>
      {choosing && (
        <TimeDialog
          title={t("scheduling.another")}
          before={scheduled ?? undefined}
          busy={busy}
          choose={(at) => reschedule.mutate(at, { onSettled: () => setChoosing(false) })}
          close={() => setChoosing(false)}
        />
      )}
    </>
  );
}
