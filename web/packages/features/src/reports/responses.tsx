import { Panel } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { Plot } from "./chart/plot";
import { scaleOf, timeScale } from "./chart/scale";
import { Captions } from "./chart/shapes";
import { FigureTable } from "./figure-table";
import { Headlines } from "./figures";
import type { By, ResponseTimes } from "./types";
import { useColumns } from "./use-columns";
import { useWords } from "./use-words";

type ResponsesProps = { data: ResponseTimes; by: By; today: string; table: boolean };

/** How long people wait for an answer of mine. */
export function ResponsesPicture({ data: { buckets, whole }, by, today, table }: ResponsesProps) {
  const { t } = useTranslation();
  const words = useWords();
  const { columns, running, nameOf } = useColumns(buckets, by, today);
  const name = (part: "median" | "p90" | "received" | "answered") => t(`reports.responses.${part}`);
  const medians = buckets.map(({ median_seconds }) => median_seconds);
  const slowest = buckets.map(({ p90_seconds }) => p90_seconds);
  const received = buckets.map((bucket) => bucket.received);
  const answered = buckets.map((bucket) => bucket.answered);
  const time = (part: "median" | "p90", seconds: number | null) =>
    seconds === null ? [] : [`${name(part)} ${words.time(seconds)}`];
  const times = (column: number) => {
    const lines = [...time("median", medians[column] ?? null), ...time("p90", slowest[column] ?? null)];
    return { title: nameOf(column), lines: lines.length === 0 ? [t("reports.responses.none")] : lines };
  };
  const counts = (column: number) => ({
    title: nameOf(column),
    lines: [
      `${name("received")} ${words.number(received[column] ?? 0)}`,
      `${name("answered")} ${words.number(answered[column] ?? 0)}`,
    ],
  });
  const shared = { columns, running };
  const known = [...medians, ...slowest].filter((seconds) => seconds !== null);
  return (
    <>
      <Headlines
        items={[
          {
            key: "median",
            label: t("reports.responses.median_long"),
            value: words.time(whole.median_seconds),
          },
          { key: "p90", label: t("reports.responses.p90_long"), value: words.time(whole.p90_seconds) },
          {
            key: "answered",
            label: name("answered"),
            value: words.number(whole.answered),
            note: t("reports.responses.of", { number: words.number(whole.received) }),
          },
        ]}
      />
      {table ? (
        <Panel title={t("reports.responses.title")} lead={t("reports.responses.lead")}>
          <FigureTable
            caption={t("reports.responses.title")}
            columns={[t(`reports.by_${by}`), name("received"), name("answered"), name("median"), name("p90")]}
            rows={buckets.map(({ start }, column) => ({
              key: start,
              cells: [
                nameOf(column),
                words.number(received[column] ?? 0),
                words.number(answered[column] ?? 0),
                words.time(medians[column] ?? null),
                words.time(slowest[column] ?? null),
              ],
            }))}
          />
        </Panel>
      ) : (
        <>
          <Panel title={t("reports.responses.title")} lead={t("reports.responses.lead")}>
            <Plot
              {...shared}
              label={t("reports.responses.title")}
              scale={timeScale(Math.max(0, ...known))}
              formatTick={(seconds) => (seconds === 0 ? "0" : words.time(seconds))}
              lines={[
                {
                  key: "p90",
                  values: slowest,
                  label: t("reports.responses.p90_short"),
                  tone: "soft",
                  dashed: true,
                },
                { key: "median", values: medians, label: name("median"), tone: "main", area: true },
              ]}
              rows={[{ key: "times", tell: times }]}
            />
          </Panel>
          <Panel title={t("reports.responses.waits")} lead={t("reports.responses.waits_lead")}>
            <Captions
              entries={[
                ["quiet", name("received")],
                ["main", name("answered")],
              ]}
            />
            <Plot
              {...shared}
              label={t("reports.responses.waits")}
              scale={scaleOf(Math.max(...received))}
              formatTick={words.number}
              bars={[
                { key: "received", values: received, tone: "quiet" },
                { key: "answered", values: answered, tone: "main" },
              ]}
              rows={[{ key: "counts", tell: counts }]}
              height={200}
            />
          </Panel>
        </>
      )}
    </>
  );
}
