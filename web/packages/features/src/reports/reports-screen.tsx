import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useToast } from "@tenon/ui";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemState, useApi, useMe, useProblemText, useTitle } from "../core";
import { pipelinesQuery } from "../records/core/queries";
import { dayIn, ownZone } from "../records/core/zone";
import { saveFile } from "../records/exchange/save-file";
import listClasses from "../records/list/list.module.css";
import { SidePanel } from "../records/list/side-panel";
import { DrillProvider, readPick } from "./drill";
import { bucketsBy, daysOf } from "./period";
import { Picture, PictureSkeleton } from "./picture";
import { reportPath } from "./queries";
import { NARROWED, ReportHead } from "./report-head";
import classes from "./reports.module.css";
import { RowsPanel } from "./rows-panel";
import type { ReportsSearch } from "./search";
import { type Bodies, REPORTS, type ReportName } from "./types";

type ReportsScreenProps = { report: string | undefined; search: ReportsSearch };

/** The work in pictures, each with the records behind its figures. */
export function ReportsScreen({ report: named, search }: ReportsScreenProps) {
  const { t } = useTranslation();
  const api = useApi();
  const me = useMe();
  const navigate = useNavigate();
  const report = REPORTS.find((one) => one === named) ?? "funnel";
  const known = useQuery(pipelinesQuery(api));
  useTitle(`${t(`reports.name.${report}`)} · ${t("reports.title")}`);

  const pipelines = useMemo(() => known.data?.filter(({ archived }) => !archived) ?? [], [known.data]);
  const pipeline =
    pipelines.find(({ id }) => id === search.pipeline) ??
    pipelines.find(({ kind }) => kind === "deals") ??
    pipelines[0];
  const today = dayIn(new Date(), me?.member.time_zone ?? ownZone());
  const days = daysOf(search, today);
  const trouble = typeof days === "string" ? days : undefined;
  const asked = useBody(report, search, pipeline?.id, today);
  const by = asked !== undefined && "by" in asked ? asked.by : "month";

  const go = useCallback(
    (part: ReportsSearch, replace: boolean) =>
      void navigate({ to: ".", search: ((before: object) => ({ ...before, ...part })) as never, replace }),
    [navigate],
  );
  // Other figures have other records behind them.
  const change = useCallback(
    (part: ReportsSearch) => go("as" in part ? part : { ...part, pick: undefined, open: undefined }, true),
    [go],
  );
  const csv = useCsv(report, asked);

  const pointed = readPick(search.pick);
  const shown = pointed === undefined ? undefined : search.pick;
  // What was pressed to open the list gets the keyboard back when the list closes.
  const pressed = useRef<HTMLElement | null>(null);
  const drill = useMemo(
    () => ({
      shown,
      show: (pick: string) => {
        pressed.current = document.activeElement as HTMLElement | null;
        go({ pick, open: undefined }, shown !== undefined);
      },
    }),
    [shown, go],
  );
  const close = () => go({ pick: undefined, open: undefined }, false);
  const beside = search.open !== undefined || pointed !== undefined;
  useEffect(() => {
    if (!beside) pressed.current?.focus();
  }, [beside]);
  const needsPipelines = NARROWED[report].includes("pipeline");
  return (
    <div className={listClasses.screen} data-open={beside ? "" : undefined}>
      <section className={classes.screen} aria-label={t("reports.title")}>
        <ReportHead
          report={report}
          search={search}
          change={change}
          pipelines={pipelines}
          pipeline={pipeline}
          trouble={trouble}
          {...csv}
        />
        <div className={classes.body}>
          {needsPipelines && known.isError && known.data === undefined ? (
            <ProblemState error={known.error} retry={() => void known.refetch()} />
          ) : needsPipelines && known.isPending ? (
            <PictureSkeleton />
          ) : (
            <DrillProvider value={drill}>
              <Picture
                key={report}
                report={report}
                body={asked}
                trouble={trouble}
                pipeline={pipeline}
                table={search.as === "table"}
                counts={search.of === "count"}
                today={today}
                fewerWeeks={search.by === "week" && by === "month" && NARROWED[report].includes("by")}
                narrowed={search.owner !== undefined && NARROWED[report].includes("owner")}
                widen={() => change({ period: undefined, from: undefined, to: undefined, owner: undefined })}
                isWidest={(search.period ?? "twelve") === "twelve"}
              />
            </DrillProvider>
          )}
        </div>
      </section>
      {search.open !== undefined ? (
        <SidePanel
          id={search.open}
          close={() => go({ open: undefined }, false)}
          open={(id) => go({ open: id }, false)}
        />
      ) : (
        pointed !== undefined &&
        report !== "responses" &&
        asked !== undefined && (
          <RowsPanel
            key={search.pick}
            report={report}
            body={asked as Bodies["funnel"]}
            pointed={pointed}
            by={by}
            close={close}
            open={(id) => go({ open: id }, false)}
          />
        )
      )}
    </div>
  );
}

/** What the server is asked; undefined as long as something is missing. */
function useBody(
  report: ReportName,
  { period, from, to, by = "month", owner }: ReportsSearch,
  pipeline: string | undefined,
  today: string,
): Bodies[ReportName] | undefined {
  return useMemo(() => {
    const days = daysOf({ period, from, to }, today);
    if (typeof days === "string") return undefined;
    const has = (what: "pipeline" | "by" | "owner") => NARROWED[report].includes(what);
    if (has("pipeline") && pipeline === undefined) return undefined;
    return {
      ...days,
      ...(has("pipeline") ? { pipeline } : {}),
      ...(has("by") ? { by: bucketsBy(by, days) } : {}),
      ...(has("owner") && owner !== undefined ? { owner } : {}),
    } as Bodies[ReportName];
  }, [report, period, from, to, by, owner, pipeline, today]);
}

function useCsv(report: ReportName, body: Bodies[ReportName] | undefined) {
  const { t } = useTranslation();
  const toast = useToast();
  const problemText = useProblemText();
  const [saving, setSaving] = useState(false);
  const save = async () => {
    if (body === undefined) return;
    setSaving(true);
    try {
      await saveFile({
        path: reportPath(report),
        body,
        accept: "text/csv",
        name: `${report} ${body.from} ${body.to}.csv`,
      });
    } catch (error) {
      toast(t("reports.csv_failed", { text: problemText(error) }), { tone: "danger", key: "report csv" });
    }
    setSaving(false);
  };
  return { save: body === undefined ? undefined : () => void save(), saving };
}
