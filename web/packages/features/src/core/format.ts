/** Dates, numbers and sizes in the reader's language and time zone. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "./session";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export type Format = ReturnType<typeof createFormat>;

/** Text of an address book may hold controls that turn the reading direction; they never help here. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, " ").trim();
}

/** English is spoken with many date orders: the browser's own region is kept if it is of that language. */
export function regional(locale: string, wanted: readonly string[]): string {
  return (
    wanted.find((tag) => tag.toLowerCase().startsWith(`${locale}-`)) ?? (locale === "en" ? "en-GB" : locale)
  );
}

export function createFormat(locale: string, timeZone: string | undefined, now: () => number = Date.now) {
  const zone = timeZone === undefined || !isTimeZone(timeZone) ? {} : { timeZone };
  const date = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...zone, ...options });
  const time = date({ timeStyle: "short" });
  const dayMonth = date({ day: "numeric", month: "short" });
  const dayMonthYear = date({ day: "numeric", month: "short", year: "numeric" });
  const weekday = date({ weekday: "short" });
  const full = date({ dateStyle: "full", timeStyle: "short" });
  const medium = date({ dateStyle: "medium", timeStyle: "short" });
  const long = date({ dateStyle: "long" });
  const calendarDay = date({ year: "numeric", month: "2-digit", day: "2-digit" });
  const year = date({ year: "numeric" });
  const weekdayAndDay = date({ dateStyle: "full" });
  const exact = date({ dateStyle: "long", timeStyle: "long" });
  const number = new Intl.NumberFormat(locale);
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "long" });
  const unit = (value: number, name: string, display: "short" | "long" | "narrow" = "long") =>
    new Intl.NumberFormat(locale, {
      style: "unit",
      unit: name,
      unitDisplay: display,
      maximumFractionDigits: value < 10 && name.endsWith("byte") ? 1 : 0,
    }).format(value);

  return {
    locale,
    number: (value: number) => number.format(value),
    /** For lists: the time today, the weekday this week, else the day. */
    short(iso: string): string {
      const at = new Date(iso);
      const today = new Date(now());
      if (calendarDay.format(at) === calendarDay.format(today)) return time.format(at);
      const age = (today.getTime() - at.getTime()) / 1000;
      if (age > 0 && age < 6 * DAY) return weekday.format(at);
      return year.format(at) === year.format(today) ? dayMonth.format(at) : dayMonthYear.format(at);
    },
    medium: (iso: string) => medium.format(new Date(iso)),
    full: (iso: string) => full.format(new Date(iso)),
    day: (iso: string) => long.format(new Date(iso)),
    time: (iso: string) => time.format(new Date(iso)),
    /** To the second, with the zone. */
    exact: (iso: string) => exact.format(new Date(iso)),
    /** The same for all moments of a day. */
    dayKey: (iso: string) => calendarDay.format(new Date(iso)),
    /** The heading of a day; today and yesterday are called so. */
    dayTitle(iso: string): string {
      const day = calendarDay.format(new Date(iso));
      const back = [0, 1].find((days) => calendarDay.format(new Date(now() - days * DAY * 1000)) === day);
      const title = weekdayAndDay.format(new Date(iso));
      if (back === undefined) return capital(title);
      return `${capital(relative.format(-back, "day"))} · ${title}`;
    },
    ago(iso: string): string {
      const seconds = Math.round((Date.parse(iso) - now()) / 1000);
      const size = Math.abs(seconds);
      if (size < 5) return relative.format(0, "second");
      if (size < MINUTE) return relative.format(seconds, "second");
      if (size < HOUR) return relative.format(Math.round(seconds / MINUTE), "minute");
      if (size < DAY) return relative.format(Math.round(seconds / HOUR), "hour");
      return relative.format(Math.round(seconds / DAY), "day");
    },
    /** Seconds as one rounded unit: an estimate is not more exact than that. */
    duration(seconds: number): string {
      if (seconds < MINUTE) return unit(Math.max(1, Math.round(seconds)), "second");
      if (seconds < 90 * MINUTE) return unit(Math.round(seconds / MINUTE), "minute");
      if (seconds < 2 * DAY) return unit(Math.round(seconds / HOUR), "hour");
      return unit(Math.round(seconds / DAY), "day");
    },
    size(bytes: number): string {
      if (bytes < 1000) return unit(bytes, "byte", "long");
      if (bytes < 1_000_000) return unit(bytes / 1000, "kilobyte", "short");
      if (bytes < 1_000_000_000) return unit(bytes / 1_000_000, "megabyte", "short");
      return unit(bytes / 1_000_000_000, "gigabyte", "short");
    },
    list: (parts: string[]) =>
      new Intl.ListFormat(locale, { style: "long", type: "conjunction" }).format(parts),
  };
}

const capital = (text: string) => text.charAt(0).toLocaleUpperCase() + text.slice(1);

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export function useFormat(): Format {
  const { i18n } = useTranslation();
  const zone = useMe()?.member.time_zone;
  return useMemo(
    () => createFormat(regional(i18n.language, navigator.languages), zone),
    [i18n.language, zone],
  );
}
