import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { useApi } from "../../core";
import { recordQuery } from "../core/queries";
import type { Linked } from "../core/words";
import { type Group, isGroup } from "../filter/model";

const idsOf = (group: Group): string[] =>
  group.items.flatMap((item) =>
    isGroup(item)
      ? idsOf(item)
      : typeof item.value === "string" && item.value.startsWith("rec_")
        ? [item.value]
        : [],
  );

/** What records that conditions name are called. */
export function useKnownTitles(filter: Group): Linked {
  const api = useApi();
  const ids = useMemo(() => [...new Set(idsOf(filter))], [filter]);
  return useQueries({
    queries: ids.map((id) => ({ ...recordQuery(api, id), staleTime: 60_000 })),
    combine: (results) =>
      Object.fromEntries(
        results.flatMap(({ data }) =>
          data === undefined ? [] : [[data.id, { id: data.id, kind: data.kind, title: data.title }]],
        ),
      ),
  });
}
