/** Words of the contract that the server's types do not have yet, a block for each of its letters. */
import type { Filter, Kind, RecordItem, RecordRef, Sharing, Sort, Values } from "./types";

// --- A: import ----------------------------------------------------------------------------------------

export type ImportState =
  | "draft"
  | "checking"
  | "checked"
  | "running"
  | "done"
  | "cancelled"
  | "failed"
  | "undoing"
  | "undone";
export type ImportFormat = "csv" | "vcard" | "icalendar";
/** Where the cells of a column go. */
export type ImportTarget = {
  field: string;
  /** Of one among several: an e-mail for work. */
  label?: string | null;
  part?: "street" | "city" | "region" | "postal_code" | "country";
  /** How a link finds its record. */
  by?: "title" | "email" | "id";
  /** Of amounts that do not say theirs. */
  currency?: string;
};
export type ImportColumn = {
  index: number;
  name: string;
  samples: string[];
  suggested: ImportTarget | null;
};
export type ColumnMapping = { column: number; target: ImportTarget | null };
export type DateOrder = "ymd" | "dmy" | "mdy";
export type ImportOptions = {
  header: boolean;
  delimiter: string | null;
  mapping: ColumnMapping[];
  date_order: DateOrder;
  decimal: "." | ",";
  duplicates: "skip" | "update" | "create";
  match_on: string[];
  create_missing: boolean;
  owner: string | null;
  sharing: Sharing | null;
  pipeline: string | null;
  stage: string | null;
};
export const OUTCOMES = ["create", "update", "skip", "fail"] as const;
export type ImportOutcome = (typeof OUTCOMES)[number];
export type ImportItem = {
  id: string;
  kind: Kind;
  format: ImportFormat;
  name: string;
  state: ImportState;
  encoding: string;
  delimiter: string | null;
  header: boolean;
  rows: number;
  columns: ImportColumn[];
  options: ImportOptions;
  progress: { rows_done: number; rows: number };
  counts: Record<ImportOutcome, number> | null;
  error: { code: string; detail: string } | null;
  created_at: string;
  created_by: string | null;
  finished_at: string | null;
  undo_until: string | null;
  /** What taking it back left, as somebody had changed it since. */
  left: number;
};
export type ImportRow = {
  number: number;
  outcome: ImportOutcome;
  record: RecordRef | null;
  problems: Array<{ column: number | null; field: string | null; detail: string }>;
  cells: string[];
};

// --- B: export ----------------------------------------------------------------------------------------

export type ExportFormat = "csv" | "vcard" | "icalendar" | "json";
export type ExportBody = {
  kind: Kind;
  format: ExportFormat;
  filter?: Filter;
  sort?: Sort[];
  search?: string;
  pipeline?: string;
  ids?: string[];
  fields?: string[];
};

// --- C: duplicates and merging ------------------------------------------------------------------------

export type Reason = "email" | "phone" | "name" | "domain" | "name_and_company";
export type DuplicateOf = { record: RecordItem; reasons: Reason[]; score: number };
export type DuplicateGroup = { id: string; records: RecordItem[]; reasons: Reason[]; score: number };
export type DuplicateHit = { record: RecordRef; reasons: Reason[]; score: number };
export type MergeBody = {
  keep: string;
  records: string[];
  versions: { [record: string]: number };
  values: Values;
};
export type LeftValue = { record: RecordRef | string; field: string };
export type Merge = {
  id: string;
  record: RecordItem;
  merged: RecordRef[];
  created_at: string;
  undone_at: string | null;
  /** What taking it back left, as somebody had changed it since. */
  left?: LeftValue[];
};

// --- D: search over all kinds -----------------------------------------------------------------------

export type FoundRecord = {
  record: RecordRef;
  /** What tells two of the same name apart: a company, an address, a stage, an amount. */
  hint: string | null;
  match: "exact" | "prefix" | "similar";
  updated_at: string;
};
export type FindBody = { text: string; kinds?: Kind[]; limit?: number };

// --- E: mail meets records --------------------------------------------------------------------------

export type NamedMember = { id: string; name: string };
export type ThreadPerson = {
  address: string;
  name: string;
  contact: RecordRef | null;
  company: RecordRef | null;
  member: NamedMember | null;
};
export type JoinedBox = {
  record: RecordRef;
  stage: { id: string; name: string; color: number } | null;
  pipeline: { id: string; name: string } | null;
  by: string;
  cause: "hand" | "rule";
  at: string;
};
export type ThreadShare = { member: string | null; team: string | null };
export type ThreadSharing = {
  scope: "private" | "shared" | "workspace";
  shares: ThreadShare[];
  /** Whoever sees a record that the conversation is joined to may read it; not with `private`. */
  records: boolean;
};
export type ThreadRecords = {
  people: ThreadPerson[];
  boxes: JoinedBox[];
  /** Null for everybody but the mailbox's owner. */
  sharing: ThreadSharing | null;
};
export type RecordThread = {
  thread: {
    id: string;
    /** Null when the mailbox is somebody else's. */
    connection: string | null;
    subject: string;
    participants: Array<{ name: string; address: string; me?: boolean }>;
    message_count: number;
    last_at: string;
  };
  shared_by: NamedMember | null;
  joined: "address" | "hand" | "rule";
};
export type MailRule = {
  from: "contacts" | "domain" | "label";
  label: string | null;
  connection: string | null;
};
export type Suggestion = {
  address: string;
  name: string;
  received: number;
  sent: number;
  last_at: string;
  /** By the domain of the address. */
  company: RecordRef | null;
  thread: string;
};
export type RecordDefault = { kind: Kind; sharing: Sharing };
