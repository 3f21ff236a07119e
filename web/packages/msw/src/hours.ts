/** Hours on walls, as the fake server has them. */
import type { SendAt } from "@tenon/api-client";

const MINUTE = 60_000;

/** The minute a wall in a zone shows: `2026-11-24T09:00`. */
export function wallOf(at: number, time_zone: string): string {
  // Swedish writes dates in the order of ISO 8601.
  const text = new Intl.DateTimeFormat("sv-SE", {
    timeZone: time_zone,
    dateStyle: "short",
    timeStyle: "short",
  }).format(at);
  return text.replace(" ", "T");
}

/** Its moment (RFC 3339); undefined where there is no such minute or zone. */
export function momentOf({ local, time_zone }: SendAt): string {
  const wanted = Date.parse(`${local}:00Z`);
  let at = wanted;
  // Twice: the first guess may lie on the other side of a change of clocks.
  for (let turn = 0; turn < 2; turn += 1) at += wanted - Date.parse(`${wallOf(at, time_zone)}:00Z`);
  return new Date(Math.floor(at / MINUTE) * MINUTE).toISOString();
}
