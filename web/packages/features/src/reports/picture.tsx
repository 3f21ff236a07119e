import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Blank, IconCalendar, IconChartBar, IconLayoutKanban, IconPlug, Notice } from "@tenon/ui";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { connectionsQuery, LinkButton, ProblemNotice, ProblemState, useApi } from "../core";
import type { Pipeline } from "../records/core/types";
import { ActivityPicture } from "./activity";
import { FunnelPicture } from "./funnel";
import type { Trouble } from "./period";
import { reportQuery } from "./queries";
import classes from "./reports.module.css";
import { ResponsesPicture } from "./responses";
import { type Answers, type Bodies, type By, DEEDS, type ReportName } from "./types";
import { ValuePicture } from "./value";

type PictureProps = {
  report: ReportName;
  body: Bodies[ReportName] | undefined;
  trouble: Trouble | undefined;
  pipeline: Pipeline | undefined;
  table: boolean;
  counts: boolean;
  today: string;
  fewerWeeks: boolean;
  narrowed: boolean;
  widen: () => void;
  isWidest: boolean;
};

/** One report: its figures, or why there are none. */
export function Picture(props: PictureProps) {
  const { report, body, trouble, table, counts, today } = props;
  const { t } = useTranslation();
  const api = useApi();
  const query = useQuery(reportQuery(api, report, body));
  const connections = useQuery({ ...connectionsQuery(api), enabled: report === "responses" });

  if (trouble !== undefined)
    return (
      <Blank icon={IconCalendar} title={t(`reports.trouble.${trouble}`)} role="status">
        {t("reports.trouble_text")}
      </Blank>
    );
  if (body === undefined)
    return (
      <Blank
        icon={IconLayoutKanban}
        title={t("reports.no_pipeline_title")}
        action={<LinkButton to="/settings/pipelines">{t("reports.no_pipeline_action")}</LinkButton>}
      >
        {t("reports.no_pipeline")}
      </Blank>
    );
  if (report === "responses" && connections.data?.every(({ mailbox }) => mailbox == null) === true)
    return (
      <Blank
        icon={IconPlug}
        title={t("reports.no_mailbox_title")}
        action={<LinkButton to="/connect">{t("home.connect")}</LinkButton>}
      >
        {t("reports.no_mailbox")}
      </Blank>
    );
  if (query.data === undefined)
    return query.isError ? (
      <ProblemState error={query.error} retry={() => void query.refetch()} />
    ) : (
      <PictureSkeleton />
    );

  const by: By = "by" in body ? body.by : "month";
  const draw: { [Name in ReportName]: (data: Answers[Name]) => ReactNode } = {
    funnel: (data) => <FunnelPicture data={data} table={table} />,
    value: (data) => <ValuePicture data={data} by={by} today={today} table={table} counts={counts} />,
    activity: (data) => <ActivityPicture data={data} table={table} />,
    responses: (data) => <ResponsesPicture data={data} by={by} today={today} table={table} />,
  };
  const paint = draw[report] as (data: unknown) => ReactNode;
  return (
    <div
      className={classes.picture}
      data-stale={query.isPlaceholderData ? "" : undefined}
      data-report={report}
      aria-busy={query.isPlaceholderData}
    >
      {query.isError && <ProblemNotice error={query.error} title={t("reports.old_figures")} />}
      {props.fewerWeeks && <Notice>{t("reports.months_instead")}</Notice>}
      {isNothing(report, query.data) ? <Nothing {...props} /> : paint(query.data)}
    </div>
  );
}

function isNothing(report: ReportName, data: Answers[ReportName]): boolean {
  const checks: { [Name in ReportName]: (data: Answers[Name]) => boolean } = {
    funnel: ({ created }) => created === 0,
    value: ({ buckets }) => buckets.every(({ open, won, lost }) => open.count + won.count + lost.count === 0),
    activity: ({ members }) => members.every((one) => DEEDS.every((deed) => one[deed] === 0)),
    responses: ({ whole }) => whole.received === 0,
  };
  return (checks[report] as (data: unknown) => boolean)(data);
}

function Nothing({ report, narrowed, widen, isWidest }: PictureProps) {
  const { t } = useTranslation();
  return (
    <Blank
      icon={IconChartBar}
      title={t(`reports.nothing.${report}`)}
      action={
        (narrowed || !isWidest) && (
          <Button variant="default" onClick={widen}>
            {t(narrowed ? "reports.nothing.widen_all" : "reports.nothing.widen")}
          </Button>
        )
      }
    >
      {t(narrowed ? "reports.nothing.text_owner" : "reports.nothing.text")}
    </Blank>
  );
}

export function PictureSkeleton() {
  return (
    <div className={classes.picture} aria-busy="true">
      <div className={classes.headlines}>
        {[1, 2, 3].map((one) => (
          <Skeleton key={one} height={74} radius="lg" />
        ))}
      </div>
      {[280, 220].map((height) => (
        <Skeleton key={height} height={height} radius="lg" mb="lg" />
      ))}
    </div>
  );
}
