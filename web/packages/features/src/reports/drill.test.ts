import { expect, it } from "vitest";
import { readPick, writePick } from "./drill";

it("finds in the address what was written there", () => {
  for (const pointed of [
    { stage: "stg_sales1" },
    { reasonAt: 2 },
    { what: "calls", member: "mem_lea" },
    { outcome: "created" },
    { outcome: "won", bucket: "2026-03-01" },
  ] as const)
    expect(readPick(writePick(pointed))).toEqual(pointed);
});

it("takes nothing else for a figure", () => {
  for (const text of ["", "walrus", "won.march", "calls", "calls.lea", "reason.x", undefined])
    expect(readPick(text)).toBeUndefined();
});
