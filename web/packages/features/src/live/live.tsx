import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { useApi } from "../core/api";
import { keys, sessionQuery } from "../core/queries";
import { refreshThreadLists } from "../mail/refresh";
import { recordKeys } from "../records/core/keys";
import { type LiveEvent, type LiveState, listen } from "./events";

/** Events come in bursts during a first sync; the screen follows at this pace. */
const GATHER_MS = 700;

const StateContext = createContext<LiveState>("connecting");
export const useLiveState = (): LiveState => useContext(StateContext);

/** Which reads an event makes stale. Lists of threads are refreshed apart, they may be very long. */
export function staleKeys(event: LiveEvent): ReadonlyArray<readonly unknown[]> {
  switch (event.name) {
    case "connection_changed":
      return [keys.connections, keys.consents, keys.labels(event.id)];
    case "mailbox_changed":
      return [keys.connections, keys.health(event.id), keys.labels(event.id), keys.retention];
    case "threads_changed":
      return [keys.labels(event.id), keys.threadDetails, recordKeys.allThreadRecords];
    // Who may read it, or what it belongs to.
    case "thread_changed":
      return [keys.thread(event.id), recordKeys.threadRecords(event.id), recordKeys.allConversations];
    case "receipt_added":
      return [keys.receipts, keys.connections];
    case "labels_changed":
      return [keys.labels(event.id)];
    case "mail_action_changed":
      return [keys.mailActions];
    // The rows of drafts come with threads_changed.
    case "drafts_changed":
      return [keys.labels(event.id), keys.mailMergePreviews];
    case "send_changed":
      return [keys.sends];
    case "sessions_changed":
      return [keys.sessions, keys.passkeys, keys.identities, keys.session];
    case "members_changed":
      return [keys.members, keys.invitations, keys.domains];
    // Looked at one by one, as lists of records may be very long.
    case "record_changed":
      return [];
    case "record_setup_changed":
      return [
        recordKeys.pipelines,
        recordKeys.objects,
        recordKeys.teams,
        recordKeys.allViews,
        keys.templates,
        keys.templateVariables,
      ];
    case "import_changed":
      return [recordKeys.imports];
    case "mail_merge_changed":
      return [keys.mailMerges, keys.suppressions];
  }
}

/** Gathers events for a moment and applies them once. */
export function createApplier(
  client: QueryClient,
  refreshLists: (connection: string) => void,
  refreshSome: (records: string[]) => void = () => undefined,
) {
  let waiting = new Map<string, LiveEvent>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  function apply(): void {
    timer = undefined;
    const events = [...waiting.values()];
    waiting = new Map();
    const stale = new Map<string, readonly unknown[]>();
    for (const event of events) {
      for (const key of staleKeys(event)) stale.set(JSON.stringify(key), key);
      if (event.name === "threads_changed") refreshLists(event.id);
    }
    const records = events.flatMap(({ name, id }) => (name === "record_changed" ? [id] : []));
    if (records.length > 0) refreshSome(records);
    for (const queryKey of stale.values()) void client.invalidateQueries({ queryKey });
  }
  return {
    take(event: LiveEvent): void {
      waiting.set(`${event.name} ${event.id}`, event);
      timer ??= setTimeout(apply, GATHER_MS);
    },
    stop: () => clearTimeout(timer),
  };
}

export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const api = useApi();
  const [state, setState] = useState<LiveState>("connecting");

  useEffect(() => {
    const applier = createApplier(
      client,
      (connection) => void refreshThreadLists(client, api, connection),
      // Who has seen no record yet has nothing to bring up to date; the part comes with the first.
      (records) =>
        void import("../records/core/refresh").then(
          ({ refreshRecords }) => refreshRecords(client, api, records),
          () => undefined,
        ),
    );
    const stop = listen({
      url: "/api/v1/events",
      onEvent: applier.take,
      onState: setState,
      // A refused session leads to sign-in by itself; other failures change nothing.
      onRefused: () => void client.fetchQuery({ ...sessionQuery(api), staleTime: 0 }).catch(() => undefined),
      onResume: () => {
        const shortLived = new Set<unknown>([
          "threads",
          "message",
          "policy",
          "providers",
          "disconnect",
          "compose",
        ]);
        void client.invalidateQueries({ predicate: (query) => !shortLived.has(query.queryKey[0]) });
        void refreshThreadLists(client, api);
      },
    });
    return () => {
      applier.stop();
      stop();
    };
  }, [client, api]);

  return <StateContext.Provider value={state}>{children}</StateContext.Provider>;
}
