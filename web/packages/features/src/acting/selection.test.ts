import { describe, expect, it } from "vitest";
import {
  allLoaded,
  countOf,
  isEmpty,
  isSelected,
  NONE,
  range,
  type Selection,
  toggle,
  within,
} from "./selection";

const loaded = ["a", "b", "c", "d", "e"];
const ids = (selection: Selection) => (selection.kind === "some" ? [...selection.ids].sort().join("") : "*");

describe("choosing conversations", () => {
  it("toggles one", () => {
    const one = toggle(NONE, "b", loaded);
    expect(ids(one)).toBe("b");
    expect(isEmpty(toggle(one, "b", loaded))).toBe(true);
  });

  it.each([
    ["downwards", ["b"], "d", "bcd"],
    ["upwards", ["d"], "b", "bcd"],
    ["to itself, takes it out", ["c"], "c", ""],
    ["over some that are chosen already", ["c", "a"], "e", "abcde"],
  ])("takes a range %s", (_name, clicks, to, expected) => {
    const start = clicks.reduce<Selection>((now, id) => toggle(now, id, loaded), NONE);
    expect(ids(range(start, to, loaded))).toBe(expected);
  });

  it("takes a range out again from one that is chosen", () => {
    const all = range(toggle(NONE, "a", loaded), "e", loaded);
    expect(ids(range(toggle(all, "b", loaded), "d", loaded))).toBe("ae");
  });

  it("begins a range anew where its beginning has left the list", () => {
    expect(ids(range(toggle(NONE, "gone", loaded), "c", loaded))).toBe("cgone");
  });

  it("counts and holds everything that matches, loaded or not", () => {
    const everything: Selection = { kind: "matching" };
    expect(countOf(everything, 4210)).toBe(4210);
    expect(isSelected(everything, "never seen")).toBe(true);
    expect(within(everything, [])).toBe(everything);
    expect(ids(toggle(everything, "b", loaded))).toBe("acde");
  });

  it("lets go of what has left the list", () => {
    const all = allLoaded(loaded);
    expect(ids(within(all, ["a", "x"]))).toBe("a");
    expect(within(all, loaded)).toBe(all);
  });
});
