import { describe, expect, it } from "vitest";
import type { RecordItem } from "../core/types";
import { targetOf } from "./steps";

const card = (id: string) => ({ id, title: id }) as RecordItem;
const columns = [
  { stage: "one", cards: ["a", "b", "c"].map(card) },
  { stage: "two", cards: [] },
  { stage: "three", cards: ["x"].map(card) },
];

describe("steps over a board", () => {
  it("passes over what is empty and stays at the ends", () => {
    expect(targetOf(columns, "c", "right", false)).toEqual({ focus: "x" });
    expect(targetOf(columns, "x", "left", false)).toEqual({ focus: "a" });
    expect(targetOf(columns, "a", "up", false)).toBeUndefined();
    expect(targetOf(columns, "x", "right", false)).toBeUndefined();
    expect(targetOf(columns, undefined, "down", false)).toBeUndefined();
  });

  it("takes the card along, also into an empty stage", () => {
    expect(targetOf(columns, "b", "right", true)).toMatchObject({ stage: "two", before: null });
    expect(targetOf(columns, "x", "left", true)).toMatchObject({ stage: "two", before: null });
    expect(targetOf(columns, "a", "left", true)).toBeUndefined();
  });

  it("changes places within a stage", () => {
    expect(targetOf(columns, "b", "up", true)).toMatchObject({ stage: "one", before: "a" });
    expect(targetOf(columns, "a", "down", true)).toMatchObject({ stage: "one", before: "c" });
    expect(targetOf(columns, "b", "down", true)).toMatchObject({ stage: "one", before: null });
    expect(targetOf(columns, "c", "down", true)).toBeUndefined();
  });
});
