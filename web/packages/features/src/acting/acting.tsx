import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import {
  type ApiProblem,
  type Connection,
  isProblem,
  type MailAction,
  type MailActionInput,
  send,
} from "@tenon/api-client";
import { useToast } from "@tenon/ui";
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { useTranslation } from "react-i18next";
import { allowSearch, keys, late, newKey, useApi, useProblemText } from "../core";
import { useShortcuts } from "../keyboard";
import { refreshThreadLists } from "../mail/refresh";
import type { Change, LocalThread, Roles } from "./change";
import { commit } from "./commit";
import { type PendingChange, PendingChanges, type Target } from "./pending";

const JobsPanel = late(() => import("./jobs-panel"));

export type ActRequest = {
  connection: string;
  roles: Roles;
  change: Change;
  target: Target;
  /** The list it was done in, so that an undo puts the rows back there. */
  list?: string | undefined;
  /** The name of the label, for the sentence that tells it. */
  labelName?: string;
  /** Nothing is said of it and `z` passes over it: reading marks as read. */
  quiet?: boolean;
};

type Done = {
  request: ActRequest;
  drop: () => void;
  answer: Promise<MailAction | undefined>;
  undone: boolean;
};
type Acting = {
  act: (request: ActRequest) => void;
  undoLast: () => void;
  pending: PendingChanges;
  /** Conversations this page has acted on: the reader moves on from these, not from what others change. */
  acted: ReadonlySet<string>;
};

const ActingContext = createContext<Acting | null>(null);

export function useActing(): Acting {
  const acting = useContext(ActingContext);
  if (acting === null) throw new Error("useActing needs an ActingProvider above it");
  return acting;
}

export function usePending(): ReadonlyArray<PendingChange> {
  const { pending } = useActing();
  return useSyncExternalStore(pending.subscribe, pending.list);
}

/** What is said stays long enough to be read and undone. */
const SAID_MS = 8000;
const UNDO_DEPTH = 20;

const isFinal = (action: MailAction) => action.state !== "waiting" && action.state !== "running";
const countOf = (target: Target) =>
  "matching" in target ? target.total : "threads" in target ? target.threads.length : target.messages.length;
const mayPass = (error: ApiProblem) => error.status === 0 || error.status === 429 || error.status >= 500;

function bodyOf({ change, target }: ActRequest): MailActionInput {
  return {
    action: change.action,
    ...("threads" in target ? { threads: target.threads.map(({ id }) => id) } : {}),
    ...("messages" in target ? { messages: target.messages.map(({ id }) => id) } : {}),
    ...("matching" in target ? { matching: target.matching } : {}),
    ...(change.label === undefined ? {} : { label: change.label }),
    ...(change.from === undefined ? {} : { from: change.from }),
    ...(change.action === "delete_forever" ? { confirm: true } : {}),
  };
}

export function ActingProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const toast = useToast();
  const problemText = useProblemText();
  const [pending] = useState(() => new PendingChanges());
  const [acted] = useState(() => new Set<string>());
  /** Jobs this page began, with what to do when they end. */
  const [jobs, setJobs] = useState<ReadonlyMap<string, (action: MailAction) => void>>(new Map());
  const history = useRef<Done[]>([]);

  const refresh = useCallback(
    async (connection: string) => {
      void client.invalidateQueries({ queryKey: keys.labels(connection) });
      void client.invalidateQueries({ queryKey: keys.threadDetails });
      await refreshThreadLists(client, api, connection);
    },
    [client, api],
  );
  const follow = useCallback(
    (id: string, end: (action: MailAction) => void) => {
      setJobs((all) => new Map(all).set(id, end));
      void client.invalidateQueries({ queryKey: keys.mailActions });
    },
    [client],
  );

  const failed = useCallback(
    (error: unknown, request: ActRequest, again: (() => void) | undefined) => {
      const connection = client.getQueryData<Connection>(keys.connection(request.connection));
      const feature = request.change.action === "delete_forever" ? "deleting" : "organizing";
      if (isProblem(error, "feature_off") && connection !== undefined) {
        toast(t(`acting.off.${feature}`), {
          shownMs: SAID_MS * 2,
          action: {
            label: t("acting.allow"),
            run: () => void navigate({ to: "/connect", search: allowSearch(connection, feature) }),
          },
        });
        return;
      }
      const text = `${t(`acting.failed.${request.change.action}`)} ${problemText(error)}`;
      const retry = isProblem(error) && mayPass(error) ? again : undefined;
      toast(text, {
        tone: "danger",
        shownMs: SAID_MS * 2,
        ...(retry === undefined ? {} : { action: { label: t("problem.retry"), run: retry } }),
      });
    },
    [client, navigate, problemText, t, toast],
  );

  const undo = useCallback(
    async (done: Done) => {
      if (done.undone) return;
      done.undone = true;
      history.current = history.current.filter((other) => other !== done);
      const { request } = done;
      const { connection, target } = request;
      done.drop();
      const before = "threads" in target ? (target.threads as ReadonlyArray<LocalThread>) : [];
      const restore: PendingChange = {
        kind: "restore",
        connection,
        roles: request.roles,
        before,
        label: request.list,
      };
      const drop = pending.add(restore);
      toast(t("acting.undone"), { key: "acting" });
      try {
        const action = await done.answer;
        if (action !== undefined) {
          const back = await send(
            api.POST("/api/v1/mail/actions/{id}/undo", { params: { path: { id: action.id } } }),
          );
          if (!isFinal(back)) {
            follow(back.id, () => {
              drop();
              void refresh(connection);
            });
            return;
          }
          commit(client, restore);
          await refresh(connection);
        }
      } catch (error) {
        toast(`${t("acting.undo_failed")} ${problemText(error)}`, "danger");
        void refresh(connection);
      }
      drop();
    },
    [api, client, follow, pending, problemText, refresh, t, toast],
  );

  const act = useCallback(
    (request: ActRequest, key = newKey()) => {
      const { connection, change, target, roles } = request;
      const laid: PendingChange = { kind: "change", connection, roles, change, target };
      const drop = pending.add(laid);
      if (!request.quiet && "threads" in target) for (const { id } of target.threads) acted.add(id);

      const settle = (action: MailAction) => {
        const whole = action.state === "done" && action.failed === 0;
        if (whole && "matching" in target) {
          // Only the server knows what all that was; until its answer the list stays as it is shown.
          void refresh(connection).finally(drop);
          return;
        }
        if (whole && !done.undone) commit(client, laid);
        drop();
        void client.invalidateQueries({ queryKey: keys.labels(connection) });
        if (whole) return;
        void refresh(connection);
        if (action.state === "cancelled") return;
        const reason = action.reason_text ?? t("problem.unexpected");
        const lead =
          action.done > 0
            ? t("acting.partly", { count: action.failed })
            : t(`acting.failed.${change.action}`);
        toast(`${lead} ${reason}`, { tone: "danger", shownMs: SAID_MS * 2 });
      };
      const undoable = change.action !== "delete_forever";
      const tell = () =>
        toast(t(`acting.done.${change.action}`, { count: countOf(target), label: request.labelName ?? "" }), {
          key: "acting",
          shownMs: SAID_MS,
          ...(undoable ? { action: { label: t("acting.undo"), run: () => void undo(done) } } : {}),
        });
      const ask = async (): Promise<MailAction | undefined> => {
        try {
          const action = await send(
            api.POST("/api/v1/mail/actions", {
              params: { header: { "Idempotency-Key": key } },
              body: bodyOf(request),
            }),
          );
          if (isFinal(action)) {
            settle(action);
            if (!request.quiet && many && action.state === "done") tell();
          } else {
            // The panel says how far it is; nothing is said to be done before it is.
            hide();
            follow(action.id, settle);
          }
          return action;
        } catch (error) {
          drop();
          hide();
          // Reading on matters more than that it could not be marked as read.
          if (change.action !== "mark_read" || !request.quiet)
            failed(error, request, () => act(request, key));
          history.current = history.current.filter((other) => other !== done);
          return undefined;
        }
      };
      const done: Done = { request, drop, answer: Promise.resolve(undefined), undone: false };
      let hide: () => void = () => undefined;
      const many = "matching" in target;
      if (!request.quiet) {
        if (undoable) history.current = [...history.current.slice(1 - UNDO_DEPTH), done];
        if (!many) hide = tell();
      }
      done.answer = ask();
    },
    [acted, api, client, failed, follow, pending, refresh, t, toast, undo],
  );

  const undoLast = useCallback(() => {
    const last = history.current.at(-1);
    if (last === undefined) toast(t("acting.nothing_to_undo"), { key: "acting" });
    else void undo(last);
  }, [t, toast, undo]);

  useShortcuts([{ keys: "z", label: t("acting.undo_last"), group: t("keys.group.act"), run: undoLast }]);

  const acting = useMemo(
    () => ({ act: (request: ActRequest) => act(request), undoLast, pending, acted }),
    [act, undoLast, pending, acted],
  );
  return (
    <ActingContext.Provider value={acting}>
      {children}
      <JobsPanel jobs={jobs} />
    </ActingContext.Provider>
  );
}
