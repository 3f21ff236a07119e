import { ApiProblem, type Draft, type DraftInput, isProblem } from "@tenon/api-client";

/** What is saved of a draft: everything but what it belongs to. */
export type DraftContent = Pick<
  DraftInput,
  "from" | "to" | "cc" | "bcc" | "subject" | "html" | "quoted_html" | "attachments"
>;

export type SaveState =
  /** Nothing was written yet. */
  | "new"
  | "unsaved"
  | "saving"
  | "saved"
  /** It is tried again by itself. */
  | "failed"
  /** Changed elsewhere meanwhile: the person decides. */
  | "conflict"
  /** Deleted elsewhere meanwhile. */
  | "gone";

export type DraftStatus = { state: SaveState; savedAt: string | undefined; error: ApiProblem | undefined };

export type DraftCalls = {
  /** With the key under which the server knows a repeated attempt. */
  create: (content: DraftContent, key: string) => Promise<Draft>;
  update: (id: string, content: DraftContent, etag: string | undefined) => Promise<Draft>;
};

/** What another session needs to go on without making a second draft or taking its own save for somebody else's. */
export type HandedOver = {
  draft: Draft | undefined;
  creating: { content: DraftContent; key: string } | undefined;
  unsure: boolean;
};

type Options = {
  calls: DraftCalls;
  draft?: Draft | undefined;
  /** What that draft holds: the same again is nothing to save. */
  saved?: DraftContent | undefined;
  /** How far another session had come with the same text. */
  handed?: HandedOver | undefined;
  newKey: () => string;
  /** The server's names for what was sent, in the order of the content's attachments. */
  onSaved?: (draft: Draft, content: DraftContent) => void;
  /** Files are gone at the server: what to save now, with files that are there; nothing if that cannot be had. */
  mend?: () => Promise<DraftContent | undefined>;
  quietMs?: number;
};

const QUIET_MS = 1200;
const RETRY_MS = [4000, 15_000, 60_000];

/**
 * Saves a draft while it is written: one call at a time, a moment after the last change. A creation whose
 * answer was lost is repeated word for word under its key before anything newer is sent, so that no second
 * draft appears.
 */
export class DraftSession {
  #draft: Draft | undefined;
  #content: DraftContent | undefined;
  #savedContent: DraftContent | undefined;
  #creating: { content: DraftContent; key: string } | undefined;
  #running: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  /** The last attempt may have been done, but nobody knows. */
  #unsure = false;
  /** Files were mended since the last save: once, then the person is told. */
  #mended = false;
  #stopped = false;
  #status: DraftStatus;
  readonly #options: Options;
  readonly #listeners = new Set<() => void>();

  constructor(options: Options) {
    this.#options = options;
    this.#draft = options.draft;
    this.#creating = options.handed?.creating;
    this.#unsure = options.handed?.unsure ?? false;
    this.#savedContent = options.saved;
    this.#status = {
      state: options.draft === undefined ? "new" : "saved",
      savedAt: options.draft?.saved_at,
      error: undefined,
    };
  }

  get draft(): Draft | undefined {
    return this.#draft;
  }

  status = (): DraftStatus => this.#status;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** What it says now; saved after a quiet moment. */
  change(content: DraftContent): void {
    this.#take(content);
    if (this.#status.state === "conflict" || this.#status.state === "gone") return;
    if (this.#running === undefined) this.#say(this.#isDirty() ? "unsaved" : "saved");
    this.#later(this.#options.quietMs ?? QUIET_MS);
  }

  /** Saves at once all that is not yet saved; throws what hinders it. */
  async flush(content?: DraftContent): Promise<Draft> {
    this.#stopped = false;
    if (content !== undefined) this.#take(content);
    clearTimeout(this.#timer);
    await this.#running;
    clearTimeout(this.#timer);
    if (this.#draft === undefined || this.#isDirty()) await this.#save();
    if (this.#draft === undefined || this.#isDirty()) throw this.#status.error ?? offline();
    return this.#draft;
  }

  /** Another call was told that the draft was changed or deleted elsewhere; nothing is saved over that unasked. */
  elsewhere(error: ApiProblem): void {
    clearTimeout(this.#timer);
    this.#failed(error);
  }

  /** After a conflict: what stands here replaces what was changed elsewhere. */
  overwrite(content?: DraftContent): void {
    if (this.#draft !== undefined) this.#draft = { ...this.#draft, etag: "" };
    // Also when all of it was saved once: that is no longer what the draft holds.
    this.#savedContent = undefined;
    if (content !== undefined) this.#content = content;
    this.#failures = 0;
    this.#say("unsaved");
    void this.#save();
  }

  /** After it was deleted elsewhere: it becomes a new draft. */
  saveAsNew(content?: DraftContent): void {
    this.#draft = undefined;
    this.#savedContent = undefined;
    this.#creating = undefined;
    if (content !== undefined) this.#content = content;
    this.#failures = 0;
    this.#say("unsaved");
    void this.#save();
  }

  retry(): void {
    this.#failures = 0;
    void this.#save();
  }

  /** Saves nothing more by itself. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  resume(): void {
    this.#stopped = false;
    if (this.#isDirty()) this.#later(0);
  }

  /** The draft once a call that is on its way has ended. */
  async settled(): Promise<Draft | undefined> {
    await this.#running;
    return this.#draft;
  }

  /** For another session that goes on with the same text; nothing when all of it is saved. */
  handOver(): HandedOver | undefined {
    if (!this.#isDirty()) return undefined;
    // An answer that is awaited will not be heard there.
    const unsure = this.#unsure || this.#running !== undefined;
    return { draft: this.#draft, creating: this.#creating, unsure };
  }

  /** A draft may have been made, but the answer that names it was lost. */
  get mayExist(): boolean {
    return this.#draft === undefined && this.#unsure && this.#creating !== undefined;
  }

  hasUnsaved = (): boolean => !this.#stopped && this.#isDirty();

  #take(content: DraftContent): void {
    this.#content = isSame(content, this.#savedContent) ? this.#savedContent : content;
  }

  #isDirty(): boolean {
    return this.#content !== undefined && (this.#content !== this.#savedContent || this.#unsure);
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#save(), ms);
  }

  /** Never throws; how it went is in the status. */
  #save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#running ??= this.#saveNow().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #saveNow(): Promise<void> {
    while (this.#isDirty() && !this.#stopped) {
      this.#say("saving");
      try {
        await this.#step();
        this.#failures = 0;
      } catch (error) {
        this.#failed(toProblem(error));
        return;
      }
    }
    this.#say("saved");
  }

  async #step(): Promise<void> {
    const wanted = this.#content;
    if (wanted === undefined) return;
    try {
      await this.#send(wanted);
    } catch (error) {
      const mended = await this.#mend(error);
      if (mended === undefined) throw error;
      this.#content = mended;
      // Refused for its files, so it made nothing; the key stays, for an earlier attempt may have.
      if (this.#creating !== undefined) this.#creating.content = mended;
    }
  }

  async #mend(error: unknown): Promise<DraftContent | undefined> {
    if (this.#mended || !isProblem(error, "attachment_gone")) return undefined;
    const mended = await this.#options.mend?.();
    this.#mended = mended !== undefined;
    return mended;
  }

  async #send(wanted: DraftContent): Promise<void> {
    let content = wanted;
    let saved: Draft;
    if (this.#draft === undefined) {
      this.#creating ??= { content: wanted, key: this.#options.newKey() };
      content = this.#creating.content;
      saved = await this.#options.calls.create(content, this.#creating.key);
      this.#creating = undefined;
    } else {
      // Nobody knows whether our own last change was made: it must not look like somebody else's.
      const etag = this.#unsure ? undefined : this.#draft.etag || undefined;
      saved = await this.#options.calls.update(this.#draft.id, content, etag);
    }
    this.#unsure = false;
    this.#mended = false;
    this.#draft = saved;
    this.#savedContent = content;
    this.#options.onSaved?.(saved, content);
  }

  #failed(error: ApiProblem): void {
    const gone = error.code === "draft_gone" || (error.status === 404 && this.#draft !== undefined);
    if (error.code === "draft_changed" || gone) {
      this.#say(gone ? "gone" : "conflict", error);
      return;
    }
    if (isUncertain(error)) this.#unsure = true;
    // A refusal proves that this attempt made nothing; when an earlier one may have, its key and words are kept,
    // unless they are what is refused.
    else if (!this.#unsure || error.status === 422) this.#creating = undefined;
    this.#say("failed", error);
    const wait = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)] ?? 60_000;
    this.#failures += 1;
    if (isUncertain(error) || error.status === 429)
      this.#later(Math.max(wait, 1000 * (error.retryAfter ?? 0)));
  }

  #say(state: SaveState, error?: ApiProblem): void {
    this.#status = { state, savedAt: this.#draft?.saved_at, error };
    for (const listener of this.#listeners) listener();
  }
}

const isSame = (a: DraftContent, b: DraftContent | undefined): boolean =>
  b !== undefined && JSON.stringify(a) === JSON.stringify(b);

/** Nobody knows whether it was done: no answer, or the server's own trouble. */
export const isUncertain = (error: ApiProblem): boolean => error.status === 0 || error.status >= 500;

const offline = () =>
  new ApiProblem({ status: 0, code: "offline", title: "The server could not be reached" });

function toProblem(error: unknown): ApiProblem {
  return isProblem(error)
    ? error
    : new ApiProblem({ status: 0, code: "unexpected", title: "Something unexpected happened" });
}
