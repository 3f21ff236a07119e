/** Minutes and days on the wall of a time zone, as ISO 8601 texts without an offset. */

/** The minute that a wall in a zone shows at a moment, such as `2026-11-24T09:00`. */
export function wallMinute(at: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? "";
  return `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}`;
}

/** The day that a wall in a zone shows at a moment, such as `2026-11-24`. */
export const wallDay = (at: Date, timeZone: string): string => wallMinute(at, timeZone).slice(0, 10);

/** The name of a zone as people read it: `America/New_York` is New York. */
export const placeOf = (timeZone: string): string => (timeZone.split("/").at(-1) ?? "").replaceAll("_", " ");

/** All zones this browser knows, these first. */
export function timeZones(...first: string[]): string[] {
  return [...new Set([...first, ...Intl.supportedValuesOf("timeZone")])];
}
