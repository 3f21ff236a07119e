import { describe, expect, it } from "vitest";
import { isBackwards, rangeOf } from "./period";

const now = Date.parse("2026-11-22T12:00:00Z");

describe("the time that is looked at", () => {
  it("is everything when nothing was chosen", () => {
    expect(rangeOf({}, "Europe/Paris", now)).toEqual({});
  });
  it("ends now for the last day, week and month", () => {
    expect(rangeOf({ period: "day" }, "UTC", now)).toEqual({ from: "2026-11-21T12:00:00.000Z" });
    expect(rangeOf({ period: "week" }, "UTC", now)).toEqual({ from: "2026-11-15T12:00:00.000Z" });
    expect(rangeOf({ period: "month" }, "UTC", now)).toEqual({ from: "2026-10-23T12:00:00.000Z" });
  });
  it("is of whole days in the member's zone, the last one included", () => {
    const days = { period: "days", from: "2026-11-20", to: "2026-11-22" } as const;
    expect(rangeOf(days, "Europe/Paris", now)).toEqual({
      from: "2026-11-19T23:00:00.000Z",
      to: "2026-11-22T23:00:00.000Z",
    });
    expect(rangeOf(days, "America/New_York", now)).toEqual({
      from: "2026-11-20T05:00:00.000Z",
      to: "2026-11-23T05:00:00.000Z",
    });
  });
  it("knows of days on which the clocks change", () => {
    const days = { period: "days", from: "2026-03-29", to: "2026-03-29" } as const;
    expect(rangeOf(days, "Europe/Paris", now)).toEqual({
      from: "2026-03-28T23:00:00.000Z",
      to: "2026-03-29T22:00:00.000Z",
    });
  });
  it("is open at an end where no day was given, or what was given is none", () => {
    expect(rangeOf({ period: "days", from: "2026-11-20" }, "UTC", now)).toEqual({
      from: "2026-11-20T00:00:00.000Z",
    });
    expect(rangeOf({ period: "days", from: "yesterday", to: "2026-13-40" }, "UTC", now)).toEqual({});
  });
  it("cannot run backwards", () => {
    expect(isBackwards({ period: "days", from: "2026-11-22", to: "2026-11-20" })).toBe(true);
    expect(isBackwards({ period: "days", from: "2026-11-20", to: "2026-11-20" })).toBe(false);
    expect(isBackwards({ period: "week", from: "2026-11-22", to: "2026-11-20" })).toBe(false);
  });
});
