import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type ApiClient, type Send, send } from "@tenon/api-client";
import { keys } from "../core";

const PER_PAGE = 200;
/** A month with more than this is shown in part, and says so. */
const MOST_PAGES = 5;

/** From an hour on, and before another (RFC 3339). */
export type Between = { from: string; until: string };

const fetchBetween = (api: ApiClient, between: Between, after: string | undefined, signal: AbortSignal) => {
  const query = { ...between, limit: PER_PAGE, ...(after === undefined ? {} : { after }) };
  return send(api.GET("/api/v1/sends", { signal, params: { query } }));
};

/** Everything that was scheduled for an hour between two, whatever became of it. */
export const calendarQuery = (api: ApiClient, between: Between) =>
  queryOptions({
    queryKey: [...keys.sends, "calendar", between.from, between.until] as const,
    queryFn: async ({ signal }) => {
      const items: Send[] = [];
      let after: string | undefined;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const answer = await fetchBetween(api, between, after, signal);
        items.push(...answer.items);
        if (answer.next == null) return { items, whole: true };
        after = answer.next;
      }
      return { items, whole: false };
    },
  });

/** The same page by page, in the order of hours. */
export const agendaQuery = (api: ApiClient, between: Between) =>
  infiniteQueryOptions({
    queryKey: [...keys.sends, "agenda", between.from, between.until] as const,
    queryFn: ({ pageParam, signal }) => fetchBetween(api, between, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 0,
  });
