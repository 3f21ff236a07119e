import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Page, Thread, ThreadDetail } from "@tenon/api-client";
import { keys } from "../core/queries";
import { overDetail, overThread, type PendingChange } from "./pending";

type List = InfiniteData<Page<Thread>, string | undefined>;

/** A confirmed change becomes part of what is loaded, until the server's own answer comes. */
export function commit(client: QueryClient, pending: PendingChange): void {
  for (const query of client.getQueryCache().findAll({ queryKey: keys.threadLists(pending.connection) })) {
    const [, connection, label, unread] = query.queryKey as ReturnType<typeof keys.threads>;
    const filter = { connection, label: label ?? undefined, unread };
    client.setQueryData<List>(query.queryKey, (list) =>
      list === undefined
        ? list
        : {
            ...list,
            pages: list.pages.map((page) => ({
              ...page,
              items: page.items.map((thread) => overThread(thread, pending, filter)),
            })),
          },
    );
  }
  for (const query of client.getQueryCache().findAll({ queryKey: keys.threadDetails })) {
    client.setQueryData<ThreadDetail>(query.queryKey, (detail) =>
      detail === undefined ? detail : overDetail(detail, [pending]),
    );
  }
}
