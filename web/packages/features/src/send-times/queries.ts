import { queryOptions } from "@tanstack/react-query";
import { type ApiClient, type SendAt, send } from "@tenon/api-client";

/** The hours that are offered now; on the member's own wall when no zone is given. */
export const sendTimesQuery = (api: ApiClient, timeZone?: string) =>
  queryOptions({
    queryKey: ["send-times", timeZone ?? null] as const,
    queryFn: ({ signal }) => {
      const query = timeZone === undefined ? {} : { time_zone: timeZone };
      return send(api.GET("/api/v1/send-times", { signal, params: { query } }));
    },
    // Another minute, other hours.
    staleTime: 0,
    gcTime: 0,
  });

/** What an hour chosen by hand comes to. */
export const checkedTimeQuery = (api: ApiClient, at: SendAt) =>
  queryOptions({
    queryKey: ["send-times", "check", at.local, at.time_zone] as const,
    queryFn: ({ signal }) => send(api.GET("/api/v1/send-times/check", { signal, params: { query: at } })),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
