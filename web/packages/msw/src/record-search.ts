/** Search over records of all kinds, with the same tolerance as the server's. */
import type { FindBody, FoundRecord } from "../../features/src/records/core/next-types";
import type { Money } from "../../features/src/records/core/types";
import type { FakeRecords, Stored } from "./records";

const fold = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const wordsOf = (text: string) =>
  fold(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

/** Letters left out, put in, changed or swapped to get from one word to the other; counted up to `most`. */
function apart(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  const rows = [Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const last = rows[i - 1] ?? [];
      let least = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + Number(a[i - 1] !== b[j - 1]),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (rows[i - 2]?.[j - 2] ?? 0) + 1);
      row.push(least);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? most + 1;
}

const RANKS = ["exact", "prefix", "similar"] as const;

/** How one word is found among others: 0 whole, 1 as a beginning, 2 spelled alike; undefined for not at all. */
function rank(word: string, among: string[]): number | undefined {
  if (among.includes(word)) return 0;
  if (among.some((one) => one.startsWith(word))) return 1;
  if (word.length < 4) return undefined;
  const most = word.length >= 8 ? 2 : 1;
  return among.some((one) => apart(word, one, most) <= most) ? 2 : undefined;
}

export function find(records: FakeRecords, { text, kinds, limit = 20 }: FindBody): FoundRecord[] {
  const words = wordsOf(text);
  if (words.length === 0) return [];
  const found = [...records.all.values()].flatMap((record) => {
    if (record.deleted_at !== null || (kinds !== undefined && !kinds.includes(record.kind))) return [];
    const among = wordsOf(searched(record));
    const ranks = words.map((word) => rank(word, among));
    if (ranks.some((one) => one === undefined)) return [];
    const worst = Math.max(...ranks.map((one) => one ?? 2));
    const inTitle = words.every((word) => rank(word, wordsOf(record.title)) !== undefined);
    return [{ record, worst, inTitle }];
  });
  // What is only spelled alike is told when nothing else answers.
  const right = found.filter(({ worst }) => worst < 2);
  return (right.length > 0 ? right : found)
    .sort(
      (a, b) =>
        a.worst - b.worst ||
        Number(b.inTitle) - Number(a.inTitle) ||
        b.record.updated_at.localeCompare(a.record.updated_at),
    )
    .slice(0, limit)
    .map(({ record, worst }) => ({
      record: { id: record.id, kind: record.kind, title: record.title },
      hint: hint(records, record),
      match: RANKS[worst] ?? "similar",
      updated_at: record.updated_at,
    }));
}

function searched({ title, values }: Stored): string {
  const more = Object.entries(values).flatMap(([key, value]) => {
    if (key === "emails" || key === "phones")
      return ((value ?? []) as Array<Record<string, string>>).map((one) => one.address ?? one.number ?? "");
    return (key.startsWith("c_") || key === "domain" || key === "company_name" || key === "contact_name") &&
      typeof value === "string"
      ? [value]
      : [];
  });
  return [title, ...more].join(" ");
}

function hint(records: FakeRecords, { values }: Stored): string | null {
  const company = typeof values.company === "string" ? records.get(values.company)?.title : undefined;
  const stage = records.stage(values.stage)?.name;
  const amount = values.amount as Money | null | undefined;
  const [email] = (values.emails ?? []) as Array<{ address: string }>;
  const parts =
    stage === undefined
      ? [company, email?.address, values.domain]
      : [stage, amount == null ? undefined : `${amount.amount} ${amount.currency}`];
  return parts.filter((part) => typeof part === "string").join(" · ") || null;
}
