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
  /** What a search over all kinds found. */
  found: ["records_found"] as const,
  /** Records of this tab's person that were opened last. */
  recent: ["records_recent"] as const,
  /** What a conversation has to do with records. */
  allThreadRecords: ["thread_records"] as const,
  threadRecords: (thread: string) => ["thread_records", thread] as const,
  allConversations: ["record_threads"] as const,
  conversations: (id: string) => ["record_threads", id] as const,
  mailRules: (id: string) => ["record_mail_rules", id] as const,
  suggestions: ["suggestions"] as const,
  defaults: ["record_defaults"] as const,
  imports: ["record_imports"] as const,
  import: (id: string) => ["record_imports", "one", id] as const,
  importRows: (id: string, state: string, outcome: string) =>
    ["record_import_rows", id, state, outcome] as const,
  /** Groups of records that may be the same. */
  allDuplicates: ["record_duplicates"] as const,
  duplicates: (kind: Kind) => ["record_duplicates", "groups", kind] as const,
  duplicatesOf: (id: string) => ["record_duplicates", "of", id] as const,
  merges: (id: string) => ["record_merges", id] as const,
  allFiles: ["record_files"] as const,
  files: (id: string) => ["record_files", id] as const,
};
