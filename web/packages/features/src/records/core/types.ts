/** The words of records in the HTTP contract. */
import type { components, Thread } from "@tenon/api-client";

type Schemas = components["schemas"];
/** Said more exactly than the contract does, but never otherwise. */
type Fits<Ours extends Theirs, Theirs> = Ours;

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
] as const satisfies readonly Schemas["RecordKind"][];
export type Kind = Schemas["RecordKind"];

/** Kinds that stand in a stage of a pipeline. */
export type BoxKind = "deal" | "lead" | "case" | "card";
export type PipelineKind = Schemas["PipelineKindWord"];

export type FieldType = Schemas["RecordFieldType"];

/** A number of the palette, from 0 to 15. */
export type PaletteColor = number;
export type FieldOption = Schemas["FieldOption"];

/** A field as the server tells of it. */
export type Field = Schemas["RecordField"];
export type ObjectType = Schemas["RecordObject"];
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
export type Sharing = Fits<{ scope: SharingScope; shares: Share[] }, Schemas["Sharing"]>;

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
  /** The latest mail, call, meeting or note; of people, companies and boxes. */
  last_touch?: string | null;
  /** Titles of the records that its values name, by id. */
  linked: { [id: string]: RecordRef };
};
/** As the server answers it. */
export type RecordAnswer = Omit<RecordItem, "linked"> & { linked: RecordRef[] };
export type NewRecord = Fits<
  { kind: Kind; values: Values; sharing?: Exclude<SharingScope, "shared"> },
  Schemas["RecordInput"]
>;

export type PageOf<Item> = { items: Item[]; next: string | null };

/** `similar`: nothing has the words that were searched for; these are spelled alike. */
export type RecordsPage = PageOf<RecordItem> & { similar: boolean };

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
  | "merged"
  | "rule";
export type FieldChange = { field: string; from: FieldValue | null; to: FieldValue | null };
export type HistoryEntry = {
  version: number;
  at: string;
  by: string | null;
  cause: Cause;
  changes: FieldChange[];
  /** Titles of the records that the changes name. */
  linked?: RecordRef[];
};

export type TimelineEntry = {
  at: string;
  type: "note" | "task" | "activity" | "change" | "mail";
  record: RecordItem | null;
  change: HistoryEntry | null;
  thread: Thread | null;
  /** Whose conversation it is, when a colleague shares it. */
  shared_by?: { id: string; name: string } | null;
  joined?: "address" | "hand" | "rule" | null;
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
export type BulkResult = Schemas["BulkResult"] & {
  skipped_because?: Array<{ code: string; count: number }>;
};

export type StageOutcome = Schemas["StageOutcome"];
export type Stage = Schemas["PipelineStage"];
/** As it is written; a new stage has no id yet. */
export type StageInput = Omit<Stage, "id"> & { id?: string };
export type Pipeline = Schemas["Pipeline"];

export type ViewLayout = Schemas["ViewLayout"];
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
  /** What new ones are to say beside what the lead tells. */
  contact_values?: Values;
  company_values?: Values;
};
export type Converted = {
  contact: RecordItem | null;
  company: RecordItem | null;
  deal: RecordItem | null;
  lead: RecordItem;
};
export type ConvertedAnswer = { [Part in keyof Converted]: RecordAnswer | (Converted[Part] & null) };
