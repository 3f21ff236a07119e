import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Send } from "@tenon/api-client";
import { useToast } from "@tenon/ui";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { keys, latestSendsQuery, useApi, useProblemText } from "../core";
import { callBack, patience, StoppedAsking } from "./lost-answers";

/** A message sent from this page. `waits`: its hour in words, where it waits for one. */
export type Sent = { id: string; undoSeconds: number; again: () => void; waits?: string };

/** The net under live events. */
const POLL_MS = 2000;
const isOpen = (one: Send) => one.state === "scheduled" || one.state === "sending";

/** Says what becomes of messages sent from this page, and lets them be called back in time. */
export function OutboxWatch({ sent, ended }: { sent: Sent[]; ended: (id: string) => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const toast = useToast();
  const problemText = useProblemText();
  const sends = useQuery({
    ...latestSendsQuery(api),
    enabled: sent.length > 0,
    refetchInterval: sent.length > 0 ? POLL_MS : false,
  });
  const said = useRef(new Map<string, () => void>());
  /** Those that the person has called back, until it is known whether in time. */
  const wanted = useRef(new Set<string>());
  const stop = useRef(new AbortController());
  useEffect(() => {
    if (stop.current.signal.aborted) stop.current = new AbortController();
    return () => stop.current.abort();
  }, []);

  /** Called back, whether by the answer itself or by what the server said later. */
  const returned = (one: Sent) => {
    said.current.get(one.id)?.();
    ended(one.id);
    toast(t("outbox.called_back"), { key: one.id });
    one.again();
  };
  const cancel = async (one: Sent) => {
    wanted.current.add(one.id);
    toast(t("outbox.calling_back"), { key: one.id, shownMs: 120_000 });
    const asking = { onUnknown: () => undefined, pause: patience(stop.current.signal) };
    try {
      const now = await callBack(api, one.id, asking);
      if (now.state !== "cancelled") toast(t("outbox.too_late"), { key: one.id, tone: "danger" });
      else if (wanted.current.delete(one.id)) returned(one);
    } catch (error) {
      const look = { label: t("outbox.look"), run: open };
      if (error instanceof StoppedAsking)
        toast(t("outbox.cancel_unknown"), { key: one.id, tone: "danger", shownMs: 20_000, action: look });
      else toast(`${t("outbox.cancel_failed")} ${problemText(error)}`, { key: one.id, tone: "danger" });
    }
    void client.invalidateQueries({ queryKey: keys.sends });
  };
  const open = () => void navigate({ to: "/outbox" });

  // biome-ignore lint/correctness/useExhaustiveDependencies: said once for each message
  useEffect(() => {
    for (const one of sent) {
      if (said.current.has(one.id)) continue;
      const undoable = one.undoSeconds > 0;
      const hide = toast(one.waits ?? t("outbox.sending"), {
        key: one.id,
        shownMs: Math.max(2, one.undoSeconds) * 1000,
        ...(undoable ? { action: { label: t("acting.undo"), run: () => void cancel(one) } } : {}),
      });
      said.current.set(one.id, hide);
      // What becomes of it at its hour is not watched from here.
      if (one.waits !== undefined) ended(one.id);
    }
  }, [sent]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only news of the server matter
  useEffect(() => {
    for (const one of sent) {
      const now = sends.data?.find(({ id }) => id === one.id);
      if (now === undefined || isOpen(now)) continue;
      if (now.state === "cancelled" && wanted.current.delete(one.id)) {
        returned(one);
        continue;
      }
      ended(one.id);
      said.current.get(one.id)?.();
      if (now.state === "sent") toast(t("outbox.sent"), { key: one.id });
      else if (now.state !== "cancelled")
        toast(t(`outbox.said.${now.state === "refused" ? "refused" : "doubtful"}`), {
          key: one.id,
          tone: "danger",
          shownMs: 20_000,
          action: { label: t("outbox.look"), run: open },
        });
    }
  }, [sends.data, sent]);
  return null;
}
