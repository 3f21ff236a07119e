/** What is done with an import. A lost answer is asked for: the import itself says what it is. */
import { useQueryClient } from "@tanstack/react-query";
import { isProblem } from "@tenon/api-client";
import { useState } from "react";
import { useApi } from "../../core";
import { refreshSets } from "../core/cache";
import { recordKeys } from "../core/keys";
import type { ImportItem } from "../core/next-types";
import { importCalls } from "./calls";

export type ImportAction = "check" | "start" | "cancel" | "undo";

export function useImportActions(item: ImportItem) {
  const api = useApi();
  const client = useQueryClient();
  const [busy, setBusy] = useState<ImportAction>();
  const [error, setError] = useState<unknown>();
  const take = (now: ImportItem) => {
    client.setQueryData(recordKeys.import(now.id), now);
    void client.invalidateQueries({ queryKey: [...recordKeys.imports, "list"] });
    if (now.state === "done" || now.state === "undone") refreshSets(client);
  };
  const run = async (action: ImportAction) => {
    setBusy(action);
    setError(undefined);
    try {
      take(await importCalls(api)[action](item.id));
    } catch (refused) {
      const now = await importCalls(api)
        .get(item.id)
        .catch(() => undefined);
      if (now !== undefined) take(now);
      // Nothing to complain about when it was heard after all.
      const heard = now !== undefined && now.state !== item.state;
      if (!heard || (isProblem(refused) && refused.status >= 400 && refused.status !== 409))
        setError(refused);
    } finally {
      setBusy(undefined);
    }
  };
  return { busy, error, run: (action: ImportAction) => void run(action) };
}
