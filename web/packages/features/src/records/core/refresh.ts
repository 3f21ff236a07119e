import type { QueryClient } from "@tanstack/react-query";
import { type ApiClient, isProblem } from "@tenon/api-client";
import { dropRecord, findRecord, patchRecord, refreshSets } from "./cache";
import { recordCalls } from "./calls";
import { recordKeys } from "./keys";

/** So many are looked at one by one; of more, everything shown is fetched anew. */
const MOST_SINGLE = 12;

/** Live events said that these records changed. */
export async function refreshRecords(
  client: QueryClient,
  api: ApiClient,
  ids: readonly string[],
): Promise<void> {
  for (const id of ids) {
    for (const queryKey of [
      recordKeys.history(id),
      recordKeys.timeline(id),
      recordKeys.sharing(id),
      recordKeys.files(id),
    ])
      void client.invalidateQueries({ queryKey });
  }
  // Who a person of a conversation is, and what it is joined to, may have changed with them.
  void client.invalidateQueries({ queryKey: recordKeys.allThreadRecords });
  void client.invalidateQueries({ queryKey: recordKeys.allConversations });
  void client.invalidateQueries({ queryKey: recordKeys.allDuplicates });
  if (ids.length > MOST_SINGLE) {
    void client.invalidateQueries({ queryKey: ["record"] });
    void client.invalidateQueries({ queryKey: recordKeys.lists });
    void client.invalidateQueries({ queryKey: recordKeys.counts });
    return;
  }
  await Promise.all(
    ids.map(async (id) => {
      if (findRecord(client, id) === undefined) return;
      try {
        const record = await recordCalls(api).get(id);
        patchRecord(client, id, (known) => (known.version > record.version ? known : record));
        if (record.deleted_at !== null) dropRecord(client, id);
      } catch (error) {
        if (!isProblem(error) || (error.status !== 404 && error.code !== "record_merged")) return;
        dropRecord(client, id);
        void client.invalidateQueries({ queryKey: recordKeys.record(id) });
      }
    }),
  );
  refreshSets(client);
}
