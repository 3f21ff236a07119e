/** What the server has confirmed, in everything that was read. */
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { patchRecord } from "../core/cache";
import { recordKeys } from "../core/keys";
import type { PageOf, RecordItem, RecordsAsked } from "../core/types";
import { placed } from "./pending";

type Pages = InfiniteData<PageOf<RecordItem>>;

/** Puts a card into its new column, and takes it out of the others. */
export function commitMove(
  client: QueryClient,
  record: RecordItem,
  stage: string,
  before: string | null,
): void {
  patchRecord(client, record.id, () => record);
  for (const [key, data] of client.getQueriesData<Pages>({ queryKey: recordKeys.listsOf(record.kind) })) {
    const asked = key[2] as RecordsAsked | undefined;
    if (data === undefined || asked?.stage === undefined) continue;
    const without = data.pages.map((page) => ({
      ...page,
      items: page.items.filter(({ id }) => id !== record.id),
    }));
    if (asked.stage !== stage) {
      client.setQueryData<Pages>(key, { ...data, pages: without });
      continue;
    }
    const holds = without.findIndex(({ items }) => items.some(({ id }) => id === before));
    const last = without.length - 1;
    // Behind the pages that are loaded it comes by itself when they are.
    if (holds < 0 && without[last]?.next != null) {
      client.setQueryData<Pages>(key, { ...data, pages: without });
      continue;
    }
    const at = holds < 0 ? last : holds;
    client.setQueryData<Pages>(key, {
      ...data,
      pages: without.map((page, index) =>
        index === at ? { ...page, items: placed(page.items, record, before) } : page,
      ),
    });
  }
}
