/** Times as they are written on a clock of the member's zone. */

function parts(at: Date, timeZone: string): Map<string, number> {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  return new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
}

const two = (value: number | undefined) => String(value ?? 0).padStart(2, "0");

export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** `2026-11-22T09:30` for an input of the browser. */
export function toWall(iso: string, timeZone: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  const of = parts(at, timeZone);
  const year = String(of.get("year")).padStart(4, "0");
  return `${year}-${two(of.get("month"))}-${two(of.get("day"))}T${two(of.get("hour"))}:${two(of.get("minute"))}`;
}

/** The day of a moment in a zone: `2026-11-22`. */
export const dayIn = (at: Date, timeZone: string): string => toWall(at.toISOString(), timeZone).slice(0, 10);

/** The moment at which a clock of the zone shows this. */
export function fromWall(wall: string, timeZone: string): string | null {
  const asUtc = Date.parse(`${wall.length === 10 ? `${wall}T00:00` : wall}Z`);
  if (Number.isNaN(asUtc)) return null;
  // Twice, because the first guess may lie on the other side of a change of the clock.
  let at = asUtc;
  for (let round = 0; round < 2; round += 1) {
    const shown = Date.parse(`${toWall(new Date(at).toISOString(), timeZone)}Z`);
    at += asUtc - shown;
  }
  return new Date(at).toISOString();
}
