/** Where the cells of a column may go, and what is to be said about the whole of it. */
import type { FieldDef, FieldSet } from "../core/fields";
import type { ColumnMapping, ImportItem, ImportTarget } from "../core/next-types";
import type { FieldType, Kind } from "../core/types";

export const ADDRESS_PARTS = ["street", "postal_code", "city", "region", "country"] as const;
/** Of the kinds that people's names make up. */
export const FULL_NAME = "full_name";
/** Of a file that was exported here. */
export const ID = "id";
const LABELLED: readonly FieldType[] = ["emails", "phones", "addresses"];
/** Several columns may go to the same. */
const SEVERAL: readonly FieldType[] = ["emails", "phones", "links", "choices", "people"];

/** As the value of a choice: what it is without its label. */
export const targetKey = (target: ImportTarget | null): string =>
  target === null ? "" : target.part === undefined ? target.field : `${target.field}.${target.part}`;

export type TargetChoice = { value: string; field: FieldDef | null };
export type TargetGroup = { of: FieldDef | null; choices: TargetChoice[] };

export function targetGroups(fields: FieldSet): TargetGroup[] {
  const plain: TargetChoice[] = fields.kind === "contact" ? [{ value: FULL_NAME, field: null }] : [];
  const groups: TargetGroup[] = [];
  for (const field of fields.all.filter(({ readOnly }) => !readOnly)) {
    if (field.type === "addresses")
      groups.push({
        of: field,
        choices: ADDRESS_PARTS.map((part) => ({ value: `${field.key}.${part}`, field })),
      });
    else plain.push({ value: field.key, field });
  }
  plain.push({ value: ID, field: null });
  return [{ of: null, choices: plain }, ...groups];
}

export function targetOf(key: string, fields: FieldSet, currency: string): ImportTarget | null {
  if (key === "") return null;
  const [name = "", part] = key.split(".");
  const field = fields.byKey.get(name);
  const target: ImportTarget = { field: name };
  if (part !== undefined) target.part = part as (typeof ADDRESS_PARTS)[number];
  if (field?.type === "link" || field?.type === "links") target.by = "title";
  if (field?.type === "money") target.currency = currency;
  return target;
}

export const isLabelled = (field: FieldDef | undefined): boolean =>
  field !== undefined && LABELLED.includes(field.type);

/** What the person chose, else what the server thinks. */
export function mappingOf(item: ImportItem): ColumnMapping[] {
  const chosen = new Map(item.options.mapping.map(({ column, target }) => [column, target]));
  const untouched = chosen.size === 0;
  return item.columns.map(({ index, suggested }) => ({
    column: index,
    target: untouched ? suggested : (chosen.get(index) ?? null),
  }));
}

export type MappingFacts = {
  /** Columns that nothing is taken from. */
  left: string[];
  /** Two columns go to one place that holds one value. */
  twice: string[];
  /** Fields that a record cannot be without. */
  missing: FieldDef[];
  nameless: boolean;
  types: ReadonlySet<FieldType>;
};

const NAMES = ["first_name", "last_name", FULL_NAME, "emails"];

export function factsOf(
  kind: Kind,
  fields: FieldSet,
  item: ImportItem,
  mapping: ColumnMapping[],
): MappingFacts {
  const name = (index: number) => item.columns.find((column) => column.index === index)?.name ?? "";
  const targets = mapping.flatMap(({ target }) => (target === null ? [] : [target]));
  const mapped = new Set(targets.map(({ field }) => field));
  const counted = new Map<string, number>();
  for (const target of targets) {
    const type = fields.byKey.get(target.field)?.type;
    if (type !== undefined && SEVERAL.includes(type)) continue;
    const key = `${targetKey(target)} ${target.label ?? ""}`;
    counted.set(key, (counted.get(key) ?? 0) + 1);
  }
  return {
    left: mapping.filter(({ target }) => target === null).map(({ column }) => name(column)),
    twice: [...counted].filter(([, count]) => count > 1).map(([key]) => key.split(" ")[0] ?? ""),
    missing: fields.all.filter(
      ({ key, required, type }) =>
        required && !mapped.has(key) && !mapped.has(ID) && type !== "pipeline" && type !== "stage",
    ),
    nameless: kind === "contact" && !mapped.has(ID) && !NAMES.some((one) => mapped.has(one)),
    types: new Set(targets.flatMap(({ field }) => fields.byKey.get(field)?.type ?? [])),
  };
}

/** By what a row is known to be a record that is there already. */
export function matchFields(kind: Kind, mapped: ReadonlySet<string>): string[] {
  const named = [FULL_NAME, "first_name", "last_name"].some((key) => mapped.has(key));
  return [
    ...[ID, "emails", "phones", "domain", "name"].filter((key) => mapped.has(key)),
    // What a contact is called as a whole.
    ...(named && kind === "contact" ? ["title"] : []),
  ];
}

/** A day that is another one when its parts are read in another order. */
export const isDoubtfulDay = (text: string): boolean => {
  const found = /^\s*(\d{1,2})[./-](\d{1,2})[./-]\d{2,4}\b/.exec(text);
  return found !== null && Number(found[1]) <= 12 && Number(found[2]) <= 12 && found[1] !== found[2];
};
