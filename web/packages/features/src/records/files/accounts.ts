/** Which of one's own accounts files can be chosen from, and what the others lack. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Connection } from "@tenon/api-client";
import { allowSearch, connectionsQuery, featureState, useApi } from "../../core";

export const FILES = "files";
export const FILES_SEARCH = "files_search";

/** What an account lacks until files can be chosen from it. */
export type Lack = "reconnect" | "paused" | "off" | "ask_again";

export function lackOf(connection: Connection): Lack | undefined {
  if (connection.status === "paused") return "paused";
  if (connection.status !== "active") return "reconnect";
  const state = featureState(connection, FILES);
  return state === "on" ? undefined : state === "off" ? "off" : "ask_again";
}

/** Other providers have no Drive. */
const withDrive = (connections: readonly Connection[]) =>
  connections.filter(({ provider }) => provider === "google");
const ready = (connections: readonly Connection[]) =>
  withDrive(connections).filter((one) => lackOf(one) === undefined);

export function useAccounts() {
  const api = useApi();
  const client = useQueryClient();
  const query = useQuery(connectionsQuery(api));
  return {
    all: withDrive(query.data ?? []),
    ready: ready(query.data ?? []),
    loading: query.isPending,
    /** Those that files can be chosen from, asked for when they are not known yet. */
    ask: async () => ready(await client.ensureQueryData(connectionsQuery(api))),
  };
}

/** Where the person allows one more feature, through our consent and the provider's. */
export const allowing = (connection: Connection, feature: string) => ({
  ...allowSearch(connection, feature),
  // What was allowed before and is refused now has been chosen already.
  ...(featureState(connection, feature) === "needs_reauthorization" ? { review: true as const } : {}),
});
