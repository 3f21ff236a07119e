import {
  type ApiClient,
  type Draft,
  isProblem,
  type Send,
  type SendAt,
  send,
  type Thread,
} from "@tenon/api-client";

/** How an answer that did not come is waited for. */
export type Asking = {
  /** It is not known what happened, and asking for it did not help either: time to tell the person. */
  onUnknown: () => void;
  /** Waits before it is asked again; false when nobody wants to know any more. */
  pause: (attempt: number) => Promise<boolean>;
};

/** Nobody wants to know any more; what became of it is shown in the outbox. */
export class StoppedAsking extends Error {}

/** As far as the outbox goes back when it is looked through for one message. */
const LOOKED_THROUGH = 50;
const WAITS_MS = [1000, 2000, 5000, 10_000, 20_000, 30_000];

/** Waits a while longer each time, less when the network comes back or `wake` is called. */
export function patience(signal: AbortSignal, onWait?: (wake: () => void) => void): Asking["pause"] {
  return (attempt) =>
    new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        window.removeEventListener("online", end);
        signal.removeEventListener("abort", end);
        resolve(!signal.aborted);
      };
      const timer = setTimeout(end, WAITS_MS[Math.min(attempt, WAITS_MS.length - 1)]);
      window.addEventListener("online", end);
      signal.addEventListener("abort", end);
      if (signal.aborted) end();
      else onWait?.(end);
    });
}

/** Neither an answer nor a look at what it was about says whether it was done. */
export class UnknownFate extends Error {}

/** The request may have been carried out: no answer, or one that does not say. */
const mayHaveHappened = (error: unknown): boolean =>
  isProblem(error) &&
  (error.status === 0 || error.status >= 500) &&
  // Said before anything is done.
  error.code !== "provider_unavailable";

/** When it goes: after the seconds in which it can be taken back, or at an hour. */
export type When = { undo_seconds: number } | { at: SendAt };
/** The draft as the person saw it. */
type Confirmed = { draft: Draft; key: string; when: When };

/**
 * Sends a draft. Where the answer is lost the outbox is asked first, and then the same is asked for again under
 * the same key, under which the server sends nothing a second time. What is thrown proves that it was not sent.
 */
export async function sendSurely(api: ApiClient, wanted: Confirmed, asking: Asking): Promise<Send> {
  const { draft, key, when } = wanted;
  const path = { id: draft.id };
  let etag = draft.etag;
  let unsure = false;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await send(
        api.POST("/api/v1/drafts/{id}/send", {
          params: { path, header: { "Idempotency-Key": key, "If-Match": etag } },
          body: when,
        }),
      );
    } catch (error) {
      const again = mayHaveHappened(error);
      // An earlier attempt of ours may be what is on its way.
      if (!again && !unsure && !isProblem(error, "draft_sending")) throw error;
      unsure ||= again;
      const found = await inOutbox(api, draft.id);
      if (found !== undefined && found !== "unknown") return found;
      if (!again && found === undefined) {
        const marked = isProblem(error, "draft_changed") ? await unchanged(api, draft) : undefined;
        if (marked === undefined || marked === etag) throw error;
        etag = marked;
        continue;
      }
      if (attempt > 0 || found === "unknown") asking.onUnknown();
      if (!(await asking.pause(attempt))) throw new StoppedAsking();
    }
  }
}

/** The message a draft has become. One that was called back or refused proves nothing about a newer attempt. */
async function inOutbox(api: ApiClient, draft: string): Promise<Send | "unknown" | undefined> {
  try {
    const { items } = await send(api.GET("/api/v1/sends", { params: { query: { limit: LOOKED_THROUGH } } }));
    return items.find(
      (one) => one.draft_id === draft && one.state !== "cancelled" && one.state !== "refused",
    );
  } catch (error) {
    if (mayHaveHappened(error)) return "unknown";
    throw error;
  }
}

const shown = ({ from, to, cc, bcc, subject, html, quoted_html, attachments }: Draft): string =>
  JSON.stringify([from, to, cc, bcc, subject, html, quoted_html, attachments.map(({ id }) => id)]);

/**
 * The etag of a draft that says what the person saw. An attempt whose answer was lost may have put the server's
 * mark into what another program wrote, which nobody sees.
 */
async function unchanged(api: ApiClient, draft: Draft): Promise<string | undefined> {
  const now = await send(api.GET("/api/v1/drafts/{id}", { params: { path: { id: draft.id } } })).catch(
    () => undefined,
  );
  return now !== undefined && shown(now) === shown(draft) ? now.etag : undefined;
}

/** As often as it is asked what became of a message that is called back. */
const MOST_ATTEMPTS = 8;

/**
 * Calls a message back, and answers what has become of it: where the answer is lost, or says that it was too
 * late, the message itself is looked at, for an earlier attempt may have called it back.
 */
export async function callBack(api: ApiClient, id: string, asking: Asking): Promise<Send> {
  const params = { params: { path: { id } } };
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await send(api.POST("/api/v1/sends/{id}/cancel", params));
    } catch (error) {
      if (!mayHaveHappened(error) && !isProblem(error, "too_late")) throw error;
    }
    try {
      const now = await send(api.GET("/api/v1/sends/{id}", params));
      if (now.state !== "scheduled") return now;
    } catch (error) {
      if (!mayHaveHappened(error)) throw error;
      asking.onUnknown();
    }
    if (attempt + 1 >= MOST_ATTEMPTS || !(await asking.pause(attempt))) throw new StoppedAsking();
  }
}

/** As often as a draft is discarded while nobody says whether it is gone. */
const MOST_DISCARDS = 3;

/**
 * Discards a draft. Where the answer is lost the draft is looked at before anything is said: one that is gone was
 * discarded, one that is there is discarded again. What is thrown proves that it is there still, or says that
 * nobody knows.
 */
export async function discardSurely(api: ApiClient, id: string, pause: Asking["pause"]): Promise<void> {
  const params = { params: { path: { id } } };
  for (let attempt = 0; ; attempt += 1) {
    let refused: unknown;
    try {
      await send(api.DELETE("/api/v1/drafts/{id}", params));
      return;
    } catch (error) {
      if (isProblem(error, "draft_gone")) return;
      if (!mayHaveHappened(error)) throw error;
      refused = error;
    }
    try {
      await send(api.GET("/api/v1/drafts/{id}", params));
    } catch (error) {
      if (isProblem(error, "draft_gone")) return;
      refused = new UnknownFate();
    }
    if (attempt + 1 >= MOST_DISCARDS || !(await pause(attempt))) throw refused;
  }
}

/** What became of the drafts of some conversations. */
export type Discarded = { discarded: number; kept: number };

/** As many conversations as the server takes at once. */
const AT_ONCE = 100;
/** Looks at this many conversations at the same time. */
const LOOKS = 6;

/**
 * Discards the drafts of conversations, `drafts` is the label they bear. Where the answer is lost the
 * conversations are looked at before anything is said: what holds no draft any more was discarded, what is as it
 * was is discarded again, and what has changed meanwhile is let be. What is thrown proves that nothing was
 * discarded, or says that nobody knows.
 */
export async function discardAllSurely(
  api: ApiClient,
  threads: ReadonlyArray<Thread>,
  drafts: string,
  pause: Asking["pause"],
): Promise<Discarded> {
  const sum: Discarded = { discarded: 0, kept: 0 };
  for (let at = 0; at < threads.length; at += AT_ONCE) {
    try {
      const some = await discardSome(api, threads.slice(at, at + AT_ONCE), drafts, pause);
      sum.discarded += some.discarded;
      sum.kept += some.kept;
    } catch (error) {
      if (sum.discarded === 0 || error instanceof UnknownFate) throw error;
      return { discarded: sum.discarded, kept: sum.kept + threads.length - at };
    }
  }
  return sum;
}

async function discardSome(
  api: ApiClient,
  threads: ReadonlyArray<Thread>,
  drafts: string,
  pause: Asking["pause"],
): Promise<Discarded> {
  let left = threads;
  const sum: Discarded = { discarded: 0, kept: 0 };
  for (let attempt = 0; ; attempt += 1) {
    let refused: unknown;
    try {
      const body = { threads: left.map(({ id }) => id) };
      const answer = await send(api.POST("/api/v1/drafts/discard", { body }));
      return { discarded: sum.discarded + answer.discarded, kept: sum.kept + answer.kept };
    } catch (error) {
      if (!mayHaveHappened(error)) throw error;
      refused = error;
    }
    try {
      const fates = await each(left, (thread) => fateOf(api, thread, drafts));
      sum.discarded += fates.filter((fate) => fate === "discarded").length;
      sum.kept += fates.filter((fate) => fate === "changed").length;
      left = left.filter((_, at) => fates[at] === "as it was");
    } catch {
      refused = new UnknownFate();
    }
    if (left.length === 0) return sum;
    if (attempt + 1 < MOST_DISCARDS && (await pause(attempt))) continue;
    if (sum.discarded === 0 || refused instanceof UnknownFate) throw refused;
    return { ...sum, kept: sum.kept + left.length };
  }
}

async function fateOf(
  api: ApiClient,
  { id, message_count, last_at }: Thread,
  drafts: string,
): Promise<"discarded" | "changed" | "as it was"> {
  try {
    const now = await send(api.GET("/api/v1/threads/{id}", { params: { path: { id } } }));
    if (!now.label_ids.includes(drafts)) return "discarded";
    return now.message_count === message_count && now.last_at === last_at ? "as it was" : "changed";
  } catch (error) {
    if (isProblem(error, "not_found")) return "discarded";
    throw error;
  }
}

/** Does the same with each, a few at a time; the answers come in order. */
async function each<In, Out>(all: ReadonlyArray<In>, run: (one: In) => Promise<Out>): Promise<Out[]> {
  const answers: Out[] = [];
  for (let at = 0; at < all.length; at += LOOKS)
    answers.push(...(await Promise.all(all.slice(at, at + LOOKS).map(run))));
  return answers;
}
