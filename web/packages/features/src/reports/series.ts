/** What is drawn of amounts over time. */
import type { ValueBucket } from "./types";

type Amounts = ReadonlyArray<{ currency: string; amount: string; weighted?: string }>;

const sum = (amounts: Amounts, currency: string, part: "amount" | "weighted" = "amount"): number =>
  amounts.reduce((total, one) => total + (one.currency === currency ? Number(one[part] ?? 0) : 0), 0);

/** Each currency by itself: there is no rate that would make them one. The one with most comes first. */
export function currenciesOf(buckets: readonly ValueBucket[]): string[] {
  const seen = new Map<string, number>();
  for (const { open, won, lost } of buckets)
    for (const { amounts } of [open, won, lost])
      for (const { currency } of amounts) seen.set(currency, (seen.get(currency) ?? 0) + 1);
  return [...seen].sort(([a, x], [b, y]) => y - x || a.localeCompare(b)).map(([currency]) => currency);
}

export type Series = Record<"open" | "weighted" | "won" | "lost", number[]>;

/** `currency` undefined: how many instead of how much. */
export function seriesOf(buckets: readonly ValueBucket[], currency: string | undefined): Series {
  const of = (part: "open" | "won" | "lost") =>
    buckets.map((bucket) =>
      currency === undefined ? bucket[part].count : sum(bucket[part].amounts, currency),
    );
  const weighted =
    currency === undefined ? [] : buckets.map(({ open }) => sum(open.amounts, currency, "weighted"));
  return { open: of("open"), won: of("won"), lost: of("lost"), weighted };
}
