import { Panel } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { Plot } from "./chart/plot";
import { scaleOf } from "./chart/scale";
import { Captions } from "./chart/shapes";
import { useDrill } from "./drill";
import { FigureTable } from "./figure-table";
import { Headlines } from "./figures";
import classes from "./reports.module.css";
import { currenciesOf, seriesOf } from "./series";
import type { By, Value, ValueBucket } from "./types";
import { useColumns } from "./use-columns";
import { useWords } from "./use-words";

type ValueProps = { data: Value; by: By; today: string; table: boolean; counts: boolean };

/** What was open, won and lost as time went by; each currency in pictures of its own. */
export function ValuePicture({ data, counts, ...shared }: ValueProps) {
  const currencies = currenciesOf(data.buckets);
  const shown = counts || currencies.length === 0 ? [undefined] : currencies;
  return shown.map((currency) => (
    <OneMeasure key={currency ?? ""} buckets={data.buckets} currency={currency} {...shared} />
  ));
}

type OneMeasureProps = {
  buckets: ValueBucket[];
  currency: string | undefined;
  by: By;
  today: string;
  table: boolean;
};
const PARTS = ["open", "won", "lost"] as const;
type Part = (typeof PARTS)[number];

function OneMeasure({ buckets, currency, by, today, table }: OneMeasureProps) {
  const { t } = useTranslation();
  const words = useWords();
  const drill = useDrill();
  const { columns, running, nameOf } = useColumns(buckets, by, today);
  const series = seriesOf(buckets, currency);
  const text = (value: number) =>
    currency === undefined ? words.number(value) : words.money({ amount: String(round(value)), currency });
  const tick = (value: number) =>
    currency === undefined || value === 0
      ? words.number(value)
      : words.moneyShort({ amount: String(value), currency });
  const name = (part: Part | "weighted") => t(`reports.value.${part}`);
  const to = (part: Part) => (column: number) =>
    drill({ outcome: part, bucket: buckets[column]?.start ?? "" }, buckets[column]?.[part].count ?? 0);
  const told = (part: Part) => (column: number) => {
    const count = words.records(buckets[column]?.[part].count ?? 0);
    const own = `${name(part)} ${text(series[part][column] ?? 0)}`;
    const weighted = series.weighted[column];
    return {
      title: nameOf(column),
      lines: [
        own,
        ...(part === "open" && weighted !== undefined ? [`${name("weighted")} ${text(weighted)}`] : []),
        ...(currency === undefined ? [] : [count]),
      ],
    };
  };
  const row = (part: Part) => ({
    key: part,
    tell: told(part),
    open: (column: number) => to(part)(column).open,
    isOpen: (column: number) => to(part)(column).isOpen,
  });
  const total = (values: readonly number[]) => text(values.reduce((sum, value) => sum + value, 0));
  const title = currency === undefined ? t("reports.value.by_number") : words.currency(currency);
  const shared = { columns, running, formatTick: tick };
  return (
    <section className={classes.measure} aria-label={title} data-currency={currency ?? "count"}>
      {currency !== undefined && <h2 className={classes.measureTitle}>{title}</h2>}
      <Headlines
        items={[
          { key: "open", label: t("reports.value.open_now"), value: text(series.open.at(-1) ?? 0) },
          { key: "won", label: t("reports.value.won_total"), value: total(series.won) },
          { key: "lost", label: t("reports.value.lost_total"), value: total(series.lost) },
        ]}
      />
      {table ? (
        <Panel title={t("reports.value.table")} item>
          <FigureTable
            caption={`${t("reports.value.table")}, ${title}`}
            columns={[
              t(`reports.by_${by}`),
              name("open"),
              ...(currency === undefined ? [] : [name("weighted")]),
              name("won"),
              name("lost"),
            ]}
            rows={buckets.map(({ start }, column) => {
              const cell = (part: Part) => ({
                text: text(series[part][column] ?? 0),
                name: `${nameOf(column)}: ${told(part)(column).lines.join(", ")}`,
                open: to(part)(column).open,
              });
              const weighted = series.weighted[column];
              return {
                key: start,
                cells: [
                  nameOf(column),
                  cell("open"),
                  ...(weighted === undefined ? [] : [text(weighted)]),
                  cell("won"),
                  cell("lost"),
                ],
              };
            })}
          />
        </Panel>
      ) : (
        <>
          <Panel
            title={t("reports.value.open_title")}
            lead={t(currency === undefined ? "reports.value.open_lead_count" : "reports.value.open_lead")}
            item
          >
            <Plot
              {...shared}
              label={`${t("reports.value.open_title")}, ${title}`}
              scale={scaleOf(Math.max(...series.open, ...series.weighted))}
              lines={[
                ...(series.weighted.length === 0
                  ? []
                  : [
                      {
                        key: "weighted",
                        values: series.weighted,
                        label: name("weighted"),
                        tone: "soft" as const,
                        dashed: true,
                      },
                    ]),
                { key: "open", values: series.open, label: name("open"), tone: "main", area: true },
              ]}
              rows={[row("open")]}
            />
          </Panel>
          <Panel title={t("reports.value.ended_title")} lead={t("reports.value.ended_lead")} item>
            <Captions
              entries={[
                ["won", name("won")],
                ["lost", name("lost")],
              ]}
            />
            <Plot
              {...shared}
              label={`${t("reports.value.ended_title")}, ${title}`}
              scale={scaleOf(Math.max(...series.won), -Math.max(...series.lost))}
              formatTick={(value) => tick(Math.abs(value))}
              bars={[
                { key: "won", values: series.won, tone: "won" },
                { key: "lost", values: series.lost.map((value) => -value), tone: "lost" },
              ]}
              rows={[row("won"), row("lost")]}
            />
          </Panel>
        </>
      )}
    </section>
  );
}

/** Sums of fractions are not exact; amounts are written to the cent. */
const round = (value: number) => Math.round(value * 100) / 100;
