import type { QueryClient } from "@tanstack/react-query";
import type { Me } from "@tenon/api-client";
import { keys } from "@tenon/features";

type Change = { before: string | undefined; now: string | undefined };

/** Whose page this is: the member that the cache knows of, however it came to know. */
export class Whose {
  #member: string | undefined;
  readonly #listeners = new Set<(change: Change) => void>();

  constructor(client: QueryClient) {
    client.getQueryCache().subscribe((event) => {
      if (event.query.queryKey[0] !== keys.session[0]) return;
      if (event.type === "removed") this.#is(undefined);
      else if (event.type === "updated" && event.action.type === "success")
        this.#is((event.query.state.data as Me | undefined)?.member.id);
    });
  }

  get member(): string | undefined {
    return this.#member;
  }

  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #is(now: string | undefined): void {
    const before = this.#member;
    if (now === before) return;
    this.#member = now;
    for (const listener of this.#listeners) listener({ before, now });
  }
}
