/** Which days a report is of. */
import type { By, Days } from "./types";

export const PERIODS = ["month", "quarter", "year", "twelve", "days"] as const;
export type Period = (typeof PERIODS)[number];

export type Chosen = {
  period?: Period | undefined;
  /** Both included, as people say it; only for `days`. */
  from?: string | undefined;
  to?: string | undefined;
};

const DAY_MS = 86_400_000;
const MOST_YEARS = 10;
export const MOST_BUCKETS = 200;

export const isDay = (text: string | undefined): text is string =>
  text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);

/** The first day of a month, so many months away. */
const monthOf = (day: string, months: number): string =>
  new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1 + months, 1))
    .toISOString()
    .slice(0, 10);

export type Trouble = "missing" | "backwards" | "too_long";

/** The days to ask for; days to come have nothing to show, so that no period goes beyond today. */
export function daysOf(chosen: Chosen, today: string): Days | Trouble {
  const tomorrow = addDays(today, 1);
  switch (chosen.period ?? "twelve") {
    case "month":
      return { from: monthOf(today, 0), to: tomorrow };
    case "quarter": {
      const into = (Number(today.slice(5, 7)) - 1) % 3;
      return { from: monthOf(today, -into - 3), to: monthOf(today, -into) };
    }
    case "year":
      return { from: `${today.slice(0, 4)}-01-01`, to: tomorrow };
    case "twelve":
      return { from: monthOf(today, -11), to: tomorrow };
    case "days": {
      const { from, to } = chosen;
      if (!isDay(from) || !isDay(to)) return "missing";
      if (to < from) return "backwards";
      const most = `${Number(from.slice(0, 4)) + MOST_YEARS}${from.slice(4)}`;
      if (to >= most) return "too_long";
      return { from, to: addDays(to, 1) };
    }
  }
}

/** Weeks of many years are more than anybody can look at. */
export function bucketsBy(by: By, { from, to }: Days): By {
  const weeks = Math.ceil((Date.parse(to) - Date.parse(from)) / DAY_MS / 7) + 1;
  return by === "week" && weeks > MOST_BUCKETS ? "month" : by;
}

/** What a bucket is called: the day a week begins with, or the month. */
export function bucketNames(by: By, locale: string) {
  const format = (options: Intl.DateTimeFormatOptions) => {
    const made = new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options });
    return (day: string) => made.format(new Date(day));
  };
  const year = format({ year: "numeric" });
  const short = by === "month" ? format({ month: "short" }) : format({ day: "numeric", month: "short" });
  return {
    short,
    year,
    long: by === "month" ? format({ month: "long", year: "numeric" }) : format({ dateStyle: "medium" }),
  };
}
