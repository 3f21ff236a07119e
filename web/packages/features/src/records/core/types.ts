/** The words of records in the HTTP contract. */
import type { Thread } from "@tenon/api-client";

export const KINDS = [
  "contact",
  "company",
  "deal",
  "lead",
  "case",
  "card",
  "task",
  "activity",
  "note",
] as const;
export type Kind = (typeof KINDS)[number];

/** Kinds that stand in a stage of a pipeline. */
export type BoxKind = "deal" | "lead" | "case" | "card";
export type PipelineKind = "deals" | "leads" | "cases" | "board";

export type FieldType =
  | "text"
  | "long_text"
  | "url"
  | "number"
  | "money"
  | "date"
  | "datetime"
  | "boolean"
  | "choice"
  | "choices"
  | "person"
  | "people"
  | "link"
  | "links"
  | "emails"
  | "phones"
  | "addresses"
  | "pipeline"
  | "stage";

/** A number of the palette, from 0 to 15. */
export type PaletteColor = number;
export type FieldOption = { value: string; label: string | null; color: PaletteColor | null };

/** A field as the server tells of it. */
export type Field = {
  key: string;
  /** Null for standard fields. */
  id: string | null;
  /** Of custom fields only. */
  label: string | null;
  type: FieldType;
  required: boolean;
  options: FieldOption[];
  links_to: Kind | null;
  archived: boolean;
};
export type ObjectType = { kind: Kind; fields: Field[] };
export type FieldInputBody = {
  label?: string;
  type?: FieldType;
  options?: FieldOption[];
  links_to?: Kind | null;
  required?: boolean;
  position?: number;
};

export type Money = { amount: string; currency: string };
export type EmailValue = { address: string; label: string | null };
export type PhoneValue = { number: string; label: string | null };
export type AddressValue = {
  label: string | null;
  street: string | null;
  city: string | null;
  region: string | null;
  postal_code: string | null;
  country: string | null;
};
export type FieldValue =
  | string
  | number
  | boolean
  | Money
  | string[]
  | EmailValue[]
  | PhoneValue[]
  | AddressValue[];
export type Values = { [field: string]: FieldValue | null | undefined };

export type RecordRef = { id: string; kind: Kind; title: string; deleted?: boolean };
export type Access = "view" | "edit" | "owner";
export type SharingScope = "private" | "shared" | "workspace" | "parent";
export type Share = { member: string | null; team: string | null; access: "view" | "edit" };
export type Sharing = { scope: SharingScope; shares: Share[] };

/** `Record` is a word of TypeScript already. */
export type RecordItem = {
  id: string;
  kind: Kind;
  title: string;
  values: Values;
  version: number;
  access: Access;
  sharing: SharingScope;
  created_at: string;
  created_by: string | null;
  updated_at: string;
  deleted_at: string | null;
  /** Titles of the records that its values name, by id. */
  linked: { [id: string]: RecordRef };
};
/** As the server answers it. */
export type RecordAnswer = Omit<RecordItem, "linked"> & { linked: RecordRef[] };
export type NewRecord = { kind: Kind; values: Values; sharing?: Exclude<SharingScope, "shared"> };

export type PageOf<Item> = { items: Item[]; next: string | null };

export type FilterOp =
  | "is"
  | "is_not"
  | "contains"
  | "not_contains"
  | "starts_with"
  | "empty"
  | "not_empty"
  | "lt"
  | "lte"
  | "gt"
  | "gte"
  | "between"
  | "in"
  | "within";
export type Within = ({ last: number } | { next: number }) & { unit: "days" | "weeks" | "months" };
export type FilterRule = { field: string; op: FilterOp; value?: unknown };
export type Filter = { all: Filter[] } | { any: Filter[] } | { not: Filter } | FilterRule;
export type Sort = { field: string; direction: "asc" | "desc" };

export type RecordsAsked = {
  kind: Kind;
  filter?: Filter;
  sort?: Sort[];
  pipeline?: string;
  stage?: string;
  search?: string;
  /** That link to this record, by whatever field. */
  linked_to?: string;
  deleted?: boolean;
};
export type RecordsBody = RecordsAsked & { limit?: number; after?: string };
export type StageCount = { stage: string; count: number; amounts: Money[] };
export type RecordsCount = { count: number; by_stage?: StageCount[] };

export type EditConflict = {
  field: string;
  theirs: FieldValue | null;
  yours: FieldValue | null;
  by: string | null;
  at: string;
};

export type Cause =
  | "created"
  | "edited"
  | "imported"
  | "bulk"
  | "reverted"
  | "restored"
  | "deleted"
  | "converted"
  | "rule";
export type FieldChange = { field: string; from: FieldValue | null; to: FieldValue | null };
export type HistoryEntry = {
  version: number;
  at: string;
  by: string | null;
  cause: Cause;
  changes: FieldChange[];
};

export type TimelineEntry = {
  at: string;
  type: "note" | "task" | "activity" | "change" | "mail";
  record: RecordItem | null;
  change: HistoryEntry | null;
  thread: Thread | null;
};
export type TimelineAnswer = Omit<TimelineEntry, "record"> & { record: RecordAnswer | null };

export type BulkBody = {
  kind: Kind;
  ids?: string[];
  /** All that such a list shows. */
  which?: RecordsAsked;
  set?: Values;
  delete?: boolean;
};
export type BulkResult = { id: string; changed: number; skipped: number };

export type StageOutcome = "open" | "won" | "lost";
export type Stage = {
  id: string;
  name: string;
  color: PaletteColor;
  outcome: StageOutcome;
  probability: number | null;
  required: string[];
  task: { name: string; due_days: number } | null;
};
/** As it is written; a new stage has no id yet. */
export type StageInput = Omit<Stage, "id"> & { id?: string };
export type Pipeline = {
  id: string;
  kind: PipelineKind;
  name: string;
  version: number;
  archived: boolean;
  stages: Stage[];
};

export type ViewLayout = "table" | "board";
export type ViewDefinition = {
  filter: Filter | null;
  sort: Sort[];
  columns: Array<{ field: string; width: number | null }>;
  group?: string | null;
};
export type SavedView = {
  id: string;
  kind: Kind;
  name: string;
  layout: ViewLayout;
  shared: boolean;
  mine: boolean;
  pipeline: string | null;
  definition: ViewDefinition;
};
export type ViewInput = Omit<SavedView, "id" | "mine">;

export type Team = { id: string; name: string; members: string[] };

/** Without `existing` a new one is made of what the lead tells. */
export type ConvertPart = { existing?: string } | null;
export type ConvertBody = {
  contact: ConvertPart;
  company: ConvertPart;
  deal: { pipeline: string; stage: string; values: Values } | null;
};
export type Converted = {
  contact: RecordItem | null;
  company: RecordItem | null;
  deal: RecordItem | null;
  lead: RecordItem;
};
export type ConvertedAnswer = { [Part in keyof Converted]: RecordAnswer | (Converted[Part] & null) };
