import { NativeSelect, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { IconDownload, IconTable } from "@tenon/ui";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { plain } from "../core";
import type { Pipeline, PipelineKind } from "../records/core/types";
import { useMembers } from "../records/core/words";
import listClasses from "../records/list/list.module.css";
import { PERIODS, type Period, type Trouble } from "./period";
import classes from "./reports.module.css";
import type { ReportsSearch } from "./search";
import { REPORTS, type ReportName } from "./types";

/** What each report can be narrowed by. */
export const NARROWED: Record<ReportName, ReadonlyArray<"pipeline" | "by" | "owner" | "measure">> = {
  funnel: ["pipeline", "owner"],
  value: ["pipeline", "by", "owner", "measure"],
  activity: [],
  responses: ["by"],
};

const KINDS: ReadonlyArray<readonly [PipelineKind, "deal" | "lead" | "case" | "card"]> = [
  ["deals", "deal"],
  ["leads", "lead"],
  ["cases", "case"],
  ["board", "card"],
];

type ReportHeadProps = {
  report: ReportName;
  search: ReportsSearch;
  change: (part: ReportsSearch) => void;
  pipelines: Pipeline[];
  pipeline: Pipeline | undefined;
  trouble: Trouble | undefined;
  /** Absent while there is nothing to save. */
  save: (() => void) | undefined;
  saving: boolean;
};

export function ReportHead(props: ReportHeadProps) {
  const { report, search, change, pipelines, pipeline, trouble, save, saving } = props;
  const { t } = useTranslation();
  const members = useMembers();
  const has = (what: "pipeline" | "by" | "owner" | "measure") => NARROWED[report].includes(what);
  const table = search.as === "table";
  const tabs = useRef<HTMLElement>(null);
  // On a phone the tabs are more than fit.
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each report
  useEffect(
    () =>
      tabs.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" }),
    [report],
  );
  return (
    <header className={classes.head}>
      <div className={classes.headLine}>
        <h1 className={classes.title} tabIndex={-1} data-page-title>
          {t("reports.title")}
        </h1>
        <div className={classes.tools} data-no-print>
          <button
            type="button"
            className={listClasses.tool}
            aria-pressed={table}
            data-on={table ? "" : undefined}
            onClick={() => change({ as: table ? undefined : "table" })}
          >
            <IconTable size={16} stroke={1.7} aria-hidden="true" />
            <span>{t("reports.as_table")}</span>
          </button>
          <button
            type="button"
            className={listClasses.tool}
            disabled={save === undefined || saving}
            onClick={save}
          >
            <IconDownload size={16} stroke={1.7} aria-hidden="true" />
            <span>{t("reports.csv")}</span>
          </button>
        </div>
      </div>
      <nav ref={tabs} className={classes.tabs} aria-label={t("reports.which")}>
        {REPORTS.map((one) => (
          <Link
            key={one}
            className={classes.tab}
            to="/reports/{-$report}"
            params={{ report: one }}
            search={((before: ReportsSearch) => ({ ...before, pick: undefined, open: undefined })) as never}
            activeProps={{}}
            aria-current={one === report ? "page" : undefined}
          >
            {t(`reports.name.${one}`)}
          </Link>
        ))}
      </nav>
      <search className={classes.filters} aria-label={t("reports.filters")} data-no-print>
        {has("pipeline") && pipelines.length > 0 && (
          <NativeSelect
            size="xs"
            label={t("reports.pipeline")}
            value={pipeline?.id ?? ""}
            data={KINDS.map(([kind, word]) => ({
              group: t(`records.kinds.${word}`),
              items: pipelines
                .filter((one) => one.kind === kind)
                .map(({ id, name }) => ({ value: id, label: plain(name) })),
            })).filter(({ items }) => items.length > 0)}
            onChange={(event) => change({ pipeline: event.currentTarget.value })}
          />
        )}
        <NativeSelect
          size="xs"
          label={t("reports.period")}
          value={search.period ?? "twelve"}
          data={PERIODS.map((value) => ({ value, label: t(`reports.periods.${value}`) }))}
          onChange={(event) => {
            const period = event.currentTarget.value as Period;
            change({ period, ...(period === "days" ? {} : { from: undefined, to: undefined }) });
          }}
        />
        {search.period === "days" &&
          (["from", "to"] as const).map((name) => (
            <TextInput
              key={name}
              size="xs"
              type="date"
              label={t(`reports.${name}`)}
              value={search[name] ?? ""}
              error={name === "to" && trouble !== undefined && trouble !== "missing"}
              onChange={(event) => change({ [name]: event.currentTarget.value || undefined })}
            />
          ))}
        {has("by") && (
          <NativeSelect
            size="xs"
            label={t("reports.by")}
            value={search.by ?? "month"}
            data={(["month", "week"] as const).map((value) => ({ value, label: t(`reports.by_${value}`) }))}
            onChange={(event) => change({ by: event.currentTarget.value as "week" })}
          />
        )}
        {has("owner") && (
          <NativeSelect
            size="xs"
            label={t("reports.owner")}
            value={search.owner ?? ""}
            data={[
              { value: "", label: t("reports.everybody") },
              ...members.all.map(({ id, name }) => ({ value: id, label: plain(name) })),
            ]}
            onChange={(event) => change({ owner: event.currentTarget.value || undefined })}
          />
        )}
        {has("measure") && (
          <NativeSelect
            size="xs"
            label={t("reports.measure")}
            value={search.of ?? ""}
            data={[
              { value: "", label: t("reports.of_value") },
              { value: "count", label: t("reports.of_count") },
            ]}
            onChange={(event) => change({ of: event.currentTarget.value === "count" ? "count" : undefined })}
          />
        )}
      </search>
    </header>
  );
}
