import { describe, expect, it } from "vitest";
import type { RecordItem } from "../core/types";
import { addDays, rowsOf, sectionOf } from "./days";

const task = (id: string, due: string | null, priority?: string) =>
  ({
    id,
    values: { due_date: due, ...(priority === undefined ? {} : { priority }) },
  }) as unknown as RecordItem;

describe("days of tasks", () => {
  it("knows what is late, what is for today, and what has no day", () => {
    const today = "2026-11-22";
    expect(
      ["2026-11-21", today, "2026-11-29", "2026-11-30", null].map((due) => sectionOf(due, today)),
    ).toEqual(["overdue", "today", "week", "later", "someday"]);
    expect(addDays("2026-12-28", 7)).toBe("2027-01-04");
  });

  it("puts the pressing ones of a day first", () => {
    const rows = rowsOf(
      [
        task("a", "2026-11-22", "low"),
        task("b", "2026-11-22", "urgent"),
        task("c", null),
        task("d", "2026-11-01"),
      ],
      "2026-11-22",
    );
    expect(rows.map((row) => ("task" in row ? row.task.id : row.section))).toEqual([
      "overdue",
      "d",
      "today",
      "b",
      "a",
      "someday",
      "c",
    ]);
  });
});
