import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keys } from "../core/queries";
import { backoff, type LiveEvent, type LiveState, listen } from "./events";
import { createApplier, staleKeys } from "./live";

class FakeSource {
  static all: FakeSource[] = [];
  onopen: ((event: Event) => unknown) | null = null;
  onerror: ((event: Event) => unknown) | null = null;
  readyState = 0;
  closed = false;
  readonly #listeners = new Map<string, (event: Event) => void>();

  constructor(readonly url: string) {
    FakeSource.all.push(this);
  }
  addEventListener(name: string, listener: unknown): void {
    this.#listeners.set(name, listener as (event: Event) => void);
  }
  close(): void {
    this.closed = true;
    this.readyState = 2;
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.(new Event("open"));
  }
  fail(readyState: number): void {
    this.readyState = readyState;
    this.onerror?.(new Event("error"));
  }
  send(name: string, data: string): void {
    this.#listeners.get(name)?.(new MessageEvent(name, { data }));
  }
}

const last = () => {
  const source = FakeSource.all.at(-1);
  if (source === undefined) throw new Error("nothing was opened");
  return source;
};

describe("live events", () => {
  let events: LiveEvent[];
  let states: LiveState[];
  let resumed: number;
  let refused: number;
  let stop: () => void;

  beforeEach(() => {
    vi.useFakeTimers();
    FakeSource.all = [];
    events = [];
    states = [];
    resumed = 0;
    refused = 0;
    stop = listen({
      url: "/api/v1/events",
      onEvent: (event) => events.push(event),
      onState: (state) => states.push(state),
      onResume: () => {
        resumed += 1;
      },
      onRefused: () => {
        refused += 1;
      },
      open: (url) => new FakeSource(url) as unknown as EventSource,
      random: () => 1,
    });
  });
  afterEach(() => {
    stop();
    vi.useRealTimers();
  });

  it("a session that ended is told at once, before the stream is closed", () => {
    last().open();
    last().send("session_ended", "{}");
    expect(refused).toBe(1);
    expect(events).toEqual([]);
  });

  it("hands over known events and drops what is no JSON", () => {
    last().open();
    last().send("threads_changed", '{"id":"con_1","at":"2026-11-22T10:00:00Z"}');
    last().send("threads_changed", "not json");
    last().send("threads_changed", '{"at":"x"}');
    expect(events).toEqual([{ name: "threads_changed", id: "con_1" }]);
    expect(states).toEqual(["connecting", "open"]);
  });

  it("leaves reconnecting to the browser while that tries, and then says that things may have changed", () => {
    last().open();
    last().fail(0);
    expect(states.at(-1)).toBe("reconnecting");
    vi.advanceTimersByTime(5000);
    expect(FakeSource.all).toHaveLength(1);
    last().open();
    expect(resumed).toBe(1);
  });

  it("comes back by itself when the server refused, waiting longer each time", () => {
    last().fail(2);
    expect(FakeSource.all).toHaveLength(1);
    vi.advanceTimersByTime(999);
    expect(FakeSource.all).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(FakeSource.all).toHaveLength(2);
    last().fail(2);
    vi.advanceTimersByTime(1999);
    expect(FakeSource.all).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(FakeSource.all).toHaveLength(3);
    last().open();
    last().fail(2);
    vi.advanceTimersByTime(1000);
    expect(FakeSource.all).toHaveLength(4);
  });

  it("gives up a line that is silent for a minute; pings keep it", () => {
    last().open();
    vi.advanceTimersByTime(50_000);
    last().send("ping", "{}");
    vi.advanceTimersByTime(50_000);
    expect(FakeSource.all).toHaveLength(1);
    vi.advanceTimersByTime(12_000);
    expect(FakeSource.all[0]?.closed).toBe(true);
    expect(FakeSource.all).toHaveLength(2);
  });

  it("opens nothing any more once stopped", () => {
    last().fail(2);
    stop();
    vi.advanceTimersByTime(120_000);
    expect(FakeSource.all).toHaveLength(1);
    expect(last().closed).toBe(true);
  });

  it("tells when it was refused, not when it is only interrupted", () => {
    last().open();
    last().fail(0);
    expect(refused).toBe(0);
    last().fail(2);
    expect(refused).toBe(1);
  });

  it("never waits longer than half a minute, and never less than half its step", () => {
    expect(backoff(0, () => 0)).toBe(500);
    expect(backoff(20, () => 1)).toBe(30_000);
  });
});

describe("what an event makes stale", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("covers the screens that show it", () => {
    expect(staleKeys({ name: "mailbox_changed", id: "con_1" })).toContainEqual(keys.health("con_1"));
    expect(staleKeys({ name: "receipt_added", id: "rcp_1" })).toContainEqual(keys.receipts);
    expect(staleKeys({ name: "threads_changed", id: "con_1" })).toContainEqual(keys.labels("con_1"));
    expect(staleKeys({ name: "record_setup_changed", id: "wsp_1" })).toContainEqual(keys.templates);
  });

  it("gathers a burst into one refresh", () => {
    const client = new QueryClient();
    const invalidate = vi.spyOn(client, "invalidateQueries").mockResolvedValue();
    const refresh = vi.fn();
    const applier = createApplier(client, refresh);
    for (let at = 0; at < 50; at += 1) applier.take({ name: "threads_changed", id: "con_1" });
    expect(invalidate).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1000);
    expect(refresh).toHaveBeenCalledTimes(1);
    expect(refresh).toHaveBeenCalledWith("con_1");
    expect(invalidate).toHaveBeenCalledTimes(staleKeys({ name: "threads_changed", id: "con_1" }).length);
  });
});
