import { describe, expect, it } from "vitest";
import type { FieldDef, FieldSet } from "../core/fields";
import type { FieldType, RecordItem, SharingScope, Values } from "../core/types";
import { bestKept, chosenValues, previewOf, sharingShift, unite, usual } from "./model";

const field = (key: string, type: FieldType): FieldDef => ({
  key,
  kind: "contact",
  id: null,
  label: key,
  type,
  required: false,
  options: [],
  linksTo: [],
  readOnly: false,
  archived: false,
});
const all = [
  field("first_name", "text"),
  field("title", "text"),
  field("description", "long_text"),
  field("emails", "emails"),
];
const fields: FieldSet = {
  kind: "contact",
  all,
  byKey: new Map(all.map((one) => [one.key, one])),
  system: [],
  told: [],
};
const record = (id: string, values: Values, sharing: SharingScope = "workspace"): RecordItem =>
  ({
    id,
    kind: "contact",
    title: id,
    values,
    sharing,
    created_at: `2026-0${id}-01`,
    version: 1,
  }) as RecordItem;
const mail = (address: string, label: string | null = null) => ({ address, label });
const a = record("1", { first_name: "Ana", title: "Buyer", emails: [mail("ana@x.example", "work")] });
const b = record("2", {
  first_name: "Ana",
  title: "Head buyer",
  description: "Met in Porto",
  emails: [mail("ANA@x.example"), mail("ana@home.example", "home")],
});

describe("merging", () => {
  it("asks only where two say different things; lists are united; nothing gets lost", () => {
    const preview = previewOf(fields, [a, b]);
    expect(preview.contested.map((one) => one.field.key)).toEqual(["title"]);
    expect(preview.alike.map(({ key }) => key)).toEqual(["first_name", "description"]);
    expect(preview.united[0]).toMatchObject({
      value: [mail("ana@x.example", "work"), mail("ana@home.example", "home")],
      more: 1,
    });
  });

  it("says only what is otherwise than usual", () => {
    const preview = previewOf(fields, [a, b]);
    const [contested] = preview.contested;
    expect(contested === undefined ? undefined : usual(contested)).toBe("1");
    expect(chosenValues(preview, { title: "1" })).toEqual({});
    expect(chosenValues(preview, { title: "2" })).toEqual({ title: "Head buyer" });
  });

  it("phones are the same by their digits", () => {
    const number = (text: string) => ({ number: text, label: null });
    expect(unite([[number("+33 6 12")], [number("+33612"), number("+33 7")]])).toHaveLength(2);
  });

  it("keeps whichever says most, and knows who will see more or less", () => {
    expect(bestKept([a, b])).toBe("2");
    const hidden = record("3", {}, "private");
    expect(sharingShift(a, [hidden, b])).toEqual({ widened: [hidden], narrowed: [] });
    expect(sharingShift(hidden, [a])).toEqual({ widened: [], narrowed: [a] });
  });
});
