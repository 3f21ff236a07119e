import { describe, expect, it } from "vitest";
import { addDays, addMonths, dayText, firstWeekday, isMonth, weeksOf } from "./month";

describe("the calendar", () => {
  it("has the whole weeks that a month touches, from the reader's first day on", () => {
    const november = weeksOf("2026-11", 1);
    expect(november.map(([first]) => first)).toEqual([
      "2026-10-26",
      "2026-11-02",
      "2026-11-09",
      "2026-11-16",
      "2026-11-23",
      "2026-11-30",
    ]);
    expect(weeksOf("2026-11", 7)[0]?.[0]).toBe("2026-11-01");
    // February of four whole weeks, and one of a leap year.
    expect(weeksOf("2027-02", 1)).toHaveLength(4);
    expect(weeksOf("2028-02", 1).flat()).toContain("2028-02-29");
    expect(weeksOf("2026-11", 6)[0]?.[0]).toBe("2026-10-31");
  });

  it("goes over the ends of months and years, and over days on which clocks change", () => {
    expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
    expect(addDays("2026-10-25", 1)).toBe("2026-10-26");
    expect(addMonths("2026-11", 2)).toBe("2027-01");
    expect(addMonths("2026-01", -1)).toBe("2025-12");
  });

  it("takes of an address only what is a month", () => {
    expect(["2026-11", "2026-13", "2026-1", "1926-11", "x"].map(isMonth)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it("says days in words whatever the zone of the machine", () => {
    expect(dayText("en-GB", "2026-11-01", { day: "numeric", month: "long" })).toBe("1 November");
    expect([1, 6, 7]).toContain(firstWeekday("en-US"));
    expect(firstWeekday("fr-FR")).toBe(1);
  });
});
