import { describe, expect, it } from "vitest";
import { bucketNames, bucketsBy, daysOf } from "./period";

const TODAY = "2026-11-23";

describe("the days of a report", () => {
  it.each([
    ["month", { from: "2026-11-01", to: "2026-11-24" }],
    ["quarter", { from: "2026-07-01", to: "2026-10-01" }],
    ["year", { from: "2026-01-01", to: "2026-11-24" }],
    ["twelve", { from: "2025-12-01", to: "2026-11-24" }],
  ] as const)("of %s", (period, days) => {
    expect(daysOf({ period }, TODAY)).toEqual(days);
  });

  it("go over the turn of a year, and are the last twelve months when nothing is said", () => {
    expect(daysOf({ period: "quarter" }, "2026-02-03")).toEqual({ from: "2025-10-01", to: "2026-01-01" });
    expect(daysOf({}, "2026-01-31")).toEqual({ from: "2025-02-01", to: "2026-02-01" });
  });

  it("are chosen with the last one included, or refused", () => {
    const days = (from: string | undefined, to: string | undefined) =>
      daysOf({ period: "days", from, to }, TODAY);
    expect(days("2026-02-01", "2026-02-28")).toEqual({ from: "2026-02-01", to: "2026-03-01" });
    expect(days("2026-02-02", "2026-02-01")).toBe("backwards");
    expect(days(undefined, "2026-02-01")).toBe("missing");
    expect(days("2016-01-01", "2025-12-31")).toEqual({ from: "2016-01-01", to: "2026-01-01" });
    expect(days("2016-01-01", "2026-01-01")).toBe("too_long");
  });

  it("are shown by months when their weeks are too many", () => {
    expect(bucketsBy("week", { from: "2026-01-01", to: "2026-11-24" })).toBe("week");
    expect(bucketsBy("week", { from: "2020-01-01", to: "2026-11-24" })).toBe("month");
  });

  it("have names", () => {
    expect(bucketNames("month", "en-GB").long("2026-03-01")).toBe("March 2026");
    expect(bucketNames("week", "fr").short("2026-03-02")).toBe("2 mars");
  });
});
