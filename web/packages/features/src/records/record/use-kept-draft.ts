import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useMe } from "../../core";
import type { Values } from "../core/types";

/** In the memory of this page only, each for the member who wrote it. */
const stores = new WeakMap<QueryClient, Map<string, Values>>();

/**
 * What somebody is writing about a record outlives the screen: it is there again when they come back. Whoever else
 * signs in here makes it go away unseen.
 */
export function useKeptDraft(name: string, begin: () => Values) {
  const client = useQueryClient();
  const member = useMe()?.member.id ?? "";
  const [store] = useState(() => {
    const known = stores.get(client) ?? new Map<string, Values>();
    stores.set(client, known);
    for (const key of known.keys()) if (!key.startsWith(`${member} `)) known.delete(key);
    return known;
  });
  const key = `${member} ${name}`;
  const [values, setValues] = useState<Values>(() => store.get(key) ?? begin());
  const [written, setWritten] = useState(store.has(key));
  useEffect(() => {
    if (!written) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [written]);
  return {
    values,
    write(change: Values) {
      const next = { ...values, ...change };
      store.set(key, next);
      setValues(next);
      setWritten(true);
    },
    clear() {
      store.delete(key);
      setValues(begin());
      setWritten(false);
    },
  };
}
