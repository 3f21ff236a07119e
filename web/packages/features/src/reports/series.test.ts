import { expect, it } from "vitest";
import { runsOf } from "./chart/shapes";
import { currenciesOf, seriesOf } from "./series";
import type { ValueBucket } from "./types";

const bucket = (open: string, won: string): ValueBucket => ({
  start: "2026-01-01",
  end: "2026-02-01",
  open: { count: 2, amounts: [{ currency: "EUR", amount: open, weighted: "5" }] },
  won: { count: 1, amounts: [{ currency: "GBP", amount: won }] },
  lost: { count: 0, amounts: [] },
});

it("never adds one currency to another", () => {
  const buckets = [bucket("10", "3"), bucket("20.5", "4")];
  expect(currenciesOf(buckets)).toEqual(["EUR", "GBP"]);
  expect(seriesOf(buckets, "EUR")).toEqual({
    open: [10, 20.5],
    won: [0, 0],
    lost: [0, 0],
    weighted: [5, 5],
  });
  expect(seriesOf(buckets, "GBP").won).toEqual([3, 4]);
  expect(seriesOf(buckets, undefined)).toMatchObject({ open: [2, 2], won: [1, 1] });
});

it("draws no line where nothing is known", () => {
  expect(runsOf([1, null, 2, 3])).toEqual([
    [[0, 1]],
    [
      [2, 2],
      [3, 3],
    ],
  ]);
});
