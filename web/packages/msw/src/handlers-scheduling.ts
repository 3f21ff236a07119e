/** Sending later, answered by a `FakeServer`. */
import type { SendAt } from "@tenon/api-client";
import { problem } from "./answers";
import type { FakeServer } from "./fake";
import { json, missing, type On } from "./handlers";
import { momentOf, wallOf } from "./hours";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Whether a message may wait for this hour. */
export const isPossible = (fake: FakeServer, at: SendAt): boolean => {
  const moment = Date.parse(momentOf(at));
  return moment > fake.now() && moment <= fake.now() + 366 * DAY;
};

export function scheduling(fake: FakeServer, on: On): void {
  on("get", "/send-times", ({ url }) => {
    const time_zone = url.searchParams.get("time_zone") ?? fake.me.member.time_zone;
    const day = (days: number) => wallOf(fake.now() + days * DAY, time_zone).slice(0, 10);
    const offered = [
      { preset: "in_one_hour", local: wallOf(fake.now() + HOUR, time_zone) },
      { preset: "tomorrow_morning", local: `${day(1)}T09:00` },
      { preset: "tomorrow_afternoon", local: `${day(1)}T14:00` },
      { preset: "next_week", local: `${day(7)}T09:00` },
    ];
    const presets = offered.map((one) => ({ ...one, send_at: momentOf({ local: one.local, time_zone }) }));
    return json({ time_zone, presets });
  });
  on("get", "/send-times/check", ({ url }) => {
    const at = {
      local: url.searchParams.get("local") ?? "",
      time_zone: url.searchParams.get("time_zone") ?? "",
    };
    if (!isPossible(fake, at)) return problem(422, "validation");
    const send_at = momentOf(at);
    const local = wallOf(Date.parse(send_at), at.time_zone);
    const { from, until, days } = fake.me.member.working_hours;
    const weekday = new Date(`${local}:00Z`).getUTCDay() || 7;
    const time = local.slice(11);
    const working_hours = days.includes(weekday) && time >= from && time < until;
    return json({ local, time_zone: at.time_zone, send_at, working_hours, moved: local !== at.local });
  });
  on("patch", "/sends/:id", ({ params, body }) => {
    const at = body.at as SendAt;
    if (!isPossible(fake, at)) return problem(422, "validation");
    const send = fake.composing.move(params.id ?? "", at);
    return send === undefined ? missing() : send === "too_late" ? problem(409, send) : json(send);
  });
  on("post", "/sends/:id/send-now", ({ params }) => {
    const send = fake.composing.move(params.id ?? "", undefined);
    return send === undefined ? missing() : send === "too_late" ? problem(409, send) : json(send);
  });
}
