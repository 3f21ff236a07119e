/** Filters and orders of records, as far as the screens need them. */
import type { Filter, FilterRule, RecordsAsked, Sort } from "../../features/src/records/core/types";
import { type FakeRecords, isEmpty, type Stored, systemValue } from "./records";

const fold = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export function fits(record: Stored, filter: Filter | undefined): boolean {
  if (filter === undefined) return true;
  if ("all" in filter) return filter.all.every((one) => fits(record, one));
  if ("any" in filter) return filter.any.some((one) => fits(record, one));
  if ("not" in filter) return !fits(record, filter.not);
  return keeps(record, filter);
}

/** Numbers as numbers, everything else as text. */
function comparable(value: unknown): number | string {
  if (typeof value === "number") return value;
  if (typeof value === "object" && value !== null && "amount" in value) return Number(value.amount);
  if (typeof value === "boolean") return value ? 1 : 0;
  return String(value ?? "");
}

function compare(a: unknown, b: unknown): number {
  const [left, right] = [comparable(a), comparable(b)];
  if (typeof left === "number" && typeof right === "number") return left - right;
  return fold(String(left)) < fold(String(right)) ? -1 : fold(String(left)) > fold(String(right)) ? 1 : 0;
}

const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).flatMap((one) =>
    typeof one === "object" && one !== null
      ? Object.values(one).map(String)
      : isEmpty(one)
        ? []
        : [String(one)],
  );

function keeps(record: Stored, { field, op, value }: FilterRule): boolean {
  const has = systemValue(record, field);
  const lower = texts(has).map(fold);
  const wanted = fold(String(value ?? ""));
  switch (op) {
    case "empty":
      return isEmpty(has);
    case "not_empty":
      return !isEmpty(has);
    case "is":
      return typeof value === "boolean"
        ? (has === true) === value
        : lower.includes(wanted) || (!isEmpty(has) && !Array.isArray(has) && compare(has, value) === 0);
    case "is_not":
      return !keeps(record, { field, op: "is", value });
    case "contains":
      return lower.some((text) => text.includes(wanted));
    case "not_contains":
      return !lower.some((text) => text.includes(wanted));
    case "starts_with":
      return lower.some((text) => text.startsWith(wanted));
    case "lt":
      return !isEmpty(has) && compare(has, value) < 0;
    case "lte":
      return !isEmpty(has) && compare(has, value) <= 0;
    case "gt":
      return !isEmpty(has) && compare(has, value) > 0;
    case "gte":
      return !isEmpty(has) && compare(has, value) >= 0;
    case "between": {
      const [low, high] = value as [unknown, unknown];
      return !isEmpty(has) && compare(has, low) >= 0 && compare(has, high) <= 0;
    }
    case "in":
      return (value as unknown[]).some((one) => lower.includes(fold(String(one))));
    case "within":
      return within(has, value as { last?: number; next?: number; unit: string });
  }
}

function within(has: unknown, value: { last?: number; next?: number; unit: string }): boolean {
  if (typeof has !== "string") return false;
  const days = { days: 1, weeks: 7, months: 30 }[value.unit] ?? 1;
  const size = (value.last ?? value.next ?? 0) * days;
  const away = (Date.parse(has) - Date.now()) / 86_400_000;
  return value.last === undefined ? away >= -1 && away <= size : away <= 0 && away >= -size;
}

const names = ({ values }: Stored, id: string) =>
  Object.values(values).some(
    (value) => value === id || (Array.isArray(value) && (value as unknown[]).includes(id)),
  );

export function select(records: FakeRecords, asked: RecordsAsked): Stored[] {
  const words = fold(asked.search ?? "")
    .split(/\s+/)
    .filter((word) => word !== "");
  return [...records.all.values()].filter(
    (record) =>
      record.kind === asked.kind &&
      (record.deleted_at !== null) === (asked.deleted === true) &&
      (asked.pipeline === undefined || record.values.pipeline === asked.pipeline) &&
      (asked.stage === undefined || record.values.stage === asked.stage) &&
      (asked.linked_to === undefined || names(record, asked.linked_to)) &&
      words.every((word) =>
        fold(`${record.title} ${texts(record.values.emails)} ${record.values.domain ?? ""}`).includes(word),
      ) &&
      fits(record, asked.filter),
  );
}

export function order(records: Stored[], sort: Sort | undefined, asked: RecordsAsked): Stored[] {
  if (sort === undefined) {
    const boxes = asked.stage !== undefined || asked.pipeline !== undefined;
    return records.sort((a, b) =>
      boxes ? a.position - b.position : b.created_at.localeCompare(a.created_at) || a.position - b.position,
    );
  }
  const sign = sort.direction === "asc" ? 1 : -1;
  return records.sort((a, b) => {
    const [left, right] = [systemValue(a, sort.field), systemValue(b, sort.field)];
    // Empty values come last in both directions.
    if (isEmpty(left) || isEmpty(right)) return Number(isEmpty(left)) - Number(isEmpty(right));
    return sign * compare(left, right) || a.position - b.position;
  });
}
