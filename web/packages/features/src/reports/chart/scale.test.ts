import { describe, expect, it } from "vitest";
import { scaleOf, timeScale } from "./scale";

describe("axes", () => {
  it("begin at zero and end at a round number that nothing goes over", () => {
    expect(scaleOf(87)).toEqual({ low: 0, high: 100, ticks: [0, 25, 50, 75, 100] });
    expect(scaleOf(123_400).high).toBe(150_000);
    for (const most of [1, 3, 7, 19, 99, 101, 12_345]) {
      const { low, high, ticks } = scaleOf(most);
      expect(low).toBe(0);
      expect(high).toBeGreaterThanOrEqual(most);
      expect(ticks.length).toBeLessThanOrEqual(6);
      expect(ticks.every(Number.isInteger)).toBe(true);
    }
  });

  it("go below zero where something does, by the same steps", () => {
    const { ticks } = scaleOf(80, -30);
    expect(ticks).toContain(0);
    expect(ticks[0]).toBeLessThanOrEqual(-30);
    expect(scaleOf(0, -10)).toMatchObject({ high: 0 });
  });

  it("have a line even when there is nothing", () => {
    expect(scaleOf(0)).toEqual({ low: 0, high: 1, ticks: [0, 1] });
  });

  it("count time as people do", () => {
    expect(timeScale(9000).ticks).toEqual([0, 3600, 7200, 10_800]);
    expect(timeScale(30).high).toBe(60);
    expect(timeScale(10 * 86_400).ticks[1]).toBe(3 * 86_400);
  });
});
