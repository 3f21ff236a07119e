/** What can be done with suggested people: add them, ask again later, never again. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useToast } from "@tenon/ui";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { newKey, plain, useApi } from "../../core";
import { refreshSets } from "../core/cache";
import { recordCalls } from "../core/calls";
import { useRecordEdits } from "../core/edits";
import { recordKeys } from "../core/keys";
import type { Suggestion } from "../core/next-types";
import { meetingCalls } from "./calls";
import { contactOf } from "./prefill";

/** Put aside in this tab; it goes when the person signs out. */
const ASIDE = ["suggestions_aside"] as const;
const UNDO_MS = 7000;

export function useAside(): ReadonlySet<string> {
  const { data } = useQuery<string[]>({ queryKey: ASIDE, queryFn: () => [], enabled: false });
  return new Set(data);
}

export function useSuggested() {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const edits = useRecordEdits();
  const aside = useAside();
  const [adding, setAdding] = useState<{ done: number; of: number }>();
  // Told to the server a moment later, as it has no way back: until then *Undo* takes it back.
  const waiting = useRef(new Map<string, string[]>());

  const put = (addresses: string[]) => {
    client.setQueryDefaults(ASIDE, { gcTime: Number.POSITIVE_INFINITY });
    client.setQueryData<string[]>(ASIDE, (now = []) => [...now, ...addresses]);
  };
  const back = (addresses: string[]) =>
    client.setQueryData<string[]>(ASIDE, (now = []) => now.filter((one) => !addresses.includes(one)));
  const tell = (key: string) => {
    const addresses = waiting.current.get(key);
    if (addresses === undefined) return;
    waiting.current.delete(key);
    meetingCalls(api)
      .dismiss(addresses)
      .then(
        () => void client.invalidateQueries({ queryKey: recordKeys.suggestions }),
        (error: unknown) => {
          back(addresses);
          edits.refused(error);
        },
      );
  };
  const telling = useRef(tell);
  telling.current = tell;
  useEffect(() => {
    const all = () => {
      for (const key of [...waiting.current.keys()]) telling.current(key);
    };
    window.addEventListener("pagehide", all);
    return () => {
      window.removeEventListener("pagehide", all);
      all();
    };
  }, []);
  const added = () => {
    void client.invalidateQueries({ queryKey: recordKeys.suggestions });
    void client.invalidateQueries({ queryKey: recordKeys.allThreadRecords });
  };

  return {
    hidden: aside,
    adding,
    /** The dialog with what is known of them. */
    add(one: Suggestion) {
      edits.create({
        kind: "contact",
        values: contactOf(one),
        refs: one.company === null ? [] : [one.company],
        onCreated: (made) => {
          put([one.address]);
          added();
          toast(t("threads.suggestions.added", { name: plain(made.title) }));
        },
      });
    },
    /** One after the other, as they are. */
    async addAll(chosen: Suggestion[]) {
      const made: string[] = [];
      setAdding({ done: 0, of: chosen.length });
      try {
        for (const one of chosen) {
          const contact = await edits.make("contact", contactOf(one));
          made.push(contact.id);
          put([one.address]);
          setAdding({ done: made.length, of: chosen.length });
        }
      } catch (error) {
        edits.refused(error);
      }
      setAdding(undefined);
      added();
      if (made.length === 0) return;
      edits.offerUndo(t("threads.suggestions.many_added", { count: made.length }), () => {
        recordCalls(api)
          .bulk({ kind: "contact", ids: made, delete: true }, newKey())
          .then(() => {
            back(chosen.map(({ address }) => address));
            refreshSets(client);
            added();
          }, edits.refused);
      });
    },
    later(one: Suggestion) {
      put([one.address]);
      edits.offerUndo(t("threads.suggestions.aside", { name: plain(one.name) || one.address }), () =>
        back([one.address]),
      );
    },
    never(chosen: Suggestion[]) {
      const addresses = chosen.map(({ address }) => address);
      const key = newKey();
      waiting.current.set(key, addresses);
      put(addresses);
      const timer = setTimeout(() => telling.current(key), UNDO_MS);
      edits.offerUndo(t("threads.suggestions.never_again", { count: chosen.length }), () => {
        clearTimeout(timer);
        if (waiting.current.delete(key)) back(addresses);
      });
    },
  };
}
