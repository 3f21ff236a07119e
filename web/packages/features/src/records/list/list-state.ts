/** What a list shows, as it was left. It stays in memory: names and addresses do not belong in an address bar. */
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import type { FieldSet } from "../core/fields";
import { wantedSearchKey } from "../core/recent";
import type { Kind, SavedView, Sort, ViewDefinition } from "../core/types";
import { emptyGroup, fromFilter, type Group, toFilter } from "../filter/model";
import { type Column, columnsOf, defaultColumns } from "../table/columns";

export type ListState = {
  filter: Group;
  sort: Sort | undefined;
  columns: Column[];
  search: string;
};

const memories = new WeakMap<QueryClient, Map<string, ListState>>();
function memoryOf(client: QueryClient): Map<string, ListState> {
  const memory = memories.get(client) ?? new Map<string, ListState>();
  memories.set(client, memory);
  return memory;
}

export function beginning(kind: Kind, fields: FieldSet, view: SavedView | undefined): ListState {
  if (view === undefined)
    return { filter: emptyGroup(), sort: undefined, columns: defaultColumns(kind, fields), search: "" };
  const { definition } = view;
  return {
    filter: fromFilter(definition.filter),
    sort: definition.sort[0],
    columns: columnsOf(definition, kind, fields),
    search: "",
  };
}

export const definitionOf = ({ filter, sort, columns }: ListState): ViewDefinition => ({
  filter: toFilter(filter) ?? null,
  sort: sort === undefined ? [] : [sort],
  columns: columns.map(({ field, width }) => ({ field, width })),
});

/** Whether it differs from what it began as; what is searched for is never saved. */
export const differs = (state: ListState, from: ListState): boolean =>
  JSON.stringify(definitionOf(state)) !== JSON.stringify(definitionOf(from));

/** `scope` names the list: kind, pipeline and view. */
export function useListState(scope: string, kind: Kind, fields: FieldSet, view: SavedView | undefined) {
  const client = useQueryClient();
  const memory = memoryOf(client);
  const [, draw] = useState(0);
  const from = beginning(kind, fields, view);
  const state = memory.get(scope) ?? from;
  const change = useCallback(
    (part: Partial<ListState>) => {
      memory.set(scope, { ...(memory.get(scope) ?? state), ...part });
      draw((count) => count + 1);
    },
    [memory, scope, state],
  );
  const reset = useCallback(() => {
    memory.delete(scope);
    draw((count) => count + 1);
  }, [memory, scope]);
  useWantedSearch(kind, change);
  return { state, change, reset, changed: memory.has(scope) && differs(state, from) };
}

/** Takes over what somebody began to search for elsewhere. */
function useWantedSearch(kind: Kind, change: (part: Partial<ListState>) => void): void {
  const client = useQueryClient();
  const queryKey = wantedSearchKey(kind);
  const wanted = useQuery<string | null>({ queryKey, queryFn: () => null, enabled: false }).data;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each that is handed over
  useEffect(() => {
    if (wanted == null) return;
    client.setQueryData(wantedSearchKey(kind), null);
    change({ search: wanted });
  }, [wanted]);
}
