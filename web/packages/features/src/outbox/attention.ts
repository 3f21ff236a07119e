import { useQuery } from "@tanstack/react-query";
import type { Send } from "@tenon/api-client";
import { useCallback, useSyncExternalStore } from "react";
import { sendsInStateQuery, useApi, useMe } from "../core";

/** The end of the newest refused message that this member has seen in the outbox; the server's time. */
const keyOf = (member: string) => `tenon-outbox-seen:${member}`;
const CHANGED = "tenon-outbox-seen";
const NONE: Send[] = [];

function subscribe(listener: () => void): () => void {
  window.addEventListener(CHANGED, listener);
  // From another tab.
  window.addEventListener("storage", listener);
  return () => {
    window.removeEventListener(CHANGED, listener);
    window.removeEventListener("storage", listener);
  };
}

const endOf = (one: Send): string => one.finished_at ?? one.created_at;

/** Whether a message ended after this time. */
export const isNewer = (one: Send, seen: string | null): boolean =>
  seen === null || Date.parse(endOf(one)) > Date.parse(seen);

/** What a person has to see to: messages nobody knows of, and those that were refused. */
export function useAttention() {
  const api = useApi();
  const member = useMe()?.member.id ?? "";
  const doubtful = useQuery(sendsInStateQuery(api, "doubtful")).data ?? NONE;
  const refused = useQuery(sendsInStateQuery(api, "refused")).data ?? NONE;
  const seen = useSyncExternalStore(subscribe, () => localStorage.getItem(keyOf(member)));
  const markSeen = useCallback(
    (shown: readonly Send[]) => {
      const known = localStorage.getItem(keyOf(member));
      const [newest] = shown
        .filter((one) => isNewer(one, known))
        .map(endOf)
        .sort((a, b) => Date.parse(b) - Date.parse(a));
      if (newest === undefined || member === "") return;
      localStorage.setItem(keyOf(member), newest);
      window.dispatchEvent(new Event(CHANGED));
    },
    [member],
  );
  return { doubtful, refused, seen, markSeen };
}

/** How many of them the person has not dealt with, or not seen yet. */
export function useOutboxCount(): number {
  const { doubtful, refused, seen } = useAttention();
  return doubtful.length + refused.filter((one) => isNewer(one, seen)).length;
}
