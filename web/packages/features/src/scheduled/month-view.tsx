import { ActionIcon, Button, VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Send } from "@tenon/api-client";
import { IconChevronLeft, IconChevronRight, Notice, Panel } from "@tenon/ui";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemState, plain, useApi, useFormat, useMe } from "../core";
import { wallDay } from "../send-times";
import { addDays, addMonths, byDay, dayText, firstWeekday, isMonth, monthOf, weeksOf } from "./month";
import { calendarQuery } from "./queries";
import classes from "./scheduled.module.css";
import { ScheduledRow } from "./scheduled-row";

/** As many messages of a day as a cell shows. */
const SHOWN = 3;
const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
const NONE: Send[] = [];

/** A month of the schedule; the day that is chosen is told in full beneath. */
export function MonthView({ month: wanted }: { month: string | undefined }) {
  const { t } = useTranslation();
  const api = useApi();
  const navigate = useNavigate();
  const format = useFormat();
  const zone = useMe()?.member.time_zone ?? "UTC";
  const today = wallDay(new Date(), zone);
  const month = wanted !== undefined && isMonth(wanted) ? wanted : monthOf(today);
  const [chosen, setChosen] = useState(today);
  const day = monthOf(chosen) === month ? chosen : `${month}-01`;
  const weeks = useMemo(() => weeksOf(month, firstWeekday(format.locale)), [month, format.locale]);
  const grid = useRef<HTMLTableElement>(null);

  // Zones are up to 14 hours from UTC: a day more at either end, and what is not of these weeks is not shown.
  const first = weeks[0]?.[0] ?? `${month}-01`;
  const between = {
    from: `${addDays(first, -1)}T00:00:00Z`,
    until: `${addDays(first, weeks.length * 7 + 1)}T00:00:00Z`,
  };
  const sends = useQuery({ ...calendarQuery(api, between), placeholderData: (before) => before });
  const days = useMemo(() => {
    const shown = (sends.data?.items ?? NONE).filter(({ state }) => state !== "cancelled");
    return byDay(shown, ({ send_at }) => wallDay(new Date(send_at), zone));
  }, [sends.data, zone]);

  const show = (other: string) =>
    void navigate({ to: "/outbox/scheduled", search: { view: "month", month: other } });
  const turn = (months: number) => {
    const other = addMonths(month, months);
    setChosen(monthOf(today) === other ? today : `${other}-01`);
    show(other);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = addDays(day, step);
    setChosen(next);
    if (monthOf(next) !== month) show(monthOf(next));
    setTimeout(() => grid.current?.querySelector<HTMLElement>(`[data-day="${next}"]`)?.focus(), 0);
  };
  const title = dayText(format.locale, `${month}-01`, { month: "long", year: "numeric" });
  const dayTitle = dayText(format.locale, day, { weekday: "long", day: "numeric", month: "long" });
  const ofDay = days.get(day) ?? NONE;
  return (
    <>
      <Panel flush>
        <div className={classes.monthHead}>
          <h2 className={classes.monthTitle} aria-live="polite">
            {title}
          </h2>
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              setChosen(today);
              show(monthOf(today));
            }}
          >
            {t("scheduling.today")}
          </Button>
          <ActionIcon variant="default" aria-label={t("scheduling.month_before")} onClick={() => turn(-1)}>
            <IconChevronLeft size={16} />
          </ActionIcon>
          <ActionIcon variant="default" aria-label={t("scheduling.month_after")} onClick={() => turn(1)}>
            <IconChevronRight size={16} />
          </ActionIcon>
        </div>
        <table className={classes.month} ref={grid} aria-label={title} aria-busy={sends.isFetching}>
          <thead>
            <tr>
              {weeks[0]?.map((one) => (
                <th key={one} scope="col" abbr={dayText(format.locale, one, { weekday: "long" })}>
                  {dayText(format.locale, one, { weekday: "short" })}
                </th>
              ))}
            </tr>
          </thead>
          <tbody onKeyDown={onKeyDown}>
            {weeks.map((week) => (
              <tr key={week[0]}>
                {week.map((one) => (
                  <Day
                    key={one}
                    day={one}
                    sends={days.get(one) ?? NONE}
                    other={monthOf(one) !== month}
                    today={one === today}
                    chosen={one === day}
                    choose={() => {
                      setChosen(one);
                      if (monthOf(one) !== month) show(monthOf(one));
                    }}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
      {sends.isError && <ProblemState error={sends.error} retry={() => void sends.refetch()} />}
      {sends.data?.whole === false && <Notice tone="warn">{t("scheduling.not_whole")}</Notice>}
      <Panel title={dayTitle} flush={ofDay.length > 0}>
        {ofDay.length === 0 ? (
          <p className={classes.nothing}>{t("scheduling.nothing")}</p>
        ) : (
          <ul className={classes.rows}>
            {ofDay.map((one) => (
              <ScheduledRow key={one.id} one={one} />
            ))}
          </ul>
        )}
      </Panel>
    </>
  );
}

type DayProps = {
  day: string;
  sends: Send[];
  /** It belongs to the month before or after. */
  other: boolean;
  today: boolean;
  chosen: boolean;
  choose: () => void;
};

function Day({ day, sends, other, today, chosen, choose }: DayProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = dayText(format.locale, day, { weekday: "long", day: "numeric", month: "long" });
  const more = sends.length - SHOWN;
  return (
    <td className={classes.cell}>
      <button
        type="button"
        className={classes.day}
        data-day={day}
        data-other={other ? "" : undefined}
        data-chosen={chosen ? "" : undefined}
        aria-pressed={chosen}
        aria-current={today ? "date" : undefined}
        tabIndex={chosen ? 0 : -1}
        onClick={choose}
      >
        <span className={classes.number} aria-hidden="true">
          {Number(day.slice(8))}
        </span>
        <VisuallyHidden>{`${name}, ${t("scheduling.messages", { count: sends.length })}. `}</VisuallyHidden>
        {sends.slice(0, SHOWN).map((one) => (
          <span key={one.id} className={classes.entry} data-state={one.state}>
            <span className={classes.entryTime}>{format.time(one.send_at)}</span>{" "}
            {plain(one.subject) || t("mail.no_subject")}
          </span>
        ))}
        {more > 0 && <span className={classes.others}>{t("scheduling.more", { count: more })}</span>}
      </button>
    </td>
  );
}
