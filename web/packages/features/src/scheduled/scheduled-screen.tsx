import { Button, Skeleton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Send } from "@tenon/api-client";
import { Blank, IconCalendar, IconClock, IconList, Page, PageHeader, Panel } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemState, useApi, useFormat, useTitle } from "../core";
import { byDay } from "./month";
import { MonthView } from "./month-view";
import { agendaQuery, type Between } from "./queries";
import classes from "./scheduled.module.css";
import { ScheduledRow } from "./scheduled-row";

/** What is shown of the schedule; kept in the address. */
export type ScheduledSearch = { view?: "month" | undefined; month?: string | undefined };

const DAY_MS = 86_400_000;
/** A message whose hour has come may wait for a provider that is away. */
const WAITS_AT_MOST_DAYS = 2;
/** Nobody schedules further ahead than a year. */
const AHEAD_DAYS = 368;

const isOpen = ({ state }: Send) => state === "scheduled" || state === "sending" || state === "doubtful";

/** What waits for its hour, as a list of days or as a month. */
export function ScheduledScreen({ view, month }: ScheduledSearch) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  useTitle(t("outbox.scheduled"));
  const views = [
    { to: undefined, label: t("scheduling.view.list"), Icon: IconList },
    { to: "month" as const, label: t("scheduling.view.month"), Icon: IconCalendar },
  ];
  return (
    <Page width="58rem">
      <PageHeader
        title={t("outbox.scheduled")}
        lead={t("scheduling.lead")}
        actions={
          <fieldset className={classes.views}>
            <legend>{t("scheduling.views")}</legend>
            {views.map(({ to, label, Icon }) => (
              <button
                key={label}
                type="button"
                className={classes.view}
                aria-pressed={view === to}
                onClick={() => void navigate({ to: "/outbox/scheduled", search: { view: to } })}
              >
                <Icon size={16} stroke={1.6} aria-hidden="true" />
                {label}
              </button>
            ))}
          </fieldset>
        }
      />
      {view === "month" ? <MonthView month={month} /> : <Agenda />}
    </Page>
  );
}

function Agenda() {
  const { t } = useTranslation();
  const api = useApi();
  const format = useFormat();
  const [between] = useState<Between>(() => ({
    from: new Date(Date.now() - WAITS_AT_MOST_DAYS * DAY_MS).toISOString(),
    until: new Date(Date.now() + AHEAD_DAYS * DAY_MS).toISOString(),
  }));
  const sends = useInfiniteQuery(agendaQuery(api, between));
  const open = sends.data?.pages.flatMap(({ items }) => items.filter(isOpen)) ?? [];
  const days = [...byDay(open, ({ send_at }) => format.dayKey(send_at)).values()];
  return (
    <>
      {sends.isPending && <Skeleton height={160} radius="lg" aria-busy="true" />}
      {sends.isError && sends.data === undefined && (
        <ProblemState error={sends.error} retry={() => void sends.refetch()} />
      )}
      {sends.isSuccess && days.length === 0 && !sends.hasNextPage && (
        <Blank icon={IconClock} title={t("scheduling.empty_title")}>
          {t("scheduling.empty_text")}
        </Blank>
      )}
      {days.map((all) => {
        const [first] = all;
        return (
          first !== undefined && (
            <Panel key={format.dayKey(first.send_at)} title={format.dayTitle(first.send_at)} flush>
              <ul className={classes.rows}>
                {all.map((one) => (
                  <ScheduledRow key={one.id} one={one} />
                ))}
              </ul>
            </Panel>
          )
        );
      })}
      {sends.hasNextPage && (
        <div className={classes.more}>
          <Button
            variant="default"
            loading={sends.isFetchingNextPage}
            onClick={() => void sends.fetchNextPage()}
          >
            {t("scheduling.later_ones")}
          </Button>
        </div>
      )}
    </>
  );
}
