/** What is chosen for an import: shown at once, saved in its turn, so that a reload finds it. */
import { useQueryClient } from "@tanstack/react-query";
import { isProblem } from "@tenon/api-client";
import { useCallback, useEffect, useRef, useState } from "react";
import { useApi } from "../../core";
import { recordKeys } from "../core/keys";
import type { ImportItem, ImportOptions } from "../core/next-types";
import { importCalls } from "./calls";

const PAUSE_MS = 400;

export function useImportDraft(item: ImportItem) {
  const api = useApi();
  const client = useQueryClient();
  const [options, setOptions] = useState(item.options);
  const [error, setError] = useState<unknown>();
  const waiting = useRef<Partial<ImportOptions>>({});
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const line = useRef<Promise<unknown>>(Promise.resolve());
  const { id } = item;

  /** Sends what waits; true when the server has everything. */
  const flush = useCallback((): Promise<boolean> => {
    clearTimeout(timer.current);
    const turn = line.current.then(async () => {
      const body = waiting.current;
      if (Object.keys(body).length === 0) return true;
      waiting.current = {};
      try {
        const saved = await importCalls(api).change(id, { options: body });
        client.setQueryData(recordKeys.import(id), saved);
        // Another separator makes other columns.
        if (Object.keys(waiting.current).length === 0) setOptions(saved.options);
        setError(undefined);
        return true;
      } catch (refused) {
        // Of another state by now, perhaps in another tab.
        if (isProblem(refused) && refused.status === 409)
          void client.invalidateQueries({ queryKey: recordKeys.import(id) });
        waiting.current = { ...body, ...waiting.current };
        setError(refused);
        return false;
      }
    });
    line.current = turn;
    return turn;
  }, [api, client, id]);

  const change = useCallback(
    (part: Partial<ImportOptions>) => {
      setOptions((now) => ({ ...now, ...part }));
      waiting.current = { ...waiting.current, ...part };
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void flush(), PAUSE_MS);
    },
    [flush],
  );
  useEffect(() => () => void flush(), [flush]);
  return { options, change, flush, error };
}
