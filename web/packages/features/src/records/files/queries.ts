/** Every read of linked files. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type ApiClient, isProblem } from "@tenon/api-client";
import { recordKeys } from "../core/keys";
import { fileCalls } from "./calls";
import type { RecordFile } from "./types";

/** The newest first: what was just linked is seen even where not all are shown. */
const newestFirst = (files: RecordFile[]) => [...files].sort((a, b) => b.added_at.localeCompare(a.added_at));

export const filesQuery = (api: ApiClient, record: string) =>
  queryOptions({
    queryKey: recordKeys.files(record),
    queryFn: async ({ signal }) => newestFirst(await fileCalls(api).list(record, { signal })),
    staleTime: 0,
    retry: (failures, error) =>
      failures < 2 && isProblem(error) && (error.status === 0 || error.status >= 500),
  });

/** Without words, the newest. What was found for fewer letters stays until the answer is there. Of what was searched for nothing is kept long. */
export const driveFilesQuery = (api: ApiClient, connection: string, text: string) =>
  infiniteQueryOptions({
    queryKey: ["drive_files", connection, text] as const,
    queryFn: ({ pageParam, signal }) => fileCalls(api).search(connection, text, pageParam, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    enabled: connection !== "",
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    gcTime: 30_000,
    retry: false,
  });
