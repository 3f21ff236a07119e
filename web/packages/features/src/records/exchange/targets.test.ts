import { describe, expect, it } from "vitest";
import type { FieldDef, FieldSet } from "../core/fields";
import type { ImportItem } from "../core/next-types";
import type { FieldType } from "../core/types";
import { factsOf, isDoubtfulDay, mappingOf, matchFields, targetGroups, targetKey, targetOf } from "./targets";

const field = (key: string, type: FieldType, required = false): FieldDef => ({
  key,
  kind: "contact",
  id: null,
  label: key,
  type,
  required,
  options: [],
  linksTo: [],
  readOnly: false,
  archived: false,
});
const all = [
  field("first_name", "text"),
  field("last_name", "text"),
  field("emails", "emails"),
  field("addresses", "addresses"),
  field("company", "link"),
  field("c_since", "date", true),
];
const fields: FieldSet = {
  kind: "contact",
  all,
  byKey: new Map(all.map((one) => [one.key, one])),
  system: [],
  told: [],
};
const item = {
  columns: ["Name", "Mail", "Mail 2", "Since"].map((name, index) => ({
    index,
    name,
    samples: [],
    suggested: index === 0 ? { field: "full_name" } : null,
  })),
  options: { mapping: [] },
} as unknown as ImportItem;

describe("what columns become", () => {
  it("offers fields, parts of addresses, and whole names of people", () => {
    const [plain, address] = targetGroups(fields);
    expect(plain?.choices.map(({ value }) => value)).toContain("full_name");
    expect(address?.choices.map(({ value }) => value)).toContain("addresses.city");
  });

  it("a target is the same after it was chosen by its key", () => {
    for (const key of ["full_name", "emails", "addresses.city", "company"])
      expect(targetKey(targetOf(key, fields, "EUR"))).toBe(key);
    expect(targetOf("company", fields, "EUR")).toEqual({ field: "company", by: "title" });
    expect(targetOf("", fields, "EUR")).toBeNull();
  });

  it("takes what the server thinks until something was chosen", () => {
    expect(mappingOf(item)[0]?.target).toEqual({ field: "full_name" });
    const chosen = { ...item, options: { ...item.options, mapping: [{ column: 1, target: null }] } };
    expect(mappingOf(chosen)[0]?.target).toBeNull();
  });

  it("says what is left out, what comes twice and what is missing", () => {
    const mapping = [
      { column: 0, target: { field: "last_name" } },
      { column: 1, target: { field: "emails", label: "work" } },
      { column: 2, target: { field: "last_name" } },
      { column: 3, target: null },
    ];
    const facts = factsOf("contact", fields, item, mapping);
    expect(facts).toMatchObject({ left: ["Since"], twice: ["last_name"], nameless: false });
    expect(facts.missing.map(({ key }) => key)).toEqual(["c_since"]);
    const none = mapping.map(({ column }) => ({ column, target: null }));
    expect(factsOf("contact", fields, item, none).nameless).toBe(true);
    const twoMails = [1, 2].map((column) => ({ column, target: { field: "emails", label: "work" } }));
    expect(factsOf("contact", fields, item, twoMails).twice).toEqual([]);
  });

  it("knows by what rows can be found again, and days that can be misread", () => {
    expect(matchFields("contact", new Set(["emails", "first_name"]))).toEqual(["emails", "title"]);
    expect(matchFields("company", new Set(["domain"]))).toEqual(["domain"]);
    expect(isDoubtfulDay("03/04/2026")).toBe(true);
    expect(isDoubtfulDay("23/04/2026")).toBe(false);
    expect(isDoubtfulDay("2026-04-03")).toBe(false);
  });
});
