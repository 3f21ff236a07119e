/** Every read of imports. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { ApiClient } from "@tenon/api-client";
import { recordKeys } from "../core/keys";
import type { ImportItem, ImportOutcome, ImportState } from "../core/next-types";
import { importCalls } from "./calls";

/** What the server is busy with; it changes by itself. */
export const isBusy = (state: ImportState): state is "checking" | "running" | "undoing" =>
  state === "checking" || state === "running" || state === "undoing";

/** Live events tell of progress; this is for when they do not come. */
const ASK_MS = 2_000;

export const importQuery = (api: ApiClient, id: string) =>
  queryOptions({
    queryKey: recordKeys.import(id),
    queryFn: ({ signal }) => importCalls(api).get(id, { signal }),
    staleTime: 0,
    refetchInterval: (query) => {
      const data: ImportItem | undefined = query.state.data;
      return data !== undefined && isBusy(data.state) ? ASK_MS : false;
    },
  });

export const importsQuery = (api: ApiClient) =>
  infiniteQueryOptions({
    queryKey: [...recordKeys.imports, "list"],
    queryFn: ({ pageParam, signal }) => importCalls(api).list(pageParam, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 0,
  });

export const importRowsQuery = (api: ApiClient, item: ImportItem, outcome: ImportOutcome) =>
  infiniteQueryOptions({
    queryKey: recordKeys.importRows(item.id, item.state, outcome),
    queryFn: ({ pageParam, signal }) => importCalls(api).rows(item.id, outcome, pageParam, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 0,
  });
