import { Button, Menu } from "@mantine/core";
import type { Send } from "@tenon/api-client";
import { IconDots, useToast } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCompose } from "../compose";
import { createFormat, plain, useFormat, useMe } from "../core";
import { shortName } from "../mail/people";
import { State } from "../outbox/outbox-parts";
import { TimeDialog, useSchedule } from "../send-times";
import { placeOf } from "../send-times/wall";
import classes from "./scheduled.module.css";
import { useScheduleAgain } from "./use-schedule-again";

/** A message of the schedule, with what can still be done. */
export function ScheduledRow({ one }: { one: Send }) {
  const { t } = useTranslation();
  const format = useFormat();
  const names = [...one.to, ...one.cc, ...one.bcc].map(shortName);
  return (
    <li className={classes.row}>
      <time className={classes.time} dateTime={one.send_at}>
        {format.time(one.send_at)}
      </time>
      <div className={classes.rowText}>
        <div className={classes.subject} title={plain(one.subject)}>
          {plain(one.subject) || t("mail.no_subject")}
        </div>
        <div className={classes.note}>
          {names.length === 0
            ? t("mail.to_nobody")
            : t("mail.to_people", { people: names.slice(0, 4).join(", ") })}
          <Elsewhere one={one} />
        </div>
        {one.reason_text != null && <div className={classes.reason}>{one.reason_text}</div>}
      </div>
      {one.state === "scheduled" ? <Actions one={one} /> : <State one={one} />}
    </li>
  );
}

/** The hour on the wall it was chosen on, where that is another one. */
function Elsewhere({ one }: { one: Send }) {
  const { t } = useTranslation();
  const { locale, time } = useFormat();
  const own = useMe()?.member.time_zone;
  const zone = one.scheduled?.time_zone;
  if (zone === undefined || zone === own) return null;
  const there = createFormat(locale, zone).time(one.send_at);
  if (there === time(one.send_at)) return null;
  return <> · {t("scheduling.in_place", { time: there, place: placeOf(zone) })}</>;
}

function Actions({ one }: { one: Send }) {
  const { t } = useTranslation();
  const toast = useToast();
  const compose = useCompose();
  const { reschedule, sendNow, cancel, busy } = useSchedule(one);
  const again = useScheduleAgain(one);
  const [choosing, setChoosing] = useState(false);
  const { scheduled, send_at } = one;
  const waited = scheduled === null ? undefined : { at: scheduled, sendAt: send_at };
  const edit = () =>
    cancel.mutate(undefined, {
      onSuccess: (taken) => taken && compose.reopen(one.connection_id, one.draft_id, waited),
    });
  const takeBack = () =>
    cancel.mutate(undefined, {
      onSuccess: (taken) =>
        taken &&
        toast(t("scheduling.cancelled"), {
          key: one.id,
          shownMs: 12_000,
          action: { label: t("acting.undo"), run: again },
        }),
    });
  return (
    <div className={classes.actions}>
      <Button size="xs" variant="default" loading={busy} onClick={edit}>
        {t("scheduling.edit")}
      </Button>
      <Menu position="bottom-end" withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <button type="button" className={classes.tool} aria-label={t("acting.more")} disabled={busy}>
            <IconDots size={18} stroke={1.6} />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setChoosing(true)}>{t("scheduling.another")}</Menu.Item>
          <Menu.Item onClick={() => sendNow.mutate()}>{t("scheduling.now")}</Menu.Item>
          <Menu.Item onClick={takeBack}>{t("scheduling.cancel")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {choosing && (
        <TimeDialog
          title={t("scheduling.another")}
          before={scheduled ?? undefined}
          busy={reschedule.isPending}
          choose={(at) => reschedule.mutate(at, { onSettled: () => setChoosing(false) })}
          close={() => setChoosing(false)}
        />
      )}
    </div>
  );
}
