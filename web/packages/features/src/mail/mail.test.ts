import type { Label, Message, Page, Thread } from "@tenon/api-client";
import { describe, expect, it } from "vitest";
import { chipColors } from "./label-chip";
import { groupLabels } from "./label-order";
import { openAtFirst } from "./messages";
import { participantsText, shortName } from "./people";
import { mergeHead } from "./refresh";

const thread = (at: number, subject = `thread ${at}`): Thread => ({
  id: `thr_${at}`,
  connection_id: "con_1",
  subject,
  participants: [],
  last_at: new Date(1_700_000_000_000 - at * 60_000).toISOString(),
  message_count: 1,
  unread_count: 0,
  starred: false,
  has_attachments: false,
  label_ids: [],
});
const page = (from: number, to: number): Page<Thread> => ({
  items: Array.from({ length: to - from }, (_, at) => thread(from + at)),
  next: `after ${to - 1}`,
});
const list = { pages: [page(0, 10), page(10, 20), page(20, 30)], pageParams: [undefined, "a", "b"] };
const ids = (data: { pages: Page<Thread>[] }) => data.pages.flatMap(({ items }) => items.map(({ id }) => id));

describe("a fresh head on a long list", () => {
  it("puts new threads on top and keeps the rest in order", () => {
    const fresh = { items: [thread(-1), ...page(0, 9).items], next: "x" };
    const merged = mergeHead(list, fresh);
    expect(ids(merged)).toEqual(["thr_-1", ...ids(list)]);
    expect(merged.pages.at(-1)?.next).toBe("after 29");
  });

  it("drops threads of the head that are gone, and takes changed ones as they are now", () => {
    const fresh = { items: [thread(0, "changed"), ...page(2, 11).items], next: "x" };
    const merged = mergeHead(list, fresh);
    expect(ids(merged)).not.toContain("thr_1");
    expect(merged.pages[0]?.items[0]?.subject).toBe("changed");
    expect(ids(merged)).toHaveLength(29);
  });

  it("moves a thread that got a reply to the top only once", () => {
    const replied = { ...thread(25), last_at: thread(-5).last_at };
    const merged = mergeHead(list, { items: [replied, ...page(0, 9).items], next: "x" });
    expect(ids(merged).filter((id) => id === "thr_25")).toEqual(["thr_25"]);
    expect(ids(merged)[0]).toBe("thr_25");
  });

  it("begins anew when it cannot tell that nothing lies between", () => {
    const fresh = { items: [thread(-30), thread(-29)], next: "x" };
    expect(ids(mergeHead(list, fresh))).toEqual(["thr_-30", "thr_-29"]);
  });

  it("takes a list that became short as it is", () => {
    expect(ids(mergeHead(list, { items: [thread(3)], next: null }))).toEqual(["thr_3"]);
    expect(ids(mergeHead(list, { items: [], next: null }))).toEqual([]);
  });
});

describe("people", () => {
  const person = (name: string, address: string, me = false) => ({ name, address, me });
  it("are named in full when alone, by first names together, me last", () => {
    const ana = person("Ana Ferreira", "ana@x.example");
    const me = person("Camille Martin", "c@x.example", true);
    expect(participantsText({ participants: [ana] }, "me", "nobody")).toBe("Ana Ferreira");
    expect(participantsText({ participants: [me, ana] }, "me", "nobody")).toBe("Ana Ferreira, me");
    expect(participantsText({ participants: [me] }, "me", "nobody")).toBe("me");
    expect(participantsText({ participants: [] }, "me", "nobody")).toBe("nobody");
    const many = [ana, person("Bo B", "b@x"), person("Cy C", "c@x"), person("Di D", "d@x")];
    expect(participantsText({ participants: many }, "me", "nobody")).toBe("Ana, Bo, Cy +1");
  });
  it("cannot turn the reading direction or break the line", () => {
    expect(shortName(person("evil\u202egpj.exe\r\n", "x@y"))).toBe("evil gpj.exe");
    expect(shortName(person("", "no-reply@shop.example"))).toBe("no-reply");
  });
});

describe("labels", () => {
  const label = (name: string, role: Label["role"] = null): Label => ({
    id: `lbl_${name}`,
    provider_id: name,
    name,
    type: role === null ? "user" : "system",
    role,
    color: null,
    threads: 1,
    unread: 0,
  });
  it("come in the known order, own ones as a tree of those that exist", () => {
    const groups = groupLabels([
      label("Clients/Acme/2026"),
      label("SPAM", "spam"),
      label("Clients"),
      label("SENT", "sent"),
      label("INBOX", "inbox"),
      label("Lone/Child"),
    ]);
    expect(groups.main.map(({ name }) => name)).toEqual(["INBOX", "SENT"]);
    expect(groups.after.map(({ name }) => name)).toEqual(["SPAM"]);
    expect(groups.own.map(({ leaf, depth }) => [leaf, depth])).toEqual([
      ["Clients", 0],
      ["Acme/2026", 1],
      ["Lone/Child", 0],
    ]);
  });
  it("are readable on every ground, and take no colour that is none", () => {
    expect(chipColors({ background: "#16a766", text: "#ffffff" })?.color).toBe("#111111");
    expect(chipColors({ background: "#1c4587", text: "#000000" })?.color).toBe("#ffffff");
    expect(chipColors({ background: "red;background:url(//x)", text: "" })).toBeUndefined();
  });
});

describe("an opened thread", () => {
  const message = (id: string, unread: boolean) => ({ id, unread }) as Message;
  it("opens the newest and the unread, but not a hundred", () => {
    expect(openAtFirst([message("a", false), message("b", true), message("c", false)])).toEqual(
      new Set(["b", "c"]),
    );
    expect(openAtFirst([])).toEqual(new Set());
    expect(openAtFirst(Array.from({ length: 100 }, (_, at) => message(`m${at}`, true))).size).toBe(5);
  });
});
