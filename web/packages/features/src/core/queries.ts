/** Every read of the server in one place: keys here are what live events invalidate. */

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import {
  type ApiClient,
  type AuditQuery,
  type Policy,
  type ProfileId,
  type Send,
  send,
} from "@tenon/api-client";
import type { Locale } from "../i18n";

export const THREADS_PER_PAGE = 100;
/** Contents of a message are forgotten this soon after they were last shown. */
const CONTENT_KEPT_MS = 60_000;

export type ThreadFilter = { connection: string; label?: string | undefined; unread?: boolean | undefined };
export type ConnectChoice = {
  provider: string;
  profile: ProfileId | undefined;
  features: string[];
  connection: string | undefined;
};

export const keys = {
  session: ["session"] as const,
  setup: ["setup"] as const,
  alarms: ["alarms"] as const,
  connections: ["connections"] as const,
  connection: (id: string) => ["connections", id] as const,
  health: (id: string) => ["health", id] as const,
  labels: (id: string) => ["labels", id] as const,
  threadLists: (connection: string) => ["threads", connection] as const,
  threads: (filter: ThreadFilter) =>
    ["threads", filter.connection, filter.label ?? null, filter.unread ?? false] as const,
  threadDetails: ["thread"] as const,
  thread: (id: string) => ["thread", id] as const,
  message: (id: string) => ["message", id] as const,
  receipts: ["receipts"] as const,
  consents: ["consents"] as const,
  sessions: ["sessions"] as const,
  savedSearches: ["saved-searches"] as const,
  retention: ["retention"] as const,
  mailActions: ["mail_actions"] as const,
  labelColors: (connection: string) => ["label_colors", connection] as const,
  composeOptions: (connection: string) => ["compose", connection] as const,
  sends: ["sends"] as const,
  mailMerges: ["mail-merges"] as const,
  suppressions: ["suppressions"] as const,
  /** Read from the mailbox each time: not with the others, which change with every message that goes. */
  mailMergePreviews: ["mail-merge-previews"] as const,
  templates: ["templates"] as const,
  templateVariables: ["template-variables"] as const,
  passkeys: ["passkeys"] as const,
  identities: ["identities"] as const,
  members: ["members"] as const,
  invitations: ["invitations"] as const,
  domains: ["domains"] as const,
  audit: ["audit"] as const,
};

export const sessionQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: keys.session,
    queryFn: ({ signal }) => send(api.GET("/api/v1/session", { signal })),
    staleTime: 60_000,
    retry: false,
  });

export const setupQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: keys.setup,
    queryFn: ({ signal }) => send(api.GET("/api/v1/setup", { signal })),
    retry: false,
  });

/** Faults of the deployment; refused to those who are neither owner nor administrator. */
export const alarmsQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: keys.alarms,
    queryFn: async ({ signal }) => (await send(api.GET("/api/v1/alarms", { signal }))).items,
  });

export const connectionsQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: keys.connections,
    queryFn: async ({ signal }) => (await send(api.GET("/api/v1/connections", { signal }))).items,
  });

export const connectionQuery = (api: ApiClient, id: string) =>
  queryOptions({
    queryKey: keys.connection(id),
    queryFn: ({ signal }) => send(api.GET("/api/v1/connections/{id}", { signal, params: { path: { id } } })),
  });

export const healthQuery = (api: ApiClient, id: string) =>
  queryOptions({
    queryKey: keys.health(id),
    queryFn: ({ signal }) =>
      send(api.GET("/api/v1/connections/{id}/health", { signal, params: { path: { id } } })),
  });

export const disconnectPreviewQuery = (api: ApiClient, id: string) =>
  queryOptions({
    queryKey: ["disconnect", id] as const,
    queryFn: ({ signal }) =>
      send(api.GET("/api/v1/connections/{id}/disconnect", { signal, params: { path: { id } } })),
    staleTime: 0,
    gcTime: 0,
  });

export const providersQuery = (api: ApiClient, locale: Locale) =>
  queryOptions({
    queryKey: ["providers", locale] as const,
    queryFn: async ({ signal }) =>
      (await send(api.GET("/api/v1/providers", { signal, params: { query: { locale } } }))).items,
    staleTime: 300_000,
  });

/** Without features: the text of all that there are. */
export const policyQuery = (
  api: ApiClient,
  provider: string,
  features: string[] | undefined,
  locale: Locale,
) =>
  queryOptions({
    queryKey: ["policy", provider, features === undefined ? null : [...features].sort().join(","), locale],
    queryFn: async ({ signal }): Promise<Policy> => {
      const chosen = features === undefined ? {} : { features: features.join(",") };
      const query = { provider, ...chosen, locale };
      return await send(api.GET("/api/v1/policy", { signal, params: { query } }));
    },
  });

export const labelsQuery = (api: ApiClient, connection: string) =>
  queryOptions({
    queryKey: keys.labels(connection),
    queryFn: async ({ signal }) =>
      (
        await send(
          api.GET("/api/v1/connections/{id}/labels", { signal, params: { path: { id: connection } } }),
        )
      ).items,
  });

export function fetchThreads(
  api: ApiClient,
  filter: ThreadFilter,
  after: string | undefined,
  signal: AbortSignal | undefined,
) {
  return send(
    api.GET("/api/v1/threads", {
      ...(signal === undefined ? {} : { signal }),
      params: {
        query: {
          connection: filter.connection,
          limit: THREADS_PER_PAGE,
          ...(filter.label === undefined ? {} : { label: filter.label }),
          ...(filter.unread === true ? { unread: true } : {}),
          ...(after === undefined ? {} : { after }),
        },
      },
    }),
  );
}

export const threadsQuery = (api: ApiClient, filter: ThreadFilter) =>
  infiniteQueryOptions({
    queryKey: keys.threads(filter),
    queryFn: ({ pageParam, signal }) => fetchThreads(api, filter, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    // Live events say when it changed; a long list is never refetched page by page for nothing.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });

/** A search is asked of the provider, so it is not asked again behind the person's back. */
export const searchQuery = (api: ApiClient, connection: string, query: string) =>
  infiniteQueryOptions({
    queryKey: ["search", connection, query] as const,
    queryFn: ({ pageParam, signal }) =>
      send(
        api.POST("/api/v1/search", {
          signal,
          body: {
            query,
            connection_id: connection,
            limit: 25,
            ...(pageParam === undefined ? {} : { after: pageParam }),
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 60_000,
    gcTime: CONTENT_KEPT_MS,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    retry: false,
  });

export const savedSearchesQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: keys.savedSearches,
    queryFn: async ({ signal }) => (await send(api.GET("/api/v1/saved-searches", { signal }))).items,
    staleTime: 60_000,
  });

export const retentionQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: keys.retention,
    queryFn: ({ signal }) => send(api.GET("/api/v1/retention", { signal })),
  });

export const threadQuery = (api: ApiClient, id: string) =>
  queryOptions({
    queryKey: keys.thread(id),
    queryFn: ({ signal }) => send(api.GET("/api/v1/threads/{id}", { signal, params: { path: { id } } })),
  });

export const messageQuery = (api: ApiClient, id: string) =>
  queryOptions({
    queryKey: keys.message(id),
    queryFn: ({ signal }) => send(api.GET("/api/v1/messages/{id}", { signal, params: { path: { id } } })),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: CONTENT_KEPT_MS,
    retry: false,
  });

export const receiptsQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: keys.receipts,
    queryFn: async ({ signal }) => (await send(api.GET("/api/v1/receipts", { signal }))).items,
  });

export const receiptQuery = (api: ApiClient, id: string) =>
  queryOptions({
    queryKey: [...keys.receipts, id] as const,
    queryFn: ({ signal }) => send(api.GET("/api/v1/receipts/{id}", { signal, params: { path: { id } } })),
  });

export const consentsQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: keys.consents,
    queryFn: async ({ signal }) => (await send(api.GET("/api/v1/consents", { signal }))).items,
  });

export const sessionsQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: keys.sessions,
    queryFn: async ({ signal }) => (await send(api.GET("/api/v1/sessions", { signal }))).items,
  });

/** The newest few: those that run are among them. */
export const mailActionsQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: keys.mailActions,
    queryFn: async ({ signal }) =>
      (await send(api.GET("/api/v1/mail/actions", { signal, params: { query: { limit: 20 } } }))).items,
  });

export const labelColorsQuery = (api: ApiClient, connection: string) =>
  queryOptions({
    queryKey: keys.labelColors(connection),
    queryFn: async ({ signal }) =>
      (
        await send(
          api.GET("/api/v1/connections/{id}/label-colors", { signal, params: { path: { id: connection } } }),
        )
      ).items,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const composeOptionsQuery = (api: ApiClient, connection: string) =>
  queryOptions({
    queryKey: keys.composeOptions(connection),
    queryFn: ({ signal }) =>
      send(api.GET("/api/v1/connections/{id}/compose", { signal, params: { path: { id: connection } } })),
    staleTime: 300_000,
  });

const SENDS_PER_PAGE = 50;
/** Few messages ever need a person; nobody is shown more of them at once. */
const MOST_PAGES_OF_STATE = 5;

function fetchSends(
  api: ApiClient,
  query: { state?: Send["state"]; limit: number; after?: string },
  signal: AbortSignal,
) {
  return send(api.GET("/api/v1/sends", { signal, params: { query } }));
}

/** What was sent last. */
export const latestSendsQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: [...keys.sends, "latest"] as const,
    queryFn: async ({ signal }) => (await fetchSends(api, { limit: SENDS_PER_PAGE }, signal)).items,
  });

/** All that stand like this, however long ago they were sent. */
export const sendsInStateQuery = (api: ApiClient, state: Send["state"]) =>
  queryOptions({
    queryKey: [...keys.sends, "state", state] as const,
    queryFn: async ({ signal }) => {
      const all: Send[] = [];
      let after: string | undefined;
      for (let page = 0; page < MOST_PAGES_OF_STATE; page += 1) {
        const query = { state, limit: 200, ...(after === undefined ? {} : { after }) };
        const { items, next } = await fetchSends(api, query, signal);
        all.push(...items);
        if (next == null) break;
        after = next;
      }
      return all;
    },
  });

/** The outbox, newest first, page by page. */
export const sendsQuery = (api: ApiClient) =>
  infiniteQueryOptions({
    queryKey: [...keys.sends, "pages"] as const,
    queryFn: ({ pageParam, signal }) =>
      fetchSends(
        api,
        { limit: SENDS_PER_PAGE, ...(pageParam === undefined ? {} : { after: pageParam }) },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 0,
  });

/** Which ways in this server has; known before sign-in too. */
export const signInWaysQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: ["sign-in-ways"] as const,
    queryFn: ({ signal }) => send(api.GET("/api/v1/sign-in", { signal })),
    staleTime: 300_000,
  });

export const passkeysQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: keys.passkeys,
    queryFn: async ({ signal }) => (await send(api.GET("/api/v1/me/passkeys", { signal }))).items,
  });

export const identitiesQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: keys.identities,
    queryFn: async ({ signal }) => (await send(api.GET("/api/v1/me/identities", { signal }))).items,
  });

export const membersQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: keys.members,
    queryFn: async ({ signal }) => (await send(api.GET("/api/v1/members", { signal }))).items,
  });

export const invitationsQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: keys.invitations,
    queryFn: async ({ signal }) => (await send(api.GET("/api/v1/invitations", { signal }))).items,
  });

export const domainsQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: keys.domains,
    queryFn: async ({ signal }) => (await send(api.GET("/api/v1/domains", { signal }))).items,
  });

const AUDIT_PER_PAGE = 50;

/** The audit log, newest first, page by page; its words come in the member's language, so another one is another answer. */
export const auditQuery = (api: ApiClient, filter: Omit<AuditQuery, "limit" | "after">, locale: Locale) =>
  infiniteQueryOptions({
    queryKey: [...keys.audit, "entries", filter, locale] as const,
    queryFn: ({ pageParam, signal }) => {
      const page = pageParam === undefined ? {} : { after: pageParam };
      const query = { ...filter, ...page, limit: AUDIT_PER_PAGE };
      return send(api.GET("/api/v1/audit", { signal, params: { query } }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const auditActionsQuery = (api: ApiClient, locale: Locale) =>
  queryOptions({
    queryKey: [...keys.audit, "actions", locale] as const,
    queryFn: async ({ signal }) => (await send(api.GET("/api/v1/audit/actions", { signal }))).items,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const auditCheckpointQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: [...keys.audit, "checkpoint"] as const,
    queryFn: ({ signal }) => send(api.GET("/api/v1/audit/checkpoint", { signal })),
  });
