/** Which records may be the same, and what merging them makes. */
import type {
  DuplicateGroup,
  DuplicateHit,
  Merge,
  MergeBody,
  Reason,
} from "../../features/src/records/core/next-types";
import type { EmailValue, FieldValue, Kind, PhoneValue, Values } from "../../features/src/records/core/types";
import type { FakeServer } from "./fake";
import { isEmpty, type Stored, same } from "./records";

type StoredMerge = {
  id: string;
  keep: string;
  merged: string[];
  before: Map<string, Values>;
  after: Map<string, Values>;
  created_at: string;
  undone_at: string | null;
};
type Bare = { kind: Kind; values: Values };

const SCORES: Record<Reason, number> = { email: 95, phone: 80, domain: 85, name_and_company: 75, name: 60 };
const fold = (text: unknown) =>
  typeof text === "string" ? text.normalize("NFD").replace(/\p{M}/gu, "").trim().toLowerCase() : "";
const mails = ({ values }: Bare) =>
  ((values.emails ?? []) as EmailValue[]).map(({ address }) => address.toLowerCase());
const digits = ({ values }: Bare) =>
  ((values.phones ?? []) as PhoneValue[])
    .map(({ number }) => number.replace(/\D/g, ""))
    .filter(({ length }) => length >= 7);
const nameOf = ({ kind, values }: Bare) =>
  kind === "contact"
    ? fold(`${values.first_name ?? ""} ${values.last_name ?? ""}`)
    : fold(values.name).replace(/\s+(gmbh|sa|sarl|ltd|inc)\.?$/, "");

export function reasonsOf(a: Bare, b: Bare): Reason[] {
  const reasons: Reason[] = [];
  const meet = (one: string[], other: string[]) => one.some((each) => other.includes(each));
  if (meet(mails(a), mails(b))) reasons.push("email");
  if (meet(digits(a), digits(b))) reasons.push("phone");
  if (a.kind === "company" && fold(a.values.domain) !== "" && fold(a.values.domain) === fold(b.values.domain))
    reasons.push("domain");
  if (nameOf(a) !== "" && nameOf(a) === nameOf(b)) {
    const alike = !isEmpty(a.values.company) && a.values.company === b.values.company;
    if (a.kind === "company") reasons.push("name");
    else if (alike) reasons.push("name_and_company");
    else if (isEmpty(a.values.company) || isEmpty(b.values.company)) reasons.push("name");
  }
  return reasons;
}

const scoreOf = (reasons: Reason[]) => Math.max(...reasons.map((reason) => SCORES[reason]));

export class FakeMerging {
  /** Where merged records went. */
  readonly into = new Map<string, string>();
  readonly merges = new Map<string, StoredMerge>();
  readonly #dismissed = new Set<string>();
  readonly #fake: FakeServer;

  constructor(fake: FakeServer) {
    this.#fake = fake;
  }

  of(record: Stored): Array<{ record: Stored; reasons: Reason[]; score: number }> {
    return this.#alive(record.kind).flatMap((other) => {
      if (other === record || this.#apart(record.id, other.id)) return [];
      const reasons = reasonsOf(record, other);
      return reasons.length === 0 ? [] : [{ record: other, reasons, score: scoreOf(reasons) }];
    });
  }

  check(kind: Kind, values: Values): DuplicateHit[] {
    return this.#alive(kind).flatMap((record) => {
      const reasons = reasonsOf({ kind, values }, record);
      return reasons.length === 0
        ? []
        : [
            {
              record: { id: record.id, kind: record.kind, title: record.title },
              reasons,
              score: scoreOf(reasons),
            },
          ];
    });
  }

  groups(kind: Kind): Array<Omit<DuplicateGroup, "records"> & { records: Stored[] }> {
    const taken = new Set<string>();
    return this.#alive(kind).flatMap((record) => {
      if (taken.has(record.id)) return [];
      const others = this.of(record).filter(({ record: other }) => !taken.has(other.id));
      if (others.length === 0) return [];
      const records = [record, ...others.map((one) => one.record)];
      for (const { id } of records) taken.add(id);
      const reasons = [...new Set(others.flatMap((one) => one.reasons))];
      return [{ id: `dup_${record.id.slice(4)}`, records, reasons, score: scoreOf(reasons) }];
    });
  }

  dismiss(ids: string[]): void {
    for (const a of ids) for (const b of ids) if (a < b) this.#dismissed.add(`${a} ${b}`);
  }

  merge({ keep, records, values }: MergeBody): StoredMerge | undefined {
    const kept = this.#fake.records.get(keep);
    const merged = records.flatMap((id) => this.#fake.records.get(id) ?? []);
    if (kept === undefined || merged.length !== records.length) return undefined;
    const me = this.#fake.me.member.id;
    const named = [...this.#fake.records.all.values()].filter((one) =>
      Object.values(one.values).some((value) =>
        Array.isArray(value)
          ? (value as unknown[]).some((id) => typeof id === "string" && records.includes(id))
          : typeof value === "string" && records.includes(value),
      ),
    );
    const touched = [...new Set([kept, ...named])];
    const before = new Map(touched.map(({ id, values: had }) => [id, had]));
    this.#fake.records.write(kept, { ...united(kept, merged), ...values }, me, "merged");
    for (const one of named) this.#fake.records.write(one, renamed(one.values, records, keep), me, "merged");
    for (const one of merged) {
      one.deleted_at = this.#fake.iso();
      this.into.set(one.id, keep);
      this.#fake.emit("record_changed", one.id);
    }
    const made: StoredMerge = {
      id: this.#fake.nextId("mrg"),
      keep,
      merged: records,
      before,
      after: new Map(touched.map(({ id, values: has }) => [id, has])),
      created_at: this.#fake.iso(),
      undone_at: null,
    };
    this.merges.set(made.id, made);
    return made;
  }

  undo(merge: StoredMerge): Array<{ record: string; field: string }> {
    const left: Array<{ record: string; field: string }> = [];
    for (const [id, before] of merge.before) {
      const record = this.#fake.records.get(id);
      const after = merge.after.get(id);
      if (record === undefined || after === undefined) continue;
      const back: Values = {};
      for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
        if (same(before[field], after[field])) continue;
        if (same(record.values[field], after[field])) back[field] = before[field] ?? null;
        else left.push({ record: id, field });
      }
      this.#fake.records.write(record, back, this.#fake.me.member.id, "reverted");
    }
    for (const id of merge.merged) {
      const record = this.#fake.records.get(id);
      if (record !== undefined) record.deleted_at = null;
      this.into.delete(id);
      this.#fake.emit("record_changed", id);
    }
    merge.undone_at = this.#fake.iso();
    return left;
  }

  shown(merge: StoredMerge, left: Array<{ record: string; field: string }> = []): object {
    const kept = this.#fake.records.get(merge.keep);
    const answer: Omit<Merge, "record"> = {
      id: merge.id,
      merged: merge.merged.flatMap((id) => {
        const one = this.#fake.records.get(id);
        return one === undefined ? [] : [{ id, kind: one.kind, title: one.title }];
      }),
      created_at: merge.created_at,
      undone_at: merge.undone_at,
      left,
    };
    return { ...answer, record: kept === undefined ? null : this.#fake.records.shown(kept) };
  }

  #alive(kind: Kind): Stored[] {
    return [...this.#fake.records.all.values()].filter(
      (record) => record.kind === kind && record.deleted_at === null,
    );
  }

  #apart(a: string, b: string): boolean {
    return this.#dismissed.has(a < b ? `${a} ${b}` : `${b} ${a}`);
  }
}

/** What the kept one gets of the others: what it lacks, and what lists have more. */
function united(kept: Stored, merged: Stored[]): Values {
  const values: Values = { ...kept.values };
  for (const one of merged)
    for (const [field, value] of Object.entries(one.values)) {
      if (isEmpty(value)) continue;
      const has = values[field];
      if (isEmpty(has)) values[field] = value as FieldValue;
      else if (Array.isArray(has) && Array.isArray(value)) {
        const key = (each: unknown) =>
          typeof each === "object" && each !== null
            ? "address" in each
              ? String(each.address).toLowerCase()
              : JSON.stringify(each).replace(/\D/g, "")
            : String(each);
        const known = new Set((has as unknown[]).map(key));
        values[field] = [
          ...has,
          ...(value as unknown[]).filter((each) => !known.has(key(each))),
        ] as FieldValue;
      }
    }
  return values;
}

function renamed(values: Values, from: string[], to: string): Values {
  const changed: Values = {};
  for (const [field, value] of Object.entries(values)) {
    if (typeof value === "string" && from.includes(value)) changed[field] = to;
    if (
      Array.isArray(value) &&
      (value as unknown[]).some((id) => typeof id === "string" && from.includes(id))
    )
      changed[field] = [...new Set((value as string[]).map((id) => (from.includes(id) ? to : id)))];
  }
  return changed;
}
