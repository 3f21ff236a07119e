import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import type { Begun } from "./begin";

/** What somebody was writing, saved nowhere. */
export type Kept = { connection: string; begun: Begun };

/**
 * What was being written when a session ended: in the memory of this page only, and only for the member who
 * wrote it. Whoever else signs in here makes it go away unseen.
 */
export class KeptTexts {
  readonly #by = new Map<object, Kept & { member: string }>();
  readonly #listeners = new Set<() => void>();

  /** `token` stands for the composer it comes from. */
  keep(token: object, member: string, kept: Kept): void {
    this.#by.set(token, { ...kept, member });
    this.#changed();
  }

  /** The composer is there still, or again. */
  forget(token: object): void {
    this.#by.delete(token);
    this.#changed();
  }

  /** Hands over what this member was writing; nothing of anybody is left. */
  take(member: string): Kept[] {
    const theirs = [...this.#by.values()].filter((one) => one.member === member);
    this.#by.clear();
    this.#changed();
    return theirs.map(({ connection, begun }) => ({ connection, begun }));
  }

  get isEmpty(): boolean {
    return this.#by.size === 0;
  }

  /** Whether this member may come in without anything of another one being lost. */
  isFree(member: string): boolean {
    return [...this.#by.values()].every((one) => one.member === member);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

const KeptContext = createContext(new KeptTexts());

export const useKept = (): KeptTexts => useContext(KeptContext);

/** Whether something waits here for whoever wrote it. */
export function useSomethingKept(): boolean {
  const kept = useKept();
  return useSyncExternalStore(kept.subscribe, () => !kept.isEmpty);
}

/** Above all that a signed-in member sees, so that it outlives a session. */
export function KeptProvider({ children }: { children: ReactNode }) {
  const [kept] = useState(() => new KeptTexts());
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (!kept.isEmpty) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [kept]);
  return <KeptContext.Provider value={kept}>{children}</KeptContext.Provider>;
}
