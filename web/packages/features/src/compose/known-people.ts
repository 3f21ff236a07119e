import { type InfiniteData, useQueryClient } from "@tanstack/react-query";
import type { Page, Thread, ThreadDetail } from "@tenon/api-client";
import { useMemo } from "react";
import { isAddress, type Recipient } from "./recipients";

/** People of the conversations this page has loaded, most frequent first. Nothing is asked for them. */
export function useKnownPeople(): Recipient[] {
  const client = useQueryClient();
  return useMemo(() => {
    const seen = new Map<string, { recipient: Recipient; count: number }>();
    const take = (person: { name: string; address: string }, me = false) => {
      if (me || !isAddress(person.address)) return;
      const key = person.address.toLowerCase();
      const before = seen.get(key);
      const name = before?.recipient.name || person.name;
      seen.set(key, {
        recipient: { name, address: person.address, valid: true },
        count: (before?.count ?? 0) + 1,
      });
    };
    for (const [, list] of client.getQueriesData<InfiniteData<Page<Thread>>>({ queryKey: ["threads"] }))
      for (const thread of list?.pages.flatMap(({ items }) => items) ?? [])
        for (const person of thread.participants) take(person, person.me);
    for (const [, thread] of client.getQueriesData<ThreadDetail>({ queryKey: ["thread"] }))
      for (const message of thread?.messages ?? [])
        for (const person of [...message.to, ...message.cc]) take(person);
    return [...seen.values()].sort((a, b) => b.count - a.count).map(({ recipient }) => recipient);
  }, [client]);
}
