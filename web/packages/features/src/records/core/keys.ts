import type { Kind, RecordsAsked } from "./types";

/** Keys of all reads of records; small, because live events need them from the start. */
export const recordKeys = {
  objects: ["record_objects"] as const,
  pipelines: ["pipelines"] as const,
  teams: ["teams"] as const,
  allViews: ["record_views"] as const,
  views: (kind: Kind) => ["record_views", kind] as const,
  /** Pages of records, of all kinds. */
  lists: ["record_lists"] as const,
  listsOf: (kind: Kind) => ["record_lists", kind] as const,
  list: (asked: RecordsAsked, limit: number) => ["record_lists", asked.kind, asked, limit] as const,
  counts: ["record_counts"] as const,
  count: (asked: RecordsAsked) => ["record_counts", asked.kind, asked] as const,
  search: (kinds: readonly Kind[], text: string) => ["record_search", kinds.join(","), text] as const,
  record: (id: string) => ["record", id] as const,
  history: (id: string) => ["record_history", id] as const,
  timelines: ["record_timeline"] as const,
  timeline: (id: string) => ["record_timeline", id] as const,
  sharing: (id: string) => ["record_sharing", id] as const,
};
