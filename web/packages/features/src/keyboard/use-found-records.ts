/** Records for the palette: by the words that are typed; without words those that were seen last. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { useApi } from "../core";
import { recordCalls } from "../records/core/calls";
import type { FoundRecord } from "../records/core/next-types";
import { recentRecords, wantedSearchKey } from "../records/core/recent";
import type { Kind, RecordItem } from "../records/core/types";
import { FOUND_AT_MOST, findQuery } from "../records/meeting/queries";

const PAUSE_MS = 120;
const RECENT = 6;

/** Kinds that have a list to search on in. */
export const LIST_PATHS = {
  contact: "/contacts",
  company: "/companies",
  deal: "/deals/{-$pipeline}",
  lead: "/leads/{-$pipeline}",
  case: "/cases/{-$pipeline}",
  card: "/boards/{-$pipeline}",
} as const;
export type ListKind = keyof typeof LIST_PATHS;
const isListed = (kind: Kind): kind is ListKind => kind in LIST_PATHS;

export type FoundRecords = {
  shown: readonly FoundRecord[];
  /** Where these come from when nothing is typed. */
  from: "search" | "recent" | "changed";
  /** The lists that may have more of what was searched for. */
  more: readonly ListKind[];
  /** The answer to what is typed is not there yet. */
  behind: boolean;
  failed: boolean;
  /** Opens what was chosen. */
  run: (option: string, text: string) => void;
};

const none: readonly FoundRecord[] = [];

export function useFoundRecords(text: string): FoundRecords {
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asked, setAsked] = useState(text);
  useEffect(() => {
    if (text === "") setAsked("");
    const timer = setTimeout(() => setAsked(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);

  const found = useQuery(findQuery(api, asked));
  const [recent] = useState(() => recentRecords(client).slice(0, RECENT).map(asFound));
  const changed = useQuery({
    queryKey: ["records_changed_last"],
    queryFn: async ({ signal }) => {
      const kinds = ["contact", "company", "deal"] as const;
      const sort = [{ field: "updated_at", direction: "desc" as const }];
      const pages = await Promise.all(
        kinds.map((kind) => recordCalls(api).query({ kind, sort, limit: 3 }, { signal })),
      );
      const items = pages.flatMap((page) => page.items);
      return items
        .sort((a, b) => b.updated_at.localeCompare(a.updated_at))
        .slice(0, RECENT)
        .map(asFound);
    },
    enabled: text === "" && recent.length === 0,
    staleTime: 30_000,
    retry: false,
  });

  const from = text !== "" ? "search" : recent.length > 0 ? "recent" : "changed";
  const searched = asked === "" ? none : (found.data ?? none);
  const shown = from === "search" ? searched : from === "recent" ? recent : (changed.data ?? none);
  const behind = text !== "" && (text !== asked || found.isFetching || found.isPlaceholderData);
  const more = useMemo(() => {
    if (from !== "search" || searched.length < FOUND_AT_MOST) return [];
    return [...new Set(searched.map(({ record }) => record.kind))].filter(isListed);
  }, [from, searched]);

  return {
    shown,
    from,
    more,
    behind: behind && !(found.isError && text === asked),
    failed: text !== "" && found.isError,
    run(option, words) {
      const [what, name = ""] = option.split("\t");
      if (what === "open") void navigate({ to: "/records/$id", params: { id: name } });
      else if (what === "more" && isListed(name as Kind)) {
        const kind = name as ListKind;
        client.setQueryData(wantedSearchKey(kind), words);
        void navigate({ to: LIST_PATHS[kind] });
      }
    },
  };
}

const asFound = (
  record: Pick<RecordItem, "id" | "kind" | "title"> & { updated_at?: string },
): FoundRecord => ({
  record: { id: record.id, kind: record.kind, title: record.title },
  hint: null,
  match: "exact",
  updated_at: record.updated_at ?? "",
});
