import { describe, expect, it } from "vitest";
import type { RecordItem, Values } from "../core/types";
import { overCounts, overRecords, overStage, PendingRecords } from "./pending";

const record = (id: string, values: Values = {}): RecordItem => ({
  id,
  kind: "deal",
  title: id,
  values: { name: id, ...values },
  version: 1,
  access: "edit",
  sharing: "workspace",
  created_at: "2026-11-01T00:00:00Z",
  created_by: null,
  updated_at: "2026-11-01T00:00:00Z",
  deleted_at: null,
  linked: {},
});
const ids = (records: RecordItem[]) => records.map(({ id }) => id);

describe("records with what is under way", () => {
  it("shows changed fields and titles, and hides what was deleted", () => {
    const all = [record("a"), record("b"), record("c")];
    const shown = overRecords(all, [
      { kind: "set", ids: new Set(["a"]), values: { name: "Alpha", owner: "mem_1" } },
      { kind: "hide", ids: new Set(["b"]) },
    ]);
    expect(ids(shown)).toEqual(["a", "c"]);
    expect(shown[0]).toMatchObject({ title: "Alpha", values: { owner: "mem_1" } });
  });

  it("takes a card out of its column and puts it where it was dropped", () => {
    const card = record("b", { stage: "one" });
    const pending = [{ kind: "move", record: card, stage: "two", before: "y" } as const];
    expect(ids(overStage([record("a"), card, record("c")], "one", pending))).toEqual(["a", "c"]);
    expect(ids(overStage([record("x"), record("y")], "two", pending))).toEqual(["x", "b", "y"]);
    expect(ids(overStage([record("x"), card, record("y")], "two", pending))).toEqual(["x", "b", "y"]);
  });

  it("moves within a column, and to the end where the other card is gone", () => {
    const card = record("a", { stage: "one" });
    const column = [card, record("b"), record("c")];
    expect(
      ids(overStage(column, "one", [{ kind: "move", record: card, stage: "one", before: "c" }])),
    ).toEqual(["b", "a", "c"]);
    expect(
      ids(overStage(column, "one", [{ kind: "move", record: card, stage: "one", before: "gone" }])),
    ).toEqual(["b", "c", "a"]);
  });

  it("counts and sums along, and once for a card that moved twice", () => {
    const card = record("a", { stage: "one", amount: { amount: "100.5", currency: "EUR" } });
    const counts = [
      { stage: "one", count: 2, amounts: [{ amount: "300.5", currency: "EUR" }] },
      { stage: "two", count: 0, amounts: [] },
    ];
    const now = overCounts(counts, [
      { kind: "move", record: card, stage: "two", before: null },
      {
        kind: "move",
        record: { ...card, values: { ...card.values, stage: "two" } },
        stage: "three",
        before: null,
      },
    ]);
    expect(now?.get("one")).toMatchObject({ count: 1, amounts: [{ amount: "200", currency: "EUR" }] });
    expect(now?.get("two")?.count).toBe(0);
    expect(now?.get("three")).toMatchObject({ count: 1, amounts: [{ amount: "100.5", currency: "EUR" }] });
  });

  it("tells who listens, and a change goes away once", () => {
    const store = new PendingRecords();
    let heard = 0;
    store.subscribe(() => {
      heard += 1;
    });
    const drop = store.add({ kind: "hide", ids: new Set(["a"]) });
    drop();
    drop();
    expect(heard).toBe(2);
    expect(store.list()).toEqual([]);
  });
});
