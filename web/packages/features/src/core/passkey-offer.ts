/** Passkeys that the browser offers where the e-mail is typed, for as long as that page is open. */
import { type ApiClient, isProblem, send } from "@tenon/api-client";
import { answer } from "./passkey";

/** So long before its challenge expires an offer is made anew: whoever takes it then needs a moment. */
const EARLY_MS = 45_000;
const PAUSE_MS = 30_000;

const renewAfter = (timeout: number) => Math.max(timeout / 2, timeout - EARLY_MS);

/** Offers passkeys until one is taken, and signs in by it; a challenge that would expire is replaced by a fresh one. */
export async function offerPasskeys(api: ApiClient, signal: AbortSignal) {
  for (;;) {
    const options = await challenge(api, signal);
    const round = new AbortController();
    const end = () => round.abort();
    const timer = setTimeout(end, renewAfter(options.timeout));
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    try {
      const body = await answer(options, { mediation: "conditional", signal: round.signal });
      return await send(api.POST("/api/v1/session/passkey", { body }));
    } catch (error) {
      if (signal.aborted || !round.signal.aborted) throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
    }
    await seen(signal);
  }
}

/** A server that is away for a moment is asked again. */
async function challenge(api: ApiClient, signal: AbortSignal) {
  for (;;) {
    try {
      return await send(api.POST("/api/v1/sign-in/passkey"));
    } catch (error) {
      const passes = isProblem(error) && (error.status === 0 || error.status === 429 || error.status >= 500);
      if (!passes || signal.aborted) throw error;
      await pause(Math.max(PAUSE_MS, 1000 * (error.retryAfter ?? 0)), signal);
    }
  }
}

/** Nobody takes an offer in a tab that is not looked at. */
function seen(signal: AbortSignal): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const look = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener("visibilitychange", look);
      signal.removeEventListener("abort", look);
      if (signal.aborted) reject(signal.reason);
      else resolve();
    };
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", look);
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop);
  });
}
