import { describe, expect, it } from "vitest";
import { keyCaps } from "./keys";
import { findCommands } from "./palette-search";

const command = (label: string, group = "Go to") => ({ label, group, run: () => undefined });
const commands = [
  command("Réglages"),
  command("Archive", "Acting"),
  command("Mark as read", "Acting"),
  command("Clients/Archive"),
  command("Read me"),
];
const found = (query: string) => findCommands(commands, query).map(({ label }) => label);

describe("the palette", () => {
  it.each([
    ["", ["Réglages", "Archive", "Mark as read", "Clients/Archive", "Read me"]],
    ["reg", ["Réglages"]],
    ["arch", ["Archive", "Clients/Archive"]],
    ["read", ["Read me", "Mark as read"]],
    ["read mark", ["Mark as read"]],
    ["acting arch", ["Archive"]],
    ["xyz", []],
    ["(.*", []],
  ])("finds %s", (query, expected) => {
    expect(found(query)).toEqual(expected);
  });

  it("writes keys as they stand on the keyboard", () => {
    expect(keyCaps("Mod+k", false)).toEqual(["Ctrl", "K"]);
    expect(keyCaps("Mod+k", true)).toEqual(["⌘", "K"]);
    expect(keyCaps("U")).toEqual(["Shift", "U"]);
    expect(keyCaps("g i")).toEqual(["g", "i"]);
    expect(keyCaps("#")).toEqual(["#"]);
  });
});
