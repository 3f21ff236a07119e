import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type Send, type SendDecision, send } from "@tenon/api-client";
import { Status, type Tone, useToast } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { keys, plain, useApi, useFormat, useProblemText } from "../core";
import { shortName } from "../mail/people";
import { callBack, patience, StoppedAsking } from "./lost-answers";
import classes from "./outbox.module.css";

const TONES: Record<Send["state"], Tone> = {
  scheduled: "neutral",
  sending: "neutral",
  sent: "ok",
  refused: "danger",
  doubtful: "warn",
  cancelled: "neutral",
};

export function State({ one }: { one: Send }) {
  const { t } = useTranslation();
  return <Status tone={TONES[one.state]}>{t(`outbox.state.${one.state}`)}</Status>;
}

function useRecipients(one: Send): string {
  const { t } = useTranslation();
  const names = [...one.to, ...one.cc, ...one.bcc].map(shortName);
  return names.length === 0
    ? t("mail.to_nobody")
    : t("mail.to_people", { people: names.slice(0, 4).join(", ") });
}

/** Nobody knows whether it went: what is known, and what can be done, each with what it would mean. */
export function Doubt({ one }: { one: Send }) {
  const { t } = useTranslation();
  const format = useFormat();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const problemText = useProblemText();
  const recipients = useRecipients(one);
  const resolve = useMutation({
    mutationFn: (decision: SendDecision) =>
      send(api.POST("/api/v1/sends/{id}/resolve", { params: { path: { id: one.id } }, body: { decision } })),
    onSuccess: (_now, decision) => toast(t(`outbox.decided.${decision}`)),
    onError: (error) => toast(problemText(error), "danger"),
    onSettled: () => client.invalidateQueries({ queryKey: keys.sends }),
  });
  return (
    <>
      <p className={classes.text}>
        {recipients}. {t("outbox.doubt")}
      </p>
      <h3 className={classes.heading}>{t("outbox.known")}</h3>
      <ul className={classes.known}>
        {one.known.map((fact, at) => (
          <li key={at}>
            {fact.text} <time dateTime={fact.at}>{format.medium(fact.at)}</time>
          </li>
        ))}
      </ul>
      <ul className={classes.decisions}>
        {one.decisions.map((decision) => (
          <li key={decision}>
            <Button
              variant={decision === "check" ? "filled" : "default"}
              loading={resolve.isPending && resolve.variables === decision}
              onClick={() => resolve.mutate(decision)}
            >
              {t(`outbox.decision.${decision}`)}
            </Button>
            <span>{t(`outbox.means.${decision}`)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

export function Row({ one }: { one: Send }) {
  const { t } = useTranslation();
  const format = useFormat();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const problemText = useProblemText();
  const recipients = useRecipients(one);
  const cancel = useMutation({
    mutationFn: () =>
      callBack(api, one.id, { onUnknown: () => undefined, pause: patience(new AbortController().signal) }),
    onSuccess: (now) =>
      now.state === "cancelled" ? toast(t("outbox.called_back")) : toast(t("outbox.too_late"), "danger"),
    onError: (error) =>
      toast(error instanceof StoppedAsking ? t("outbox.cancel_unknown") : problemText(error), "danger"),
    onSettled: () => client.invalidateQueries({ queryKey: keys.sends }),
  });
  return (
    <div className={classes.row}>
      <div className={classes.rowText}>
        <div className={classes.rowTitle} title={plain(one.subject)}>
          {plain(one.subject) || t("mail.no_subject")}
        </div>
        <div className={classes.rowNote}>
          {recipients} · {format.medium(one.finished_at ?? one.send_at)}
        </div>
        {one.reason_text != null && <div className={classes.rowReason}>{one.reason_text}</div>}
      </div>
      <State one={one} />
      {one.state === "scheduled" && (
        <Button size="xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
          {t("outbox.call_back")}
        </Button>
      )}
    </div>
  );
}
