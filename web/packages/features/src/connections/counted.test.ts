import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { COUNTED, inOrder, isCounted } from "./counted";

/** The server's list of what it stores; a receipt counts the rows of its tables. */
const inventory = ["inventory.rs", "inventory/files.rs", "inventory/writing.rs"]
  .map((file) => path.resolve(import.meta.dirname, "../../../../../crates/model/src", file))
  .map((file) => readFileSync(file, "utf8"))
  .join("\n");

/** The tables with a connection's rows that end with the connection, or before it. */
const tables = [...inventory.matchAll(/^ {4}(\w+) \(.*, Retention::(\w+).*\) \{\n([\s\S]*?)^ {4}\}/gm)]
  .filter(([, , retention]) => ["UntilDisconnect", "TimeBox", "Days"].includes(retention ?? ""))
  .filter(([, , , columns]) => /^ +connection_id:/m.test(columns ?? ""))
  .map(([, table]) => table ?? "");

describe("what a receipt counts", () => {
  it("has a name for people for every kind that the server counts", () => {
    expect(tables.length).toBeGreaterThan(15);
    expect(tables.filter((table) => !isCounted(table))).toEqual([]);
    // The connection's own row is counted too.
    expect(isCounted("connections")).toBe(true);
  });

  it("names nothing that the server does not know", () => {
    expect(COUNTED.filter((what) => what !== "connections" && !tables.includes(what))).toEqual([]);
  });

  it("begins with what a person knows, and leaves nothing out", () => {
    const counts = ["keys", "later_on", "threads", "messages"].map((what) => ({ what, count: 1 }));
    expect(inOrder(counts).map(({ what }) => what)).toEqual(["messages", "threads", "keys", "later_on"]);
  });
});
