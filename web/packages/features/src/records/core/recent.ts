/** Which records a person opened last. It goes with everything else that was read when they sign out. */
import type { QueryClient } from "@tanstack/react-query";
import { recordKeys } from "./keys";
import type { Kind, RecordRef } from "./types";

const KEPT = 8;

export function rememberOpened(client: QueryClient, { id, kind, title }: RecordRef): void {
  const before = recentRecords(client);
  if (before[0]?.id === id && before[0].title === title) return;
  client.setQueryDefaults(recordKeys.recent, { gcTime: Number.POSITIVE_INFINITY });
  client.setQueryData<RecordRef[]>(
    recordKeys.recent,
    [{ id, kind, title }, ...before.filter((one) => one.id !== id)].slice(0, KEPT),
  );
}

export const recentRecords = (client: QueryClient): RecordRef[] =>
  client.getQueryData<RecordRef[]>(recordKeys.recent) ?? [];

/** What the list of a kind is to search for next: handed over in memory, as it does not belong in an address. */
export const wantedSearchKey = (kind: Kind) => ["records_wanted_search", kind] as const;
