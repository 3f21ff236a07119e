/** What merging makes of the values of several records, before it is done. */
import type { FieldDef, FieldSet } from "../core/fields";
import type { FieldType, FieldValue, RecordItem, SharingScope, Values } from "../core/types";
import { isEmptyValue, sameValue } from "../core/words";

const LISTS: readonly FieldType[] = ["emails", "phones", "addresses", "links", "choices", "people"];
/** Lists are united; of all else one value stays. */
export const isList = (field: FieldDef): boolean => LISTS.includes(field.type);

export type Contested = { field: FieldDef; choices: Array<{ record: RecordItem; value: FieldValue | null }> };
export type United = { field: FieldDef; value: FieldValue; more: number };
export type Preview = { contested: Contested[]; united: United[]; alike: FieldDef[] };

/** An entry of a list, in the form in which two are the same. */
function entryKey(entry: unknown): string {
  if (typeof entry !== "object" || entry === null) return String(entry);
  if ("address" in entry) return String(entry.address).toLocaleLowerCase();
  if ("number" in entry) return String(entry.number).replace(/[^\d+]/g, "");
  const { label: _, ...rest } = entry as { label?: unknown };
  return JSON.stringify(rest).toLocaleLowerCase();
}

export function unite(values: Array<FieldValue | null | undefined>): unknown[] {
  const seen = new Set<string>();
  return values
    .flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : []))
    .filter((entry) => {
      const key = entryKey(entry);
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
}

/** `records`: the kept one first. */
export function previewOf(fields: FieldSet, records: readonly RecordItem[]): Preview {
  const preview: Preview = { contested: [], united: [], alike: [] };
  const [kept, ...others] = records;
  if (kept === undefined) return preview;
  for (const field of fields.all) {
    if (field.readOnly) continue;
    const values = records.map((record) => record.values[field.key] ?? null);
    if (values.every(isEmptyValue)) continue;
    if (isList(field)) {
      const united = unite(values);
      const own = unite([kept.values[field.key]]).length;
      preview.united.push({ field, value: united as FieldValue, more: united.length - own });
    } else if (values.every((value) => sameValue(value, kept.values[field.key]))) preview.alike.push(field);
    // What only one of them says needs no choice, and nothing gets lost.
    else if (
      values.filter((value) => !isEmptyValue(value)).some((value, _, all) => !sameValue(value, all[0]))
    )
      preview.contested.push({
        field,
        choices: [kept, ...others].map((record) => ({ record, value: record.values[field.key] ?? null })),
      });
    else preview.alike.push(field);
  }
  return preview;
}

/** The value that stays if nothing is chosen: the kept one's, else the first that there is. */
export const usual = ({ choices }: Contested): string | undefined =>
  choices.find(({ value }) => !isEmptyValue(value))?.record.id;

/** Only what is otherwise than usual needs to be said. */
export function chosenValues(preview: Preview, chosen: Readonly<Record<string, string>>): Values {
  return Object.fromEntries(
    preview.contested.flatMap((contested) => {
      const wanted = chosen[contested.field.key];
      if (wanted === undefined || wanted === usual(contested)) return [];
      const choice = contested.choices.find(({ record }) => record.id === wanted);
      return choice === undefined ? [] : [[contested.field.key, choice.value]];
    }),
  );
}

const RANK: Record<SharingScope, number> = { private: 0, parent: 1, shared: 1, workspace: 2 };

/** Merged ones that fewer people saw than will see the kept one now, and those that more people saw. */
export function sharingShift(kept: RecordItem, merged: readonly RecordItem[]) {
  return {
    widened: merged.filter(
      ({ sharing }) =>
        RANK[sharing] < RANK[kept.sharing] || (sharing === "shared" && kept.sharing === "shared"),
    ),
    narrowed: merged.filter(({ sharing }) => RANK[sharing] > RANK[kept.sharing]),
  };
}

/** Whichever says most is kept, if nobody says otherwise; of two alike the older one. */
export function bestKept(records: readonly RecordItem[]): string | undefined {
  const filled = ({ values }: RecordItem) =>
    Object.values(values).filter((value) => !isEmptyValue(value)).length;
  return [...records].sort((a, b) => filled(b) - filled(a) || a.created_at.localeCompare(b.created_at))[0]
    ?.id;
}
