import { ApiProblem, type Draft } from "@tenon/api-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type DraftCalls, type DraftContent, DraftSession } from "./draft-session";

const content = (html: string): DraftContent => ({
  from: null,
  to: [],
  cc: [],
  bcc: [],
  subject: "",
  html,
  quoted_html: null,
  attachments: [],
});
const problem = (status: number, code: string) => new ApiProblem({ status, code });

function setup(draft?: Draft, mend?: () => Promise<DraftContent | undefined>) {
  let version = 0;
  const made = (given: DraftContent): Draft => {
    version += 1;
    return {
      from: { name: "", address: given.from ?? "camille@ateliernord.example" },
      to: given.to ?? [],
      cc: given.cc ?? [],
      bcc: given.bcc ?? [],
      subject: given.subject ?? "",
      html: given.html ?? "",
      quoted_html: given.quoted_html ?? null,
      id: "drf_1",
      connection_id: "con_1",
      kind: "new",
      message_id: null,
      thread_id: null,
      attachments: [],
      saved_at: `2026-11-22T10:00:0${version}Z`,
      etag: `"${version}"`,
      send_id: null,
      mail_merge_id: null,
    };
  };
  const create = vi.fn<DraftCalls["create"]>(async (given) => made(given));
  const update = vi.fn<DraftCalls["update"]>(async (_id, given) => made(given));
  let key = 0;
  const session = new DraftSession({
    calls: { create, update },
    draft,
    ...(mend === undefined ? {} : { mend }),
    newKey: () => {
      key += 1;
      return `key ${key}`;
    },
  });
  return { session, create, update };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("saving while one writes", () => {
  it("saves a quiet moment after the last change, once", async () => {
    const { session, create, update } = setup();
    for (const text of ["a", "ab", "abc"]) {
      session.change(content(text));
      await vi.advanceTimersByTimeAsync(300);
    }
    expect(create).not.toHaveBeenCalled();
    expect(session.status().state).toBe("unsaved");
    await vi.advanceTimersByTimeAsync(1500);
    expect(create).toHaveBeenCalledTimes(1);
    expect(create.mock.calls[0]?.[0].html).toBe("abc");
    expect(session.status().state).toBe("saved");
    session.change(content("abcd"));
    await vi.advanceTimersByTimeAsync(1500);
    expect(update).toHaveBeenCalledExactlyOnceWith("drf_1", content("abcd"), '"1"');
  });

  it("does not take its own change for somebody else's when the answer was lost", async () => {
    const { session, update } = setup();
    session.change(content("a"));
    await vi.advanceTimersByTimeAsync(1500);
    update.mockRejectedValueOnce(problem(0, "offline"));
    session.change(content("ab"));
    await vi.advanceTimersByTimeAsync(8000);
    session.change(content("abc"));
    await vi.advanceTimersByTimeAsync(1500);
    expect(update.mock.calls.map(([, given, etag]) => [given.html, etag])).toEqual([
      ["ab", '"1"'],
      ["ab", undefined],
      ["abc", '"2"'],
    ]);
    expect(session.status().state).toBe("saved");
  });

  it("keeps the key of a creation that may have been made, also when it is refused later", async () => {
    const { session, create } = setup();
    create.mockRejectedValueOnce(problem(0, "offline")).mockRejectedValueOnce(problem(429, "quota"));
    session.change(content("a"));
    await vi.advanceTimersByTimeAsync(120_000);
    expect(new Set(create.mock.calls.map(([, key]) => key))).toEqual(new Set(["key 1"]));
    expect(create.mock.calls.length).toBeGreaterThan(2);
    expect(session.status().state).toBe("saved");
  });

  it("makes one draft only, however fast one writes while it is made", async () => {
    const { session, create, update } = setup();
    let answer: (draft: Draft) => void = () => undefined;
    create.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
    session.change(content("a"));
    await vi.advanceTimersByTimeAsync(1500);
    session.change(content("ab"));
    await vi.advanceTimersByTimeAsync(5000);
    expect(create).toHaveBeenCalledTimes(1);
    expect(update).not.toHaveBeenCalled();
    answer({ id: "drf_1", etag: '"x"', saved_at: "", attachments: [] } as unknown as Draft);
    await vi.advanceTimersByTimeAsync(1500);
    expect(update.mock.calls.map(([, given]) => given.html)).toEqual(["ab"]);
  });

  it.each([
    ["no answer", problem(0, "offline")],
    ["the server does not know", problem(503, "outcome_unknown")],
    ["the gateway gave up", problem(504, "http_504")],
  ])(
    "repeats a creation word for word under its key when %s, and only then says what is new",
    async (_name, error) => {
      const { session, create, update } = setup();
      create.mockRejectedValueOnce(error);
      session.change(content("a"));
      await vi.advanceTimersByTimeAsync(1500);
      expect(session.status().state).toBe("failed");
      session.change(content("ab"));
      await vi.advanceTimersByTimeAsync(6000);
      expect(create.mock.calls.map(([given, key]) => [given.html, key])).toEqual([
        ["a", "key 1"],
        ["a", "key 1"],
      ]);
      expect(update.mock.calls.map(([, given]) => given.html)).toEqual(["ab"]);
      expect(session.status().state).toBe("saved");
    },
  );

  it("asks under a new key after a refusal, when something was changed", async () => {
    const { session, create } = setup();
    create.mockRejectedValueOnce(problem(422, "validation"));
    session.change(content("bad"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(create).toHaveBeenCalledTimes(1);
    session.change(content("good"));
    await vi.advanceTimersByTimeAsync(1500);
    expect(create.mock.calls.map(([given, key]) => [given.html, key])).toEqual([
      ["bad", "key 1"],
      ["good", "key 2"],
    ]);
  });

  it("never overwrites unseen what was changed elsewhere", async () => {
    const { session, update } = setup();
    session.change(content("a"));
    await vi.advanceTimersByTimeAsync(1500);
    update.mockRejectedValueOnce(problem(412, "draft_changed"));
    session.change(content("ab"));
    await vi.advanceTimersByTimeAsync(1500);
    session.change(content("abc"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(session.status().state).toBe("conflict");
    expect(update).toHaveBeenCalledTimes(1);
    session.overwrite();
    await vi.advanceTimersByTimeAsync(0);
    expect(update.mock.calls[1]?.slice(1)).toEqual([content("abc"), undefined]);
    expect(session.status().state).toBe("saved");
  });

  it("says when it was deleted elsewhere, and makes a new one only when asked", async () => {
    const { session, create, update } = setup();
    session.change(content("a"));
    await vi.advanceTimersByTimeAsync(1500);
    update.mockRejectedValueOnce(problem(410, "draft_gone"));
    session.change(content("ab"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(session.status().state).toBe("gone");
    expect(create).toHaveBeenCalledTimes(1);
    session.saveAsNew();
    await vi.advanceTimersByTimeAsync(0);
    expect(create.mock.calls[1]).toEqual([content("ab"), "key 2"]);
  });
});

describe("files that are gone at the server", () => {
  const gone = problem(410, "attachment_gone");

  it("are mended once, and it is saved again without a word", async () => {
    const mend = vi.fn(async () => content("a, mended"));
    const { session, create } = setup(undefined, mend);
    create.mockRejectedValueOnce(gone);
    const states: string[] = [];
    session.subscribe(() => states.push(session.status().state));
    expect((await session.flush(content("a"))).html).toBe("a, mended");
    expect(create.mock.calls.map(([given, key]) => [given.html, key])).toEqual([
      ["a", "key 1"],
      ["a, mended", "key 1"],
    ]);
    expect(states).not.toContain("failed");
    expect(session.hasUnsaved()).toBe(false);
  });

  it("are told when they are gone again, or cannot be mended", async () => {
    const mend = vi.fn(async () => content("a, mended"));
    const { session, update } = setup(undefined, mend);
    await session.flush(content(""));
    update.mockRejectedValueOnce(gone).mockRejectedValueOnce(gone);
    await expect(session.flush(content("a"))).rejects.toMatchObject({ code: "attachment_gone" });
    expect(mend).toHaveBeenCalledTimes(1);
    const other = setup(undefined, async () => undefined);
    other.create.mockRejectedValueOnce(gone);
    await expect(other.session.flush(content("a"))).rejects.toMatchObject({ code: "attachment_gone" });
    expect(other.create).toHaveBeenCalledTimes(1);
  });

  it("are mended again after they could not be uploaded", async () => {
    const mend = vi.fn(async () => content("a, mended"));
    mend.mockRejectedValueOnce(problem(503, "uploads_full"));
    const { session, create } = setup(undefined, mend);
    create.mockRejectedValueOnce(gone).mockRejectedValueOnce(gone);
    session.change(content("a"));
    await vi.advanceTimersByTimeAsync(1500);
    expect(session.status()).toMatchObject({ state: "failed", error: { code: "uploads_full" } });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(session.status().state).toBe("saved");
  });
});

describe("before sending", () => {
  it("saves nothing again that is saved already, except over what was changed elsewhere", async () => {
    const { session, update } = setup();
    await session.flush(content("a"));
    expect((await session.flush(content("a"))).etag).toBe('"1"');
    expect(update).not.toHaveBeenCalled();
    session.elsewhere(problem(412, "draft_changed"));
    expect(session.status().state).toBe("conflict");
    session.overwrite(content("a"));
    await session.flush();
    expect(update.mock.calls).toEqual([["drf_1", content("a"), undefined]]);
  });

  it("saves again what may have been saved, also when it was changed back", async () => {
    const { session, update } = setup();
    await session.flush(content("a"));
    update.mockRejectedValueOnce(problem(0, "offline"));
    session.change(content("ab"));
    await vi.advanceTimersByTimeAsync(1500);
    await session.flush(content("a"));
    expect(update.mock.calls.map(([, given]) => given.html)).toEqual(["ab", "a"]);
  });

  it("waits for what is on its way, then saves what is new", async () => {
    const { session, update } = setup();
    session.change(content("a"));
    const saved = session.flush(content("ab"));
    await vi.advanceTimersByTimeAsync(0);
    expect((await saved).html).toBe("ab");
    expect(update).not.toHaveBeenCalled();
    expect(session.hasUnsaved()).toBe(false);
  });

  it("throws what hinders it, so that nothing old is sent", async () => {
    const { session, update } = setup();
    await session.flush(content("a"));
    update.mockRejectedValueOnce(problem(503, "provider_unavailable"));
    await expect(session.flush(content("ab"))).rejects.toMatchObject({ code: "provider_unavailable" });
    expect(session.hasUnsaved()).toBe(true);
  });

  it("saves nothing more by itself once stopped", async () => {
    const { session, create } = setup();
    session.change(content("a"));
    session.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(create).not.toHaveBeenCalled();
  });
});
