/** Which time of the audit log is looked at. */

const DAY_MS = 86_400_000;

export const PERIODS = ["day", "week", "month", "days"] as const;
export type Period = (typeof PERIODS)[number];
const LENGTHS: Record<Exclude<Period, "days">, number> = { day: 1, week: 7, month: 30 };

/** `days` is from one day to another, both included: `2026-11-22`. */
export type Chosen = { period?: Period | undefined; from?: string | undefined; to?: string | undefined };
/** RFC 3339; `from` included, `to` not. */
export type Range = { from?: string; to?: string };

export const isDay = (text: string | undefined): text is string =>
  text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

/** The last day before the first: nothing can be in between. */
export const isBackwards = ({ period, from, to }: Chosen): boolean =>
  period === "days" && isDay(from) && isDay(to) && to < from;

export function rangeOf({ period, from, to }: Chosen, zone: string | undefined, now: number): Range {
  if (period === undefined) return {};
  if (period !== "days") return { from: new Date(now - LENGTHS[period] * DAY_MS).toISOString() };
  return {
    ...(isDay(from) ? { from: startOfDay(from, zone).toISOString() } : {}),
    ...(isDay(to) ? { to: startOfDay(dayAfter(to), zone).toISOString() } : {}),
  };
}

function dayAfter(day: string): string {
  return new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
}

/** When a day begins in a zone; in the browser's where the zone is unknown. */
function startOfDay(day: string, zone: string | undefined): Date {
  const clock = clockOf(zone);
  const wanted = Date.parse(day);
  // What the clock there is ahead of UTC depends on the moment, so the second look is at the right one.
  const first = wanted - ahead(clock, wanted);
  return new Date(wanted - ahead(clock, first));
}

function clockOf(timeZone: string | undefined): Intl.DateTimeFormat {
  const options: Intl.DateTimeFormatOptions = {
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  };
  try {
    return new Intl.DateTimeFormat("en", { ...options, ...(timeZone === undefined ? {} : { timeZone }) });
  } catch {
    return new Intl.DateTimeFormat("en", options);
  }
}

function ahead(clock: Intl.DateTimeFormat, at: number): number {
  const shown = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second) - at;
}
