/** Every read of what brings mail and records together. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type ApiClient, isProblem } from "@tenon/api-client";
import { recordKeys } from "../core/keys";
import type { Kind } from "../core/types";
import { meetingCalls } from "./calls";

export const FOUND_AT_MOST = 20;

/** Records of all kinds that answer the words; what was found for fewer letters stays until the answer is there. */
export const findQuery = (api: ApiClient, text: string, kinds?: readonly Kind[], limit = FOUND_AT_MOST) =>
  queryOptions({
    queryKey: [...recordKeys.found, text, kinds?.join(",") ?? "", limit] as const,
    queryFn: async ({ signal }) => {
      const body = { text, limit, ...(kinds === undefined ? {} : { kinds: [...kinds] }) };
      return (await meetingCalls(api).find(body, { signal })).items;
    },
    enabled: text !== "",
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    gcTime: 60_000,
    retry: false,
  });

export const threadRecordsQuery = (api: ApiClient, id: string) =>
  queryOptions({
    queryKey: recordKeys.threadRecords(id),
    queryFn: ({ signal }) => meetingCalls(api).ofThread(id, { signal }),
    retry: (failures, error) =>
      failures < 2 && isProblem(error) && (error.status === 0 || error.status >= 500),
  });

export const recordThreadsQuery = (api: ApiClient, id: string) =>
  infiniteQueryOptions({
    queryKey: recordKeys.conversations(id),
    queryFn: ({ pageParam, signal }) => meetingCalls(api).threads(id, pageParam, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 0,
  });

export const mailRulesQuery = (api: ApiClient, id: string) =>
  queryOptions({
    queryKey: recordKeys.mailRules(id),
    queryFn: async ({ signal }) => (await meetingCalls(api).rules(id, { signal })).items,
    staleTime: 0,
  });

const SUGGESTED_PER_PAGE = 50;

export const suggestionsQuery = (api: ApiClient) =>
  infiniteQueryOptions({
    queryKey: recordKeys.suggestions,
    queryFn: ({ pageParam, signal }) =>
      meetingCalls(api).suggestions(pageParam, SUGGESTED_PER_PAGE, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 60_000,
  });

export const defaultsQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: recordKeys.defaults,
    queryFn: async ({ signal }) => (await meetingCalls(api).defaults({ signal })).items,
  });
