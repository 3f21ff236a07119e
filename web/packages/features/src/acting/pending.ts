import type { Matching, Thread, ThreadDetail } from "@tenon/api-client";
import {
  belongs,
  type Change,
  changeDetail,
  changeMessages,
  changeThread,
  type ListFilter,
  type LocalThread,
  type Roles,
} from "./change";

/** What a change is made to. */
export type Target =
  | { threads: ReadonlyArray<Thread> }
  | { messages: ReadonlyArray<{ id: string; thread_id: string }> }
  | { matching: Matching; total: number };

export type PendingChange = {
  connection: string;
  roles: Roles;
} & (
  | { kind: "change"; change: Change; target: Target }
  /** An undo: these conversations as they were, in the list they were in. */
  | { kind: "restore"; before: ReadonlyArray<LocalThread>; label: string | undefined }
);

/**
 * Changes that were asked for and not yet confirmed. Screens draw the server's answer with these laid over
 * it: a change shows at once, a refused one is simply taken away again, and a refetch in between can
 * neither hide the one nor bring back the other.
 */
export class PendingChanges {
  #all: ReadonlyArray<PendingChange> = [];
  #listeners = new Set<() => void>();

  add(pending: PendingChange): () => void {
    this.#set([...this.#all, pending]);
    return () => this.#set(this.#all.filter((other) => other !== pending));
  }

  list = (): ReadonlyArray<PendingChange> => this.#all;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #set(all: ReadonlyArray<PendingChange>): void {
    this.#all = all;
    for (const listener of this.#listeners) listener();
  }
}

type Scope = { connection: string } & ListFilter;

const matches = (target: Matching, filter: Scope): boolean =>
  target.connection === filter.connection &&
  (target.label ?? undefined) === filter.label &&
  (target.unread !== true || filter.unread === true);

/** Whether a pending change takes everything out of a list, also what is not loaded: then no more is asked for. */
export function emptiesList(pending: ReadonlyArray<PendingChange>, filter: Scope, roles: Roles): boolean {
  return pending.some((one) => {
    if (one.kind === "restore" || !("matching" in one.target) || !matches(one.target.matching, filter))
      return false;
    const any = {
      label_ids: filter.label === undefined ? [] : [filter.label],
      unread_count: 1,
    } as unknown as Thread;
    return !belongs(changeThread(any, one.change, one.roles), filter, roles);
  });
}

/** One thread of a list with one pending change laid over it. */
export function overThread<T extends LocalThread>(
  thread: T,
  pending: PendingChange,
  filter: Scope | undefined,
): T {
  if (pending.kind === "restore") {
    const before = pending.before.find((other) => other.id === thread.id);
    return before === undefined ? thread : { ...thread, ...before, changed: true, deleted: undefined };
  }
  const { target, change, roles } = pending;
  if ("threads" in target) {
    return target.threads.some(({ id }) => id === thread.id) ? changeThread(thread, change, roles) : thread;
  }
  if ("matching" in target) {
    if (filter === undefined || !matches(target.matching, filter)) return thread;
    return changeThread(thread, change, roles);
  }
  if (!target.messages.some((message) => message.thread_id === thread.id)) return thread;
  // Of a row only the star follows a single message; the rest comes with the server's answer.
  return change.action === "star" ? { ...thread, starred: true } : thread;
}

/** A list as it looks with all pending changes. */
export function overList(
  threads: ReadonlyArray<LocalThread>,
  pending: ReadonlyArray<PendingChange>,
  filter: Scope,
  roles: Roles,
  open?: string,
): LocalThread[] {
  const own = pending.filter((one) => one.connection === filter.connection);
  // Most of the time there is nothing to lay over, and lists may be very long.
  if (own.length === 0) return threads.filter((thread) => belongs(thread, filter, roles, open));
  const list = withRestored(threads, own, filter);
  return list
    .map((thread) => own.reduce<LocalThread>((now, one) => overThread(now, one, filter), thread))
    .filter((thread) => belongs(thread, filter, roles, open));
}

/** Restored conversations stand where they stood, also when the list was fetched without them meanwhile. */
function withRestored(
  threads: ReadonlyArray<LocalThread>,
  pending: ReadonlyArray<PendingChange>,
  filter: Scope,
): LocalThread[] {
  const known = new Set(threads.map(({ id }) => id));
  const missing = pending.flatMap((one) =>
    one.kind === "restore" && one.label === filter.label ? one.before.filter(({ id }) => !known.has(id)) : [],
  );
  if (missing.length === 0) return [...threads];
  const last = threads.at(-1);
  return [
    ...threads,
    ...missing.filter((thread) => last === undefined || thread.last_at >= last.last_at),
  ].sort((a, b) => b.last_at.localeCompare(a.last_at) || b.id.localeCompare(a.id));
}

/** An opened conversation with all pending changes. */
export function overDetail(detail: ThreadDetail, pending: ReadonlyArray<PendingChange>): ThreadDetail {
  return pending.reduce<ThreadDetail>((now, one) => {
    if (one.connection !== detail.connection_id || one.kind === "restore") return now;
    const { target, change, roles } = one;
    if ("threads" in target)
      return target.threads.some(({ id }) => id === now.id) ? changeDetail(now, change, roles) : now;
    if ("matching" in target) return now;
    const ids = target.messages.filter((message) => message.thread_id === now.id).map(({ id }) => id);
    return ids.length === 0 ? now : changeMessages(now, new Set(ids), change, roles);
  }, detail);
}
