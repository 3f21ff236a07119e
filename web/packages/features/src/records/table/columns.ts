/** Which fields of records stand in a table, in which order and how wide. */
import type { FieldDef, FieldSet, ShownType } from "../core/fields";
import type { Kind, ViewDefinition } from "../core/types";

export type Column = { field: string; width: number };

export const TITLE_WIDTH = 264;
export const NARROWEST = 72;
export const WIDEST = 640;
const STEP = 24;

const DEFAULTS: Record<Kind, readonly string[]> = {
  contact: ["emails", "company", "title", "phones", "owner", "last_touch"],
  company: ["domain", "industry", "employees", "phones", "owner", "last_touch"],
  deal: ["stage", "amount", "close_date", "company", "contacts", "owner"],
  lead: ["stage", "source", "company_name", "contact_name", "amount", "owner", "created_at"],
  case: ["stage", "priority", "due_date", "company", "contacts", "owner"],
  card: ["stage", "due_date", "company", "contacts", "owner"],
  task: ["due_date", "priority", "about", "owner"],
  activity: ["type", "start", "attendees", "owner"],
  note: ["about", "owner", "created_at"],
};

const WIDTHS: Partial<Record<ShownType, number>> = {
  number: 112,
  money: 128,
  date: 128,
  datetime: 152,
  boolean: 88,
  choice: 132,
  stage: 148,
  pipeline: 148,
  person: 156,
  emails: 220,
  phones: 152,
  long_text: 260,
  link: 184,
  links: 200,
  people: 180,
};

export const widthOf = (field: FieldDef | undefined): number =>
  (field === undefined ? undefined : WIDTHS[field.type]) ?? 168;

/** Its own first column shows what a record is called. */
const IN_TITLE = new Set(["name", "body"]);

export const fieldOf = (fields: FieldSet, key: string): FieldDef | undefined => fields.byKey.get(key);

/** What may be chosen as a column. */
export function choosable(fields: FieldSet): FieldDef[] {
  const one = (field: FieldDef) => !field.archived && !IN_TITLE.has(field.key) && field.key !== "pipeline";
  return [...fields.all, ...fields.system, ...fields.told].filter(one);
}

export function defaultColumns(kind: Kind, fields: FieldSet): Column[] {
  return DEFAULTS[kind].flatMap((key) => {
    const field = fields.byKey.get(key);
    return field === undefined || field.archived ? [] : [{ field: key, width: widthOf(field) }];
  });
}

/** The columns of a saved view, without fields that are gone. */
export function columnsOf(definition: ViewDefinition, kind: Kind, fields: FieldSet): Column[] {
  const columns = definition.columns.flatMap(({ field, width }) => {
    const known = fields.byKey.get(field);
    return known === undefined || known.archived
      ? []
      : [{ field, width: clampWidth(width ?? widthOf(known)) }];
  });
  return columns.length > 0 ? columns : defaultColumns(kind, fields);
}

export const clampWidth = (width: number): number => Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));

export const resized = (columns: readonly Column[], field: string, width: number): Column[] =>
  columns.map((column) => (column.field === field ? { ...column, width: clampWidth(width) } : column));

export const stepped = (columns: readonly Column[], field: string, by: 1 | -1): Column[] =>
  columns.map((column) =>
    column.field === field ? { ...column, width: clampWidth(column.width + by * STEP) } : column,
  );

/** One place on or back. */
export function moved(columns: readonly Column[], field: string, by: 1 | -1): Column[] {
  const at = columns.findIndex((column) => column.field === field);
  return movedTo(columns, field, at + by);
}

export function movedTo(columns: readonly Column[], field: string, to: number): Column[] {
  const column = columns.find((one) => one.field === field);
  if (column === undefined) return [...columns];
  const others = columns.filter((one) => one !== column);
  const place = Math.min(others.length, Math.max(0, to));
  return [...others.slice(0, place), column, ...others.slice(place)];
}

export function toggled(columns: readonly Column[], field: FieldDef): Column[] {
  return columns.some((column) => column.field === field.key)
    ? columns.filter((column) => column.field !== field.key)
    : [...columns, { field: field.key, width: widthOf(field) }];
}

/** The tracks of the table's grid. */
export const tracks = (columns: readonly Column[]): string =>
  ["var(--title-width)", ...columns.map(({ width }) => `${width}px`), "minmax(3rem, 1fr)"].join(" ");

/** What the server can bring into order: not by names of people and of other records. */
const SORTABLE: readonly ShownType[] = [
  "text",
  "url",
  "number",
  "money",
  "date",
  "datetime",
  "boolean",
  "choice",
  "emails",
  "phones",
];
/** Counted when it is asked for: the server can neither sort nor filter by it. */
export const isTold = ({ key }: FieldDef): boolean => key === "last_touch";
export const isSortable = (field: FieldDef): boolean => SORTABLE.includes(field.type) && !isTold(field);
