import { describe, expect, it } from "vitest";
import { dayIn, fromWall, toWall } from "./zone";

const PARIS = "Europe/Paris";

describe("times on a clock of another zone", () => {
  it("come and go unchanged, in summer and in winter", () => {
    for (const iso of ["2026-01-15T08:30:00.000Z", "2026-07-15T08:30:00.000Z"])
      expect(fromWall(toWall(iso, PARIS), PARIS)).toBe(iso);
    expect(toWall("2026-07-15T08:30:00.000Z", PARIS)).toBe("2026-07-15T10:30");
  });

  it("hold around a change of the clock", () => {
    // Clocks go from 2 to 3 on 29 March and from 3 to 2 on 25 October 2026.
    expect(fromWall("2026-03-29T01:30", PARIS)).toBe("2026-03-29T00:30:00.000Z");
    expect(fromWall("2026-03-29T03:30", PARIS)).toBe("2026-03-29T01:30:00.000Z");
    expect(toWall(fromWall("2026-10-25T02:30", PARIS) ?? "", PARIS)).toBe("2026-10-25T02:30");
  });

  it("say which day it is there", () => {
    expect(dayIn(new Date("2026-11-22T23:30:00Z"), PARIS)).toBe("2026-11-23");
    expect(dayIn(new Date("2026-11-22T23:30:00Z"), "America/New_York")).toBe("2026-11-22");
  });

  it("what is no time is none", () => {
    expect(fromWall("", PARIS)).toBeNull();
    expect(toWall("nonsense", PARIS)).toBe("");
  });
});
