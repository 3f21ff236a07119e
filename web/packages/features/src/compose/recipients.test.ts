import { describe, expect, it } from "vitest";
import { addRecipients, isAddress, parseRecipients, writeRecipient } from "./recipients";

const short = (text: string) =>
  parseRecipients(text).map(({ name, address, valid }) => `${name}|${address}${valid ? "" : "!"}`);

describe("recipients as people write them", () => {
  it.each<[string, string, string[]]>([
    ["one", "ana@x.example", ["|ana@x.example"]],
    ["with a name", "Ana Ferreira <ana@x.example>", ["Ana Ferreira|ana@x.example"]],
    [
      "a comma in quotes",
      '"Ferreira, Ana" <ana@x.example>, bo@x.example',
      ["Ferreira, Ana|ana@x.example", "|bo@x.example"],
    ],
    ["escaped quotes", '"Ana \\"the boss\\"" <ana@x.example>', ['Ana "the boss"|ana@x.example']],
    [
      "Outlook's semicolons",
      "Ana <ana@x.example>; Bo <bo@x.example>;",
      ["Ana|ana@x.example", "Bo|bo@x.example"],
    ],
    [
      "a column of a sheet",
      "ana@x.example\r\nbo@x.example\n\n cy@x.example ",
      ["|ana@x.example", "|bo@x.example", "|cy@x.example"],
    ],
    ["tabs", "ana@x.example\tbo@x.example", ["|ana@x.example", "|bo@x.example"]],
    ["blanks only between addresses", "ana@x.example bo@x.example", ["|ana@x.example", "|bo@x.example"]],
    ["a mailto link", "mailto:ana@x.example", ["|ana@x.example"]],
    [
      "other scripts",
      "用户@例子.example, élise@müller.example",
      ["|用户@例子.example", "|élise@müller.example"],
    ],
    ["plus and dots", "a.b+c@sub.x.example", ["|a.b+c@sub.x.example"]],
    [
      "an open quote ends with its line",
      '"Ana <ana@x.example>\nbo@x.example',
      ['"Ana|ana@x.example', "|bo@x.example"],
    ],
    ["nothing", " , ; \n", []],
  ])("takes %s", (_name, text, expected) => {
    expect(short(text)).toEqual(expected);
  });

  it.each([
    "ana",
    "ana@",
    "@x.example",
    "ana@x",
    "a b@x.example",
    "ana@x..example",
    "ana@-x.example",
    ".ana@x.example",
    "a..b@x.example",
    "ana@x.example>",
    "a@b@x.example",
    `${"a".repeat(65)}@x.example`,
    `a@${"x".repeat(64)}.example`,
    "ana@x.example\u0000",
    "ana@[10.0.0.1]",
  ])("shows that this is no address: %s", (text) => {
    expect(isAddress(text)).toBe(false);
    expect(parseRecipients(text).every(({ valid }) => !valid)).toBe(true);
  });

  it("takes each address once, whatever its capitals", () => {
    const ana = parseRecipients("Ana <ana@x.example>");
    expect(addRecipients(ana, parseRecipients("ANA@x.example, bo@x.example"))).toHaveLength(2);
  });

  it.each([
    ["", "ana@x.example"],
    ["Ana Ferreira", "ana@x.example"],
    ["Ferreira, Ana", "ana@x.example"],
    ['Ana "A" \\ B', "ana@x.example"],
    ["Ana <x>", "ana@x.example"],
    ["李明", "li@x.example"],
  ])("reads back what it writes: %s %s", (name, address) => {
    expect(parseRecipients(writeRecipient({ name, address }))).toEqual([{ name, address, valid: true }]);
  });
});
