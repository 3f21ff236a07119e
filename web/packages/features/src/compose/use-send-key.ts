import type { SendAt } from "@tenon/api-client";
import { useCallback, useRef } from "react";
import { newKey } from "../core";

/** The key of a request to send: the same for each attempt to send the same text at the same hour. */
export function useSendKey(): (etag: string | undefined, at?: SendAt) => string {
  const last = useRef<{ key: string; what: string }>(undefined);
  return useCallback((etag, at) => {
    const what = JSON.stringify([etag, at]);
    if (last.current?.what !== what) last.current = { key: newKey(), what };
    return last.current.key;
  }, []);
}
