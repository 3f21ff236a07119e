import { type Chosen, isDay, PERIODS } from "./period";
import type { By } from "./types";

/** What of the reports stands in the address: ids, words and days. */
export type ReportsSearch = Chosen & {
  pipeline?: string | undefined;
  by?: By | undefined;
  owner?: string | undefined;
  of?: "count" | undefined;
  as?: "table" | undefined;
  /** The figure whose records are listed. */
  pick?: string | undefined;
  /** The record that is open. */
  open?: string | undefined;
};

/** What an address says, as far as it is understood; names and reasons never stand there. */
export function readSearch(raw: Record<string, unknown>): ReportsSearch {
  const text = (key: string) => (typeof raw[key] === "string" && raw[key] !== "" ? raw[key] : undefined);
  const day = (key: string) => (isDay(text(key)) ? text(key) : undefined);
  return {
    pipeline: text("pipeline"),
    period: PERIODS.find((one) => one === raw.period),
    from: day("from"),
    to: day("to"),
    by: raw.by === "week" || raw.by === "month" ? raw.by : undefined,
    owner: text("owner"),
    of: raw.of === "count" ? "count" : undefined,
    as: raw.as === "table" ? "table" : undefined,
    pick: text("pick"),
    open: text("open"),
  };
}
