import { Button, CloseButton, Skeleton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Blank, IconList } from "@tenon/ui";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { ProblemState, plain, useApi, useFormat } from "../core";
import { KindIcon } from "../records/core/kind-icon";
import { OptionChip } from "../records/core/option-chip";
import type { Money, RecordAnswer } from "../records/core/types";
import { findStage, useMembers, usePipelines } from "../records/core/words";
import listClasses from "../records/list/list.module.css";
import type { Pointed } from "./drill";
import { bucketNames } from "./period";
import { reportQuery, rowsQuery } from "./queries";
import classes from "./reports.module.css";
import type { Bodies, By, Drilled, FunnelBody, Pick } from "./types";
import { useWords } from "./use-words";

type RowsPanelProps = {
  report: Drilled;
  body: Bodies[Drilled];
  pointed: Pointed;
  by: By;
  close: () => void;
  open: (id: string) => void;
};

/** The records behind a figure, beside the picture. */
export function RowsPanel({ report, body, pointed, by, close, open }: RowsPanelProps) {
  const { t } = useTranslation();
  const api = useApi();
  const head = useRef<HTMLHeadingElement>(null);
  const { reasonAt, ...plainPick } = pointed;
  // Which reason it was is told by the picture itself.
  const funnel = useQuery({
    ...reportQuery(api, "funnel", body as FunnelBody),
    enabled: reasonAt !== undefined,
  });
  const reason = reasonAt === undefined ? undefined : funnel.data?.lost_reasons[reasonAt];
  const pick: Pick = reason === undefined ? plainPick : { reason: reason.reason };
  // On a phone it is all that is on the screen.
  const wide = useMediaQuery("(min-width: 64em)", undefined, { getInitialValueInEffect: false });
  const Title = wide ? "h2" : "h1";
  const gone = reasonAt !== undefined && funnel.isSuccess && reason === undefined;
  const title = useTitleOf(pick, by);
  const rows = useInfiniteQuery({
    ...rowsQuery(api, report, body, pick),
    enabled: reasonAt === undefined || reason !== undefined,
  });
  const records = rows.data?.pages.flatMap(({ items }) => items) ?? [];

  useEffect(() => head.current?.focus({ preventScroll: true }), []);
  return (
    <aside
      className={listClasses.panel}
      aria-label={t("reports.rows.label")}
      data-testid="report-rows"
      onKeyDown={(event) => event.key === "Escape" && !event.defaultPrevented && close()}
    >
      <div className={classes.rows}>
        <header className={classes.rowsHead}>
          <Title className={classes.rowsTitle} tabIndex={-1} ref={head}>
            {title}
          </Title>
          <CloseButton aria-label={t("reports.rows.close")} onClick={close} />
        </header>
        {rows.isPending && !gone && (
          <div className={classes.rowsWait} aria-busy="true">
            {[1, 2, 3, 4, 5].map((row) => (
              <Skeleton key={row} height={36} />
            ))}
          </div>
        )}
        {rows.isError && records.length === 0 && (
          <ProblemState error={rows.error} retry={() => void rows.refetch()} />
        )}
        {((rows.isSuccess && records.length === 0) || gone) && (
          <Blank icon={IconList} title={t("reports.rows.empty_title")}>
            {t("reports.rows.empty")}
          </Blank>
        )}
        {records.length > 0 && (
          <ul className={classes.rowList} aria-label={title}>
            {records.map((record) => (
              <li key={record.id}>
                <Row record={record} open={open} />
              </li>
            ))}
          </ul>
        )}
        {rows.hasNextPage && (
          <div className={classes.more}>
            {rows.isFetchNextPageError && <p role="alert">{t("records.list.more_failed")}</p>}
            <Button
              variant="default"
              loading={rows.isFetchingNextPage}
              onClick={() => void rows.fetchNextPage()}
            >
              {t("reports.rows.more")}
            </Button>
          </div>
        )}
      </div>
    </aside>
  );
}

function Row({ record, open }: { record: RecordAnswer; open: (id: string) => void }) {
  const { t } = useTranslation();
  const words = useWords();
  const format = useFormat();
  const members = useMembers();
  const pipelines = usePipelines();
  const { values } = record;
  const stage = findStage(pipelines, values.stage)?.stage;
  const amount = values.amount as Money | null | undefined;
  const owner = typeof values.owner === "string" ? members.name(values.owner) : undefined;
  const facts = [
    ...(amount == null ? [] : [words.money(amount)]),
    ...(owner === undefined ? [] : [owner]),
    format.short(typeof values.start === "string" ? values.start : record.created_at),
  ];
  return (
    <a
      className={classes.row}
      href={`/records/${record.id}`}
      data-record={record.id}
      onClick={(event) => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        open(record.id);
      }}
    >
      <KindIcon kind={record.kind} />
      <span className={classes.rowText}>
        <span className={classes.rowTitle}>
          {record.title === "" ? t("records.untitled") : plain(record.title)}
        </span>
        <span className={classes.rowFacts}>{facts.join(" · ")}</span>
      </span>
      {stage !== undefined && <OptionChip label={stage.name} color={stage.color} />}
    </a>
  );
}

/** What the figure was, in words. */
function useTitleOf(pick: Pick, by: By): string {
  const { t } = useTranslation();
  const { locale } = useFormat();
  const members = useMembers();
  const pipelines = usePipelines();
  if (pick.stage !== undefined)
    return t("reports.rows.stage", { stage: findStage(pipelines, pick.stage)?.stage.name ?? "…" });
  if (pick.reason !== undefined)
    return t("reports.rows.reason", { reason: pick.reason ?? t("reports.funnel.no_reason") });
  if (pick.what !== undefined)
    return t("reports.rows.of", {
      what: t(`reports.activity.${pick.what}`),
      name: plain(members.name(pick.member ?? null)),
    });
  if (pick.outcome === undefined) return "…";
  const outcome = t(`reports.funnel.${pick.outcome}`);
  if (pick.bucket === undefined) return outcome;
  const day = bucketNames(by, locale).long(pick.bucket);
  const name = by === "week" ? t("reports.week_of", { day }) : day;
  return t("reports.rows.of", { what: t(`reports.value.${pick.outcome as "won"}`), name });
}
