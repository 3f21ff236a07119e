import { Button, Checkbox, TextInput } from "@mantine/core";
import type { Me } from "@tenon/api-client";
import { Panel, useToast } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice, useFormat } from "../core";
import { usePatchMe } from "./patch-me";
import classes from "./settings.module.css";

/** A Monday; the days after it are the others. */
const MONDAY = Date.UTC(2026, 0, 5);
const DAY_MS = 86_400_000;
const WEEK = [1, 2, 3, 4, 5, 6, 7];

/** When a member works: the hours that are offered for sending later follow it. */
export default function WorkingHoursPanel({ me }: { me: Me }) {
  const { t } = useTranslation();
  const toast = useToast();
  const { locale } = useFormat();
  const patch = usePatchMe();
  const [hours, setHours] = useState(me.member.working_hours);
  const { days, from, until } = hours;
  const name = new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" });
  const complaint =
    days.length === 0
      ? t("scheduling.hours.no_day")
      : from >= until
        ? t("scheduling.hours.order")
        : undefined;
  return (
    <Panel title={t("scheduling.hours.title")} lead={t("scheduling.hours.lead")}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          patch.mutate({ working_hours: hours }, { onSuccess: () => toast(t("settings.saved")) });
        }}
      >
        {patch.error !== null && <ProblemNotice error={patch.error} />}
        <Checkbox.Group
          label={t("scheduling.hours.days")}
          value={days.map(String)}
          onChange={(chosen) => setHours({ ...hours, days: chosen.map(Number).sort((a, b) => a - b) })}
        >
          <div className={classes.days}>
            {WEEK.map((day) => (
              <Checkbox
                key={day}
                value={String(day)}
                label={name.format(new Date(MONDAY + (day - 1) * DAY_MS))}
              />
            ))}
          </div>
        </Checkbox.Group>
        <div className={classes.pair}>
          <TextInput
            type="time"
            label={t("scheduling.hours.from")}
            value={from}
            onChange={(event) => setHours({ ...hours, from: event.currentTarget.value })}
          />
          <TextInput
            type="time"
            label={t("scheduling.hours.until")}
            value={until}
            onChange={(event) => setHours({ ...hours, until: event.currentTarget.value })}
          />
        </div>
        {complaint !== undefined && (
          <p className={classes.complaint} role="alert">
            {complaint}
          </p>
        )}
        <div className={classes.actions}>
          <Button
            type="submit"
            loading={patch.isPending}
            disabled={
              complaint !== undefined || JSON.stringify(hours) === JSON.stringify(me.member.working_hours)
            }
          >
            {t("common.save")}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
