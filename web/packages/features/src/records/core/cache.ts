/** One record as it stands in everything that was read. */
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { recordKeys } from "./keys";
import type { PageOf, RecordItem } from "./types";

type Pages = InfiniteData<PageOf<RecordItem>>;

/** Changes a record wherever it is known. */
export function patchRecord(
  client: QueryClient,
  id: string,
  write: (record: RecordItem) => RecordItem,
): void {
  // The answer to a write does not tell of the last touch: what is known of it stays.
  const change = (known: RecordItem): RecordItem => {
    const written = write(known);
    if (known.last_touch == null || written.last_touch != null) return written;
    return { ...written, last_touch: known.last_touch };
  };
  client.setQueryData<RecordItem>(recordKeys.record(id), (known) =>
    known === undefined ? known : change(known),
  );
  client.setQueriesData<Pages>({ queryKey: recordKeys.lists }, (data) => {
    if (data?.pages.some(({ items }) => items.some((item) => item.id === id)) !== true) return data;
    return {
      ...data,
      pages: data.pages.map((page) => {
        const at = page.items.findIndex((item) => item.id === id);
        const found = page.items[at];
        return found === undefined ? page : { ...page, items: page.items.with(at, change(found)) };
      }),
    };
  });
}

/** Takes a record out of all lists. */
export function dropRecord(client: QueryClient, id: string): void {
  client.setQueriesData<Pages>({ queryKey: recordKeys.lists }, (data) =>
    data?.pages.some(({ items }) => items.some((item) => item.id === id)) === true
      ? {
          ...data,
          pages: data.pages.map((page) => ({ ...page, items: page.items.filter((item) => item.id !== id) })),
        }
      : data,
  );
}

export function findRecord(client: QueryClient, id: string): RecordItem | undefined {
  const known = client.getQueryData<RecordItem>(recordKeys.record(id));
  if (known !== undefined) return known;
  for (const [, data] of client.getQueriesData<Pages>({ queryKey: recordKeys.lists }))
    for (const page of data?.pages ?? []) {
      const found = page.items.find((item) => item.id === id);
      if (found !== undefined) return found;
    }
  return undefined;
}

/** After something came or went: what lists and counts show may be another set of records. */
export function refreshSets(client: QueryClient): void {
  void client.invalidateQueries({ queryKey: recordKeys.counts });
  void client.invalidateQueries({
    queryKey: recordKeys.lists,
    // A long list that somebody scrolled through is not fetched anew page by page.
    predicate: (query) => ((query.state.data as Pages | undefined)?.pages.length ?? 0) <= 3,
  });
  void client.invalidateQueries({ queryKey: recordKeys.timelines });
}
