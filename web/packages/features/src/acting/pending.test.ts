import { type InfiniteData, QueryClient } from "@tanstack/react-query";
import type { ActionName, Message, Page, Thread, ThreadDetail } from "@tenon/api-client";
import { describe, expect, it } from "vitest";
import { keys } from "../core/queries";
import { nextRow } from "../mail/next-row";
import { belongs, changeThread, type Roles } from "./change";
import { commit } from "./commit";
import { emptiesList, overDetail, overList, type PendingChange, PendingChanges } from "./pending";

const roles: Roles = { inbox: "I", trash: "T", spam: "S", starred: "*", drafts: "D" };
const thread = (id: string, label_ids: string[], more: Partial<Thread> = {}): Thread => ({
  id,
  connection_id: "con_1",
  subject: id,
  participants: [],
  last_at: `2026-11-22T10:00:${id.padStart(2, "0")}Z`,
  message_count: 1,
  unread_count: 1,
  starred: false,
  has_attachments: false,
  label_ids,
  ...more,
});
const list = [thread("30", ["I"]), thread("20", ["I", "L"]), thread("10", ["I"])];
const inbox = { connection: "con_1", label: "I" };
const change = (action: ActionName, on: Thread[], label?: string): PendingChange => ({
  kind: "change",
  connection: "con_1",
  roles,
  change: { action, ...(label === undefined ? {} : { label }) },
  target: { threads: on },
});
const ids = (threads: Thread[]) => threads.map(({ id }) => id);

describe("a change shows at once", () => {
  it.each<[ActionName, string | undefined, Record<string, unknown>]>([
    ["mark_read", undefined, { unread_count: 0 }],
    ["mark_unread", undefined, { unread_count: 1 }],
    ["star", undefined, { starred: true, label_ids: ["I", "L", "*"] }],
    ["archive", undefined, { label_ids: ["L"] }],
    ["add_label", "M", { label_ids: ["I", "L", "M"] }],
    ["add_label", "L", { label_ids: ["I", "L"] }],
    ["remove_label", "L", { label_ids: ["I"] }],
    ["move", "M", { label_ids: ["L", "M"] }],
    ["spam", undefined, { label_ids: ["L", "S"] }],
    ["trash", undefined, { label_ids: ["L", "T"] }],
  ])("%s %s", (action, label, expected) => {
    const changed = changeThread(
      thread("20", ["I", "L"]),
      { action, ...(label === undefined ? {} : { label }) },
      roles,
    );
    expect(changed).toMatchObject(expected);
  });

  it.each<[ActionName, string | undefined, boolean]>([
    ["archive", "I", false],
    ["archive", "L", true],
    ["archive", undefined, true],
    ["trash", "I", false],
    ["trash", "L", false],
    ["trash", undefined, false],
    ["trash", "T", true],
    ["spam", "L", false],
    ["mark_read", "I", true],
    ["delete_forever", "T", false],
    ["star", "I", true],
  ])("after %s a row in %s stays: %s", (action, label, stays) => {
    const changed = changeThread(thread("20", ["I", "L"]), { action }, roles);
    expect(belongs(changed, { label }, roles)).toBe(stays);
  });

  it("keeps what is being read in the list of the unread", () => {
    const read = changeThread(thread("20", ["I"]), { action: "mark_read" }, roles);
    expect(belongs(read, { label: "I", unread: true }, roles, "20")).toBe(true);
    expect(belongs(read, { label: "I", unread: true }, roles, "10")).toBe(false);
  });

  it("believes the server about rows nobody touched here", () => {
    expect(belongs(thread("20", []), { label: "I" }, roles)).toBe(true);
  });
});

describe("changes laid over a list", () => {
  it("take rows away, and give them back when they are refused", () => {
    const pending = new PendingChanges();
    const drop = pending.add(change("archive", [list[1] as Thread]));
    expect(ids(overList(list, pending.list(), inbox, roles))).toEqual(["30", "10"]);
    drop();
    expect(overList(list, pending.list(), inbox, roles)).toEqual(list);
  });

  it("hold against a refetch that still knows the old state", () => {
    const pending = [change("archive", [list[1] as Thread])];
    const refetched = list.map((row) => ({ ...row }));
    expect(ids(overList(refetched, pending, inbox, roles))).toEqual(["30", "10"]);
  });

  it("apply in the order they were asked for", () => {
    const [, row] = list as [Thread, Thread, Thread];
    const pending = [change("star", [row]), change("unstar", [row]), change("mark_read", [row])];
    expect(overList(list, pending, inbox, roles)[1]).toMatchObject({ starred: false, unread_count: 0 });
  });

  it("leave other mailboxes alone", () => {
    const pending = [{ ...change("archive", list), connection: "con_2" }];
    expect(overList(list, pending, inbox, roles)).toHaveLength(3);
  });

  it("take everything that matches the list, loaded or not", () => {
    const all: PendingChange = {
      kind: "change",
      connection: "con_1",
      roles,
      change: { action: "archive" },
      target: { matching: { connection: "con_1", label: "I", unread: false }, total: 4210 },
    };
    expect(overList([...list, thread("05", ["I"])], [all], inbox, roles)).toEqual([]);
    expect(overList(list, [all], { connection: "con_1", label: "L" }, roles)).toHaveLength(3);
  });

  it.each<[ActionName, string | undefined, boolean]>([
    ["archive", "I", true],
    ["archive", "L", false],
    ["trash", undefined, false],
    ["mark_read", "I", false],
    ["trash", "I", true],
  ])("know when %s of everything in I empties %s: %s", (action, label, empties) => {
    const target = { matching: { connection: "con_1", label: "I", unread: false }, total: 9 };
    const all: PendingChange = { kind: "change", connection: "con_1", roles, change: { action }, target };
    expect(emptiesList([all], { connection: "con_1", label }, roles)).toBe(empties);
  });

  it("put restored rows back where they were, also when the list came without them meanwhile", () => {
    const restore: PendingChange = {
      kind: "restore",
      connection: "con_1",
      roles,
      before: [list[1] as Thread],
      label: "I",
    };
    const without = list.filter(({ id }) => id !== "20");
    expect(ids(overList(without, [restore], inbox, roles))).toEqual(["30", "20", "10"]);
    expect(ids(overList(without, [restore], { ...inbox, label: "L" }, roles))).toEqual(["30", "10"]);
  });

  it("change an opened conversation as the server does: star and unread touch its newest message", () => {
    const message = (id: string): Message =>
      ({ id, thread_id: "20", unread: false, starred: false, label_ids: ["I"] }) as unknown as Message;
    const detail: ThreadDetail = {
      ...thread("20", ["I"]),
      messages: [message("a"), message("b")],
      shared_by: null,
    };
    const starred = overDetail(detail, [change("star", [detail])]);
    expect(starred.messages.map((one) => one.starred)).toEqual([false, true]);
    const one: PendingChange = {
      kind: "change",
      connection: "con_1",
      roles,
      change: { action: "star" },
      target: { messages: [{ id: "a", thread_id: "20" }] },
    };
    const single = overDetail(detail, [one]);
    expect(single.messages.map((m) => m.starred)).toEqual([true, false]);
    expect(single.starred).toBe(true);
  });
});

describe("a confirmed change", () => {
  it("becomes part of what is loaded, in every list", () => {
    const client = new QueryClient();
    const key = keys.threads({ connection: "con_1", label: "I" });
    const data: InfiniteData<Page<Thread>> = {
      pages: [{ items: list, next: null }],
      pageParams: [undefined],
    };
    client.setQueryData(key, data);
    commit(client, change("archive", [list[1] as Thread]));
    const now = client.getQueryData<typeof data>(key)?.pages[0]?.items ?? [];
    expect(now).toHaveLength(3);
    expect(ids(overList(now, [], inbox, roles))).toEqual(["30", "10"]);
  });
});

describe("the row after one that leaves", () => {
  it.each([
    ["the next one", "b", ["a", "c", "d"], "c"],
    ["the one before at the end", "d", ["a", "b", "c"], "c"],
    ["the next that is left", "b", ["a", "d"], "d"],
    ["none in an empty list", "a", [], undefined],
    ["none when it was never there", "x", ["a"], undefined],
  ])("is %s", (_name, gone, now, expected) => {
    expect(nextRow(["a", "b", "c", "d"], gone, new Set(now))).toBe(expected);
  });
});
