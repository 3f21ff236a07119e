/** Every read of records. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type ApiClient, isProblem } from "@tenon/api-client";
import { recordCalls } from "./calls";
import { recordKeys } from "./keys";
import type { Kind, RecordsAsked } from "./types";

export const RECORDS_PER_PAGE = 100;

export const objectsQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: recordKeys.objects,
    queryFn: async ({ signal }) => (await recordCalls(api).objects({ signal })).items,
    staleTime: 300_000,
  });

export const pipelinesQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: recordKeys.pipelines,
    queryFn: async ({ signal }) => (await recordCalls(api).pipelines({ signal })).items,
    staleTime: 300_000,
  });

export const teamsQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: recordKeys.teams,
    queryFn: async ({ signal }) => (await recordCalls(api).teams({ signal })).items,
    staleTime: 60_000,
  });

export const viewsQuery = (api: ApiClient, kind: Kind) =>
  queryOptions({
    queryKey: recordKeys.views(kind),
    queryFn: async ({ signal }) => (await recordCalls(api).views(kind, { signal })).items,
    staleTime: 60_000,
  });

/** Live events say when a record changed. */
export const recordQuery = (api: ApiClient, id: string) =>
  queryOptions({
    queryKey: recordKeys.record(id),
    queryFn: ({ signal }) => recordCalls(api).get(id, { signal }),
    retry: (failures, error) =>
      failures < 2 && isProblem(error) && (error.status === 0 || error.status >= 500),
  });

/** Page by page as one scrolls; a long list is never fetched anew page by page for nothing. */
export const recordsQuery = (api: ApiClient, asked: RecordsAsked, limit = RECORDS_PER_PAGE) =>
  infiniteQueryOptions({
    queryKey: recordKeys.list(asked, limit),
    queryFn: ({ pageParam, signal }) =>
      recordCalls(api).query(
        { ...asked, limit, ...(pageParam === undefined ? {} : { after: pageParam }) },
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 60_000,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });

export const recordsCountQuery = (api: ApiClient, asked: RecordsAsked) =>
  queryOptions({
    queryKey: recordKeys.count(asked),
    queryFn: ({ signal }) => recordCalls(api).count(asked, { signal }),
    refetchOnWindowFocus: false,
  });

const FOUND = 8;

/** What a picker offers: the best few of each kind. */
export const findRecordsQuery = (api: ApiClient, kinds: readonly Kind[], text: string) =>
  queryOptions({
    queryKey: recordKeys.search(kinds, text),
    queryFn: async ({ signal }) => {
      const search = text === "" ? {} : { search: text };
      const pages = await Promise.all(
        kinds.map((kind) => recordCalls(api).query({ kind, ...search, limit: FOUND }, { signal })),
      );
      return pages.flatMap(({ items }) => items);
    },
    staleTime: 10_000,
    gcTime: 60_000,
  });

export const historyQuery = (api: ApiClient, id: string) =>
  infiniteQueryOptions({
    queryKey: recordKeys.history(id),
    queryFn: ({ pageParam, signal }) => recordCalls(api).history(id, pageParam, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 0,
  });

export const timelineQuery = (api: ApiClient, id: string) =>
  infiniteQueryOptions({
    queryKey: recordKeys.timeline(id),
    queryFn: ({ pageParam, signal }) => recordCalls(api).timeline(id, pageParam, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 0,
  });

export const sharingQuery = (api: ApiClient, id: string) =>
  queryOptions({
    queryKey: recordKeys.sharing(id),
    queryFn: ({ signal }) => recordCalls(api).sharing(id, { signal }),
    staleTime: 0,
  });
