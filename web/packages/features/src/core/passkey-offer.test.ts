import type { ApiClient } from "@tenon/api-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { offerPasskeys } from "./passkey-offer";

const LIFE = 300_000;
let challenges: string[];
let answer: (credential: unknown) => void;

function setup() {
  challenges = [];
  const paths: string[] = [];
  const post = vi.fn(async (path: string, _given?: unknown) => {
    paths.push(path);
    const data =
      path === "/api/v1/sign-in/passkey"
        ? { challenge: `challenge ${paths.length}`, timeout: LIFE }
        : { member: { id: "mem_1" } };
    return { data, response: new Response(null, { status: 200 }) };
  });
  return { api: { POST: post } as unknown as ApiClient, post };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("PublicKeyCredential", { parseRequestOptionsFromJSON: (options: object) => options });
  vi.stubGlobal("navigator", {
    ...navigator,
    credentials: {
      get: ({ publicKey, signal }: { publicKey: { challenge: string }; signal: AbortSignal }) =>
        new Promise((resolve, reject) => {
          challenges.push(publicKey.challenge);
          answer = resolve;
          signal.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
        }),
    },
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("passkeys that are offered", () => {
  it("are offered anew before the challenge expires, and the fresh one is answered", async () => {
    const { api, post } = setup();
    const signedIn = offerPasskeys(api, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(LIFE - 46_000);
    expect(challenges).toEqual(["challenge 1"]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(challenges).toEqual(["challenge 1", "challenge 2"]);
    await vi.advanceTimersByTimeAsync(LIFE);
    expect(challenges).toHaveLength(3);
    answer({ toJSON: () => ({ rawId: "a", response: {} }) });
    expect(await signedIn).toMatchObject({ member: { id: "mem_1" } });
    const calls = post.mock.calls.length;
    await vi.advanceTimersByTimeAsync(2 * LIFE);
    expect(post.mock.calls).toHaveLength(calls);
  });

  it("are asked for again when the server was away for a moment", async () => {
    const { api, post } = setup();
    post.mockRejectedValueOnce(new TypeError("no network"));
    void offerPasskeys(api, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(1000);
    expect(challenges).toEqual([]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(challenges).toHaveLength(1);
  });

  it("are not offered any more once another way is taken", async () => {
    const { api } = setup();
    const stop = new AbortController();
    const offered = expect(offerPasskeys(api, stop.signal)).rejects.toThrow();
    await vi.advanceTimersByTimeAsync(1000);
    stop.abort();
    await offered;
    await vi.advanceTimersByTimeAsync(2 * LIFE);
    expect(challenges).toHaveLength(1);
  });
});
