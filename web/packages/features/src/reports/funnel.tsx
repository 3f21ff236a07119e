import { Panel } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { HBar } from "./chart/h-bar";
import { Mark } from "./chart/mark";
import { useRoving } from "./chart/use-roving";
import { useDrill } from "./drill";
import { FigureTable } from "./figure-table";
import { Headlines } from "./figures";
import classes from "./funnel.module.css";
import type { Funnel, FunnelStage } from "./types";
import { useWords } from "./use-words";

const TONES = { open: "main", won: "won", lost: "lost" } as const;

/** Of what was made in these days: how far it came. */
export function FunnelPicture({ data, table }: { data: Funnel; table: boolean }) {
  const { t } = useTranslation();
  const words = useWords();
  const drill = useDrill();
  const ended = data.won + data.lost;
  const rate =
    ended === 0 ? undefined : t("reports.funnel.rate", { percent: words.percent(data.won / ended) });
  return (
    <>
      <Headlines
        items={(["created", "won", "lost", "open"] as const).map((outcome) => ({
          key: outcome,
          label: t(`reports.funnel.${outcome}`),
          value: words.number(data[outcome]),
          note: outcome === "won" ? rate : undefined,
          ...drill({ outcome }, data[outcome]),
        }))}
      />
      <Panel title={t("reports.funnel.title")} lead={t("reports.funnel.lead")}>
        {table ? <StageTable stages={data.stages} /> : <StageBars stages={data.stages} />}
      </Panel>
      {data.lost_reasons.length > 0 && (
        <Panel title={t("reports.funnel.reasons")}>
          <Reasons data={data} table={table} />
        </Panel>
      )}
    </>
  );
}

function StageBars({ stages }: { stages: readonly FunnelStage[] }) {
  const { t } = useTranslation();
  const words = useWords();
  const drill = useDrill();
  const roving = useRoving({ columns: 1, rows: stages.length }, 0);
  const most = Math.max(1, ...stages.map(({ reached }) => reached));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of figures, not of fields
    <div className={classes.stages} role="group" aria-label={t("reports.funnel.title")} ref={roving.within}>
      {stages.map(({ stage, name, outcome, reached, share, median_seconds }, at) => {
        const facts = [
          t("reports.funnel.reached", { count: reached, number: words.number(reached) }),
          ...(share === null ? [] : [t("reports.funnel.share", { percent: words.percent(share) })]),
          ...(median_seconds === null
            ? []
            : [t("reports.funnel.stayed", { time: words.time(median_seconds) })]),
        ];
        return (
          <Mark
            key={stage}
            stop={roving.mark(0, at)}
            name={`${name}: ${facts.join(", ")}`}
            className={classes.stage}
            {...drill({ stage }, reached)}
          >
            <span className={classes.stageName}>{name}</span>
            <HBar share={reached / most} tone={TONES[outcome]} high={24} />
            <span className={classes.stageCount} data-reached>
              {words.number(reached)}
              {share !== null && <span className={classes.share}>{words.percent(share)}</span>}
            </span>
            <span className={classes.stayed}>{median_seconds !== null && facts.at(-1)}</span>
          </Mark>
        );
      })}
    </div>
  );
}

function StageTable({ stages }: { stages: readonly FunnelStage[] }) {
  const { t } = useTranslation();
  const words = useWords();
  const drill = useDrill();
  return (
    <FigureTable
      caption={t("reports.funnel.title")}
      columns={(["stage", "came", "share", "stayed"] as const).map((key) => t(`reports.column.${key}`))}
      rows={stages.map(({ stage, name, reached, share, median_seconds }) => ({
        key: stage,
        cells: [
          name,
          {
            text: words.number(reached),
            name: `${name}: ${words.records(reached)}`,
            open: drill({ stage }, reached).open,
          },
          share === null ? "–" : words.percent(share),
          words.time(median_seconds),
        ],
      }))}
    />
  );
}

function Reasons({ data, table }: { data: Funnel; table: boolean }) {
  const { t } = useTranslation();
  const words = useWords();
  const drill = useDrill();
  const reasons = data.lost_reasons.map(({ reason, count }, at) => ({
    name: reason ?? t("reports.funnel.no_reason"),
    count,
    to: drill({ reasonAt: at }, count),
  }));
  const roving = useRoving({ columns: 1, rows: reasons.length }, 0);
  const most = Math.max(1, ...reasons.map(({ count }) => count));
  if (table)
    return (
      <FigureTable
        caption={t("reports.funnel.reasons")}
        columns={[t("reports.column.reason"), t("reports.column.lost")]}
        rows={reasons.map(({ name, count, to }) => ({
          key: name,
          cells: [
            name,
            { text: words.number(count), name: `${name}: ${words.records(count)}`, open: to.open },
          ],
        }))}
      />
    );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of figures, not of fields
    <div className={classes.stages} role="group" aria-label={t("reports.funnel.reasons")} ref={roving.within}>
      {reasons.map(({ name, count, to }, at) => (
        <Mark
          key={name}
          stop={roving.mark(0, at)}
          name={`${name}: ${words.records(count)}`}
          className={classes.stage}
          {...to}
        >
          <span className={classes.stageName}>{name}</span>
          <HBar share={count / most} tone="lost" high={16} />
          <span className={classes.stageCount}>{words.number(count)}</span>
        </Mark>
      ))}
    </div>
  );
}
