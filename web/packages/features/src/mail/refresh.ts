import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { type ApiClient, isProblem, type Page, type Thread } from "@tenon/api-client";
import { fetchThreads, keys, type ThreadFilter } from "../core/queries";

type List = InfiniteData<Page<Thread>, string | undefined>;

/** Up to this many loaded pages are simply fetched again; of longer lists only the head. */
const FEW_PAGES = 3;

/**
 * Lays a fresh first page over a loaded list. Threads down to the fresh page's last one are as the
 * server says now; older ones stay as they were. When nothing of the list is known to the fresh page
 * there may be a gap between both, so the list starts anew.
 */
export function mergeHead(list: List, fresh: Page<Thread>): List {
  const last = fresh.items.at(-1);
  if (last === undefined || fresh.next == null) return { pages: [fresh], pageParams: [undefined] };
  const freshIds = new Set(fresh.items.map((thread) => thread.id));
  const known = list.pages.some((page) => page.items.some((thread) => freshIds.has(thread.id)));
  if (!known) return { pages: [fresh], pageParams: [undefined] };
  const pages: Page<Thread>[] = [fresh];
  const pageParams: List["pageParams"] = [undefined];
  for (const page of list.pages) {
    const items = page.items.filter((thread) => !freshIds.has(thread.id) && thread.last_at <= last.last_at);
    if (items.length === 0 && page !== list.pages.at(-1)) continue;
    pages.push({ ...page, items });
    pageParams.push(fresh.next);
  }
  return { pages, pageParams };
}

/** Brings loaded lists up to date without walking through all their pages again. */
export async function refreshThreadLists(
  client: QueryClient,
  api: ApiClient,
  connection?: string,
): Promise<void> {
  const queryKey = connection === undefined ? ["threads"] : keys.threadLists(connection);
  const lists = client.getQueryCache().findAll({ queryKey });
  await Promise.all(
    lists.map(async (query) => {
      const data = query.state.data as List | undefined;
      if (!query.isActive()) {
        client.removeQueries({ queryKey: query.queryKey, exact: true });
        return;
      }
      if (data === undefined || data.pages.length <= FEW_PAGES) {
        await client.invalidateQueries({ queryKey: query.queryKey, exact: true });
        return;
      }
      try {
        const fresh = await fetchThreads(api, filterOf(query.queryKey), undefined, undefined);
        client.setQueryData<List>(query.queryKey, (current) =>
          current ? mergeHead(current, fresh) : current,
        );
      } catch (error) {
        // Offline or signed out: the list stays as it is and the next event tries again.
        if (!isProblem(error)) throw error;
      }
    }),
  );
}

/** The inverse of `keys.threads`. */
function filterOf(key: readonly unknown[]): ThreadFilter {
  const [, connection, label, unread] = key as ReturnType<typeof keys.threads>;
  return { connection, label: label ?? undefined, unread };
}
