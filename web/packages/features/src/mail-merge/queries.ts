import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type ApiClient, type MailMerge, type MailMergeRecipientState, send } from "@tenon/api-client";
import { keys } from "../core";
import type { MergeResponse } from "./came-back";

const PER_PAGE = 50;

/** The member's mail merges, newest first. */
export const mailMergesQuery = (api: ApiClient) =>
  infiniteQueryOptions({
    queryKey: [...keys.mailMerges, "list"] as const,
    queryFn: ({ pageParam, signal }) =>
      send(
        api.GET("/api/v1/mail-merges", {
          signal,
          params: { query: { limit: PER_PAGE, ...(pageParam === undefined ? {} : { after: pageParam }) } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const mailMergeQuery = (api: ApiClient, id: string) =>
  queryOptions({
    queryKey: [...keys.mailMerges, id] as const,
    queryFn: ({ signal }) => send(api.GET("/api/v1/mail-merges/{id}", { signal, params: { path: { id } } })),
  });

/** Which people of a list are shown: in a state, or of whom something came back. */
export type WhoShown = { state?: MailMergeRecipientState; response?: MergeResponse };

/** The people of its list. */
export const recipientsQuery = (api: ApiClient, id: string, who: WhoShown) =>
  infiniteQueryOptions({
    queryKey: [...keys.mailMerges, id, "people", who] as const,
    queryFn: ({ pageParam, signal }) =>
      send(
        api.GET("/api/v1/mail-merges/{id}/recipients", {
          signal,
          params: {
            path: { id },
            query: {
              limit: PER_PAGE,
              ...who,
              ...(pageParam === undefined ? {} : { after: pageParam }),
            },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** What the first one from a place on would get. It is read from the mailbox each time: the letter may have changed. */
export const previewQuery = (api: ApiClient, merge: MailMerge, number: number) =>
  queryOptions({
    // Other columns are other variables.
    queryKey: [...keys.mailMergePreviews, merge.id, merge.columns.length, number] as const,
    queryFn: ({ signal }) =>
      send(
        api.POST("/api/v1/mail-merges/{id}/preview", {
          signal,
          params: { path: { id: merge.id } },
          body: { number },
        }),
      ),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });

/** How many people stand in these states. */
export const countOf = (merge: MailMerge, ...states: MailMergeRecipientState[]): number =>
  merge.counts.reduce((sum, { state, count }) => (states.includes(state) ? sum + count : sum), 0);

/** How many people there are. */
export const wholeOf = (merge: MailMerge): number => merge.counts.reduce((sum, { count }) => sum + count, 0);

/** The suppression list, newest first. */
export const suppressionsQuery = (api: ApiClient) =>
  infiniteQueryOptions({
    queryKey: [...keys.suppressions, "list"] as const,
    queryFn: ({ pageParam, signal }) =>
      send(
        api.GET("/api/v1/suppressions", {
          signal,
          params: { query: { limit: PER_PAGE, ...(pageParam === undefined ? {} : { after: pageParam }) } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** What stands against an address. */
export const soughtSuppressionsQuery = (api: ApiClient, address: string) =>
  queryOptions({
    queryKey: [...keys.suppressions, "of", address] as const,
    queryFn: ({ signal }) => send(api.POST("/api/v1/suppressions/search", { signal, body: { address } })),
    retry: false,
  });
