import { describe, expect, it } from "vitest";
import { createFormat, plain, regional } from "./format";

const now = () => Date.parse("2026-11-22T23:30:00Z");

describe("format", () => {
  it("shows times in the member's zone, not the browser's", () => {
    expect(createFormat("en-GB", "Europe/Paris", now).short("2026-11-22T23:10:00Z")).toBe("00:10");
    expect(createFormat("en-GB", "America/New_York", now).short("2026-11-22T23:10:00Z")).toBe("18:10");
  });
  it("counts days in that zone: half past midnight in Paris is not yesterday evening", () => {
    expect(createFormat("en-GB", "Europe/Paris", now).short("2026-11-22T20:00:00Z")).toBe("Sun");
    expect(createFormat("en-GB", "UTC", now).short("2026-11-22T20:00:00Z")).toBe("20:00");
  });
  it("shows the day for this year, with the year before", () => {
    const format = createFormat("en-GB", "UTC", now);
    expect(format.short("2026-03-02T10:00:00Z")).toBe("2 Mar");
    expect(format.short("2024-03-02T10:00:00Z")).toBe("2 Mar 2024");
  });
  it("survives a zone that does not exist", () => {
    expect(createFormat("en-GB", "Mars/Base", now).number(1240)).toBe("1,240");
  });
  it("speaks French", () => {
    const format = createFormat("fr", "UTC", now);
    expect(format.number(10_000).replace(/\s/g, " ")).toBe("10 000");
    expect(format.duration(1500)).toBe("25 minutes");
    expect(format.ago("2026-11-22T23:20:00Z")).toBe("il y a 10 minutes");
  });
  it("rounds estimates to one unit", () => {
    const format = createFormat("en-GB", "UTC", now);
    expect(format.duration(42)).toBe("42 seconds");
    expect(format.duration(1500)).toBe("25 minutes");
    expect(format.duration(3 * 3600)).toBe("3 hours");
    expect(format.duration(3 * 86_400)).toBe("3 days");
  });
  it("takes the region of the browser only for the same language", () => {
    expect(regional("en", ["fr-FR", "en-US"])).toBe("en-US");
    expect(regional("en", ["fr-FR"])).toBe("en-GB");
    expect(regional("fr", ["en-US"])).toBe("fr");
  });
  it("takes controls out of foreign text", () => {
    expect(plain("a\u0000b\u202ec")).toBe("a b c");
  });
});
