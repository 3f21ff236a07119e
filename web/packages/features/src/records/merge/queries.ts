/** Every read of duplicates and merges. */
import { infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import type { ApiClient } from "@tenon/api-client";
import { dropRecord, refreshSets } from "../core/cache";
import { recordKeys } from "../core/keys";
import type { Kind } from "../core/types";
import { mergeCalls } from "./calls";

export const DOUBLED = ["contact", "company", "lead"] as const;
export type DoubledKind = (typeof DOUBLED)[number];
export const isDoubled = (kind: Kind): kind is DoubledKind => DOUBLED.some((one) => one === kind);

export const duplicatesQuery = (api: ApiClient, kind: Kind) =>
  infiniteQueryOptions({
    queryKey: recordKeys.duplicates(kind),
    queryFn: ({ pageParam, signal }) => mergeCalls(api).groups(kind, pageParam, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 0,
  });

export const duplicatesOfQuery = (api: ApiClient, id: string) =>
  queryOptions({
    queryKey: recordKeys.duplicatesOf(id),
    queryFn: ({ signal }) => mergeCalls(api).of(id, { signal }),
    staleTime: 60_000,
    retry: false,
  });

export const mergesQuery = (api: ApiClient, id: string) =>
  queryOptions({
    queryKey: recordKeys.merges(id),
    queryFn: ({ signal }) => mergeCalls(api).merges(id, { signal }),
    staleTime: 0,
    retry: false,
  });

/** After some became one, or were taken apart again: all that names them may say something else. */
export function refreshMerged(client: QueryClient, gone: readonly string[]): void {
  for (const id of gone) dropRecord(client, id);
  refreshSets(client);
  for (const queryKey of [
    ["record"],
    ["record_history"],
    ["record_merges"],
    recordKeys.allDuplicates,
    recordKeys.allFiles,
  ])
    void client.invalidateQueries({ queryKey });
}
