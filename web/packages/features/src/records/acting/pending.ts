/** Changes of records that the server may not have told of yet, laid over its answers. */
import type { Money, RecordItem, StageCount, Values } from "../core/types";

export type Pending =
  | { kind: "set"; ids: ReadonlySet<string>; values: Values }
  | { kind: "move"; record: RecordItem; stage: string; before: string | null }
  | { kind: "hide"; ids: ReadonlySet<string> };

export class PendingRecords {
  #all: readonly Pending[] = [];
  #listeners = new Set<() => void>();

  list = (): readonly Pending[] => this.#all;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The answer takes it away again. */
  add(change: Pending): () => void {
    this.#set([...this.#all, change]);
    return () => {
      if (this.#all.includes(change)) this.#set(this.#all.filter((other) => other !== change));
    };
  }

  #set(all: readonly Pending[]): void {
    this.#all = all;
    for (const listener of this.#listeners) listener();
  }
}

const words = (...parts: Array<Values[string]>) =>
  parts.filter((part) => typeof part === "string" && part !== "").join(" ");

/** What the record is called after its fields changed; the server knows better and says so soon. */
function titleOf(record: RecordItem, values: Values): string {
  if ("name" in values) return words(values.name) || record.title;
  if (record.kind === "contact" && ("first_name" in values || "last_name" in values)) {
    const now = { ...record.values, ...values };
    return words(now.first_name, now.last_name) || record.title;
  }
  return record.title;
}

export const withValues = (record: RecordItem, values: Values): RecordItem => ({
  ...record,
  values: { ...record.values, ...values },
  title: titleOf(record, values),
});

/** One record as it looks after all that is under way. */
export function overRecord(record: RecordItem, pending: readonly Pending[]): RecordItem {
  let now = record;
  for (const change of pending) {
    if (change.kind === "set" && change.ids.has(record.id)) now = withValues(now, change.values);
    if (change.kind === "move" && change.record.id === record.id)
      now = withValues(now, { stage: change.stage });
  }
  return now;
}

export function overRecords(records: RecordItem[], pending: readonly Pending[]): RecordItem[] {
  if (pending.length === 0) return records;
  const hidden = new Set(pending.flatMap((change) => (change.kind === "hide" ? [...change.ids] : [])));
  const shown = hidden.size === 0 ? records : records.filter(({ id }) => !hidden.has(id));
  return shown.map((record) => overRecord(record, pending));
}

/** The cards of one stage: those that have left are out, those that came stand where they were put. */
export function overStage(records: RecordItem[], stage: string, pending: readonly Pending[]): RecordItem[] {
  let cards = records;
  for (const change of pending) {
    if (change.kind !== "move") continue;
    cards = cards.filter(({ id }) => id !== change.record.id);
    if (change.stage === stage) cards = placed(cards, change.record, change.before);
  }
  return overRecords(cards, pending);
}

/** Before the other one, or at the end. */
export function placed(cards: RecordItem[], record: RecordItem, before: string | null): RecordItem[] {
  const at = before === null ? -1 : cards.findIndex(({ id }) => id === before);
  const place = at < 0 ? cards.length : at;
  return [...cards.slice(0, place), record, ...cards.slice(place)];
}

/** How many and how much stands in each stage, with what is under way. */
export function overCounts(
  counts: readonly StageCount[] | undefined,
  pending: readonly Pending[],
): Map<string, StageCount> | undefined {
  if (counts === undefined) return undefined;
  const now = new Map(counts.map((one) => [one.stage, one]));
  const shift = (stage: unknown, record: RecordItem, by: 1 | -1) => {
    if (typeof stage !== "string") return;
    const was = now.get(stage) ?? { stage, count: 0, amounts: [] };
    now.set(stage, {
      stage,
      count: Math.max(0, was.count + by),
      amounts: added(was.amounts, record.values.amount, by),
    });
  };
  // Of several moves of the same card only the way from the first stage to the last one counts.
  const last = new Map<string, { record: RecordItem; from: unknown; stage: string }>();
  for (const change of pending) {
    if (change.kind !== "move") continue;
    const from = last.get(change.record.id)?.from ?? change.record.values.stage;
    last.set(change.record.id, { record: change.record, from, stage: change.stage });
  }
  for (const { record, from, stage } of last.values()) {
    shift(from, record, -1);
    shift(stage, record, 1);
  }
  return now;
}

function added(amounts: readonly Money[], amount: unknown, by: 1 | -1): Money[] {
  if (typeof amount !== "object" || amount === null || !("currency" in amount)) return [...amounts];
  const { currency, amount: much } = amount as Money;
  const was = amounts.find((one) => one.currency === currency);
  const sum = Math.round((Number(was?.amount ?? 0) + by * Number(much)) * 10_000) / 10_000;
  return [...amounts.filter((one) => one !== was), { currency, amount: String(Math.max(0, sum)) }];
}
