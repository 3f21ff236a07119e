import { describe, expect, it } from "vitest";
import { clampWidth, moved, movedTo, resized, stepped, toggled, tracks } from "./columns";

const columns = ["a", "b", "c"].map((field) => ({ field, width: 100 }));
const order = (all: Array<{ field: string }>) => all.map(({ field }) => field).join("");

describe("columns of a table", () => {
  it("change places by keys and by dropping, never beyond the ends", () => {
    expect(order(moved(columns, "a", -1))).toBe("abc");
    expect(order(moved(columns, "a", 1))).toBe("bac");
    expect(order(moved(columns, "c", 1))).toBe("abc");
    expect(order(movedTo(columns, "c", 0))).toBe("cab");
    expect(order(movedTo(columns, "gone", 0))).toBe("abc");
  });

  it("stay readable however far they are drawn", () => {
    expect(resized(columns, "b", 3)[1]?.width).toBe(clampWidth(0));
    expect(resized(columns, "b", 9000)[1]?.width).toBe(640);
    expect(stepped(columns, "b", -1)[1]?.width).toBe(76);
    expect(tracks(columns)).toBe("var(--title-width) 100px 100px 100px minmax(3rem, 1fr)");
  });

  it("come and go", () => {
    const field = { key: "d", type: "money" } as Parameters<typeof toggled>[1];
    expect(toggled(columns, field).at(-1)).toEqual({ field: "d", width: 128 });
    expect(order(toggled(toggled(columns, field), field))).toBe("abc");
  });
});
