/** Live changes by server-sent events: stays open, comes back by itself, and says how it is. */

export const EVENT_NAMES = [
  "connection_changed",
  "mailbox_changed",
  "threads_changed",
  "thread_changed",
  "receipt_added",
  "labels_changed",
  "mail_action_changed",
  "drafts_changed",
  "send_changed",
  "sessions_changed",
  "members_changed",
  "record_changed",
  "record_setup_changed",
  "import_changed",
  "mail_merge_changed",
] as const;
export type EventName = (typeof EVENT_NAMES)[number];
export type LiveEvent = { name: EventName; id: string };
export type LiveState = "connecting" | "open" | "reconnecting";

type Source = Pick<EventSource, "addEventListener" | "close" | "readyState" | "onopen" | "onerror">;

export type LiveOptions = {
  url: string;
  onEvent: (event: LiveEvent) => void;
  onState: (state: LiveState) => void;
  /** The stream was away: anything may have changed. */
  onResume: () => void;
  /** The server closed the line for good: perhaps the session ended. */
  onRefused?: () => void;
  open?: (url: string) => Source;
  random?: () => number;
};

const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 30_000;
/** The server pings every 25 s; two missed pings mean that the line is dead without saying so. */
const SILENCE_MS = 60_000;
const CLOSED = 2;

/** Delay before attempt `n` (0 first): doubled each time up to half a minute, with jitter against a stampede. */
export function backoff(attempt: number, random: () => number): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
  return Math.round(ceiling * (0.5 + random() / 2));
}

/** Opens the stream; the answer closes it for good. */
export function listen(options: LiveOptions): () => void {
  const open = options.open ?? ((url) => new EventSource(url));
  const random = options.random ?? Math.random;
  let source: Source | undefined;
  let attempt = 0;
  let wasOpen = false;
  let stopped = false;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;

  function heard(): void {
    clearTimeout(silence);
    silence = setTimeout(again, SILENCE_MS);
  }

  /** Drops the stream and opens a new one after a while. */
  function again(): void {
    if (stopped) return;
    source?.close();
    source = undefined;
    clearTimeout(silence);
    clearTimeout(retry);
    options.onState("reconnecting");
    retry = setTimeout(start, backoff(attempt, random));
    attempt += 1;
  }

  function start(): void {
    const current = open(options.url);
    source = current;
    current.onopen = () => {
      attempt = 0;
      heard();
      options.onState("open");
      if (wasOpen) options.onResume();
      wasOpen = true;
    };
    current.onerror = () => {
      // While it is not closed the browser reconnects by itself, with Last-Event-ID.
      if (current.readyState === CLOSED) {
        options.onRefused?.();
        again();
      } else options.onState("reconnecting");
    };
    current.addEventListener("ping", heard);
    // Said before the server ends the stream: no need to wait for the browser to come back.
    current.addEventListener("session_ended", () => options.onRefused?.());
    for (const name of EVENT_NAMES) {
      current.addEventListener(name, (event: Event) => {
        heard();
        const id = idOf((event as MessageEvent<string>).data);
        if (id !== undefined) options.onEvent({ name, id });
      });
    }
    heard();
  }

  function online(): void {
    if (source === undefined) {
      clearTimeout(retry);
      attempt = 0;
      start();
    }
  }

  options.onState("connecting");
  start();
  globalThis.addEventListener?.("online", online);
  return () => {
    stopped = true;
    globalThis.removeEventListener?.("online", online);
    clearTimeout(retry);
    clearTimeout(silence);
    source?.close();
  };
}

function idOf(data: string): string | undefined {
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value === "object" && value !== null && "id" in value && typeof value.id === "string")
      return value.id;
  } catch {
    // A line that is no JSON is not for us; the next refetch brings the truth.
  }
  return undefined;
}
