/** Every read of reports. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type ApiClient, isProblem } from "@tenon/api-client";
import { callsOf, paged } from "../records/core/contract-call";
import { recordKeys } from "../records/core/keys";
import type { PageOf, RecordAnswer } from "../records/core/types";
import type { Answers, Bodies, Drilled, Pick, ReportName } from "./types";

const pathOf = <Name extends ReportName>(report: Name) => `/reports/${report}` as const;
export const reportPath = (report: ReportName) => `/api/v1${pathOf(report)}`;

/** Beside the counts of lists: what makes those old makes these old. */
const key = (report: ReportName) => [...recordKeys.counts, "report", report] as const;

export const reportQuery = <Name extends ReportName>(
  api: ApiClient,
  report: Name,
  body: Bodies[Name] | undefined,
) =>
  queryOptions({
    queryKey: [...key(report), body] as const,
    queryFn: ({ signal }) =>
      callsOf(api)<Answers[Name]>("POST", pathOf<ReportName>(report), { body, signal }),
    enabled: body !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    retry: (failures, error) =>
      failures < 2 && isProblem(error) && (error.status === 0 || error.status >= 500),
  });

const ROWS_PER_PAGE = 50;

/** The records behind a figure. */
export const rowsQuery = (api: ApiClient, report: Drilled, body: object, pick: Pick) =>
  infiniteQueryOptions({
    queryKey: [...key(report), "rows", body, pick] as const,
    queryFn: ({ pageParam, signal }) =>
      callsOf(api)<PageOf<RecordAnswer>>("POST", `${pathOf(report)}/rows`, {
        body: { ...body, pick, ...paged(pageParam, ROWS_PER_PAGE) },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 30_000,
  });
