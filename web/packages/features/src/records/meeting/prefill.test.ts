import { describe, expect, it } from "vitest";
import { contactOf } from "./prefill";

const company = { id: "rec_1", kind: "company" as const, title: "Nordlys" };

describe("a contact of what mail tells", () => {
  it.each([
    ["Ana Ferreira", { first_name: "Ana", last_name: "Ferreira" }],
    ["Ferreira, Ana Maria", { first_name: "Ana Maria", last_name: "Ferreira" }],
    ["“Ana”", { first_name: "Ana" }],
    ["", {}],
    ["ana@x.example", {}],
  ])("%s", (name, expected) => {
    const emails = [{ address: "a@x.example", label: null }];
    expect(contactOf({ name, address: "a@x.example", company: null })).toEqual({ ...expected, emails });
  });

  it("works for the company of the domain", () => {
    expect(contactOf({ name: "Ana", address: "a@x.example", company })).toMatchObject({ company: "rec_1" });
  });
});
