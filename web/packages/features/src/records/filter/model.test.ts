import { describe, expect, it } from "vitest";
import type { FieldDef, ShownType } from "../core/fields";
import {
  changeItem,
  countRules,
  emptyGroup,
  fromFilter,
  isGroup,
  newRule,
  opsOf,
  toFilter,
  withOp,
} from "./model";

const field = (key: string, type: ShownType): FieldDef => ({
  key,
  kind: "deal",
  id: null,
  label: key,
  type,
  required: false,
  options: [],
  linksTo: [],
  readOnly: false,
  archived: false,
});

describe("the tree of conditions", () => {
  it("sends only what is complete", () => {
    const group = emptyGroup();
    const name = newRule(field("name", "text"));
    expect(toFilter({ ...group, items: [name] })).toBeUndefined();
    expect(toFilter({ ...group, items: [{ ...name, value: "Acme" }] })).toEqual({
      all: [{ field: "name", op: "contains", value: "Acme" }],
    });
    expect(toFilter({ ...group, items: [{ ...name, op: "empty" }] })).toEqual({
      all: [{ field: "name", op: "empty" }],
    });
    expect(toFilter({ ...group, items: [{ ...name, op: "between", value: ["1", ""] }] })).toBeUndefined();
    expect(toFilter({ ...group, items: [emptyGroup("any")] })).toBeUndefined();
  });

  it("comes back as it was saved", () => {
    const filter = {
      all: [
        { field: "stage", op: "in" as const, value: ["stg_1", "stg_2"] },
        {
          any: [
            { field: "amount", op: "gt" as const, value: "10" },
            { field: "owner", op: "empty" as const },
          ],
        },
        { not: { any: [{ field: "name", op: "contains" as const, value: "test" }] } },
      ],
    };
    expect(toFilter(fromFilter(filter))).toEqual(filter);
    expect(countRules(fromFilter(filter))).toBe(4);
    expect(fromFilter({ field: "name", op: "is", value: "x" })).toMatchObject({
      mode: "all",
      items: [{ op: "is" }],
    });
  });

  it("keeps a value where the other operator takes it", () => {
    const stage = field("stage", "stage");
    const rule = { ...newRule(stage), op: "in" as const, value: ["a", "b"] };
    expect(withOp(rule, "is", stage).value).toBe("a");
    expect(withOp(withOp(rule, "is", stage), "in", stage).value).toEqual(["a"]);
    expect(withOp(rule, "empty", stage).value).toBeUndefined();
    expect(newRule(field("close_date", "date"))).toMatchObject({
      op: "within",
      value: { last: 7, unit: "days" },
    });
  });

  it("changes and takes out rules of inner groups", () => {
    const tree = fromFilter({
      all: [
        {
          any: [
            { field: "a", op: "empty" },
            { field: "b", op: "empty" },
          ],
        },
      ],
    });
    const inner = tree.items[0];
    if (inner === undefined || !isGroup(inner)) throw new Error("no group");
    const first = inner.items[0]?.id ?? "";
    const changed = changeItem(tree, first, (item) => ({ ...item, op: "not_empty" }) as typeof item);
    expect(toFilter(changed)).toEqual({
      all: [
        {
          any: [
            { field: "a", op: "not_empty" },
            { field: "b", op: "empty" },
          ],
        },
      ],
    });
    expect(countRules(changeItem(tree, first, () => undefined))).toBe(1);
  });

  it("asks nothing of a field that it cannot answer", () => {
    expect(opsOf("boolean")).toEqual(["is"]);
    expect(opsOf("links")).not.toContain("is");
    expect(opsOf("datetime")).not.toContain("is");
    expect(opsOf("text")).not.toContain("within");
  });
});
