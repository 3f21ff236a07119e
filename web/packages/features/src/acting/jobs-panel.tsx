import { Button, CloseButton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ActionName, type MailAction, send } from "@tenon/api-client";
import { ProgressBar, useToast } from "@tenon/ui";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { keys, mailActionsQuery, useApi, useFormat, useProblemText } from "../core";
import { refreshThreadLists } from "../mail/refresh";
import classes from "./jobs-panel.module.css";

/** The net under live events. */
const POLL_MS = 2500;
const isRunning = (action: MailAction) => action.state === "waiting" || action.state === "running";

type Jobs = ReadonlyMap<string, (action: MailAction) => void>;

/** Large changes go on at the server: how far they are, and a way to stop them. Those of other pages too. */
export default function JobsPanel({ jobs }: { jobs: Jobs }) {
  const { t } = useTranslation();
  const api = useApi();
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const actions = useQuery({
    ...mailActionsQuery(api),
    refetchInterval: ({ state }) => (state.data?.some(isRunning) === true ? POLL_MS : false),
  });
  const ended = useRef(new Set<string>());
  useEffect(() => {
    for (const action of actions.data ?? []) {
      const end = jobs.get(action.id);
      if (end === undefined || isRunning(action) || ended.current.has(action.id)) continue;
      ended.current.add(action.id);
      end(action);
    }
  }, [actions.data, jobs]);

  const shown = (actions.data ?? []).filter(
    (action) => (isRunning(action) || jobs.has(action.id)) && !dismissed.has(action.id),
  );
  if (shown.length === 0) return null;
  return (
    <section className={classes.panel} aria-label={t("acting.jobs")} data-no-print>
      {shown.map((action) => (
        <Job
          key={action.id}
          action={action}
          dismiss={() => setDismissed((all) => new Set(all).add(action.id))}
        />
      ))}
    </section>
  );
}

function Job({ action, dismiss }: { action: MailAction; dismiss: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const problemText = useProblemText();
  const running = isRunning(action);
  const path = { params: { path: { id: action.id } } };
  const change = useMutation({
    mutationFn: (what: "cancel" | "undo") =>
      what === "cancel"
        ? send(api.POST("/api/v1/mail/actions/{id}/cancel", path))
        : send(api.POST("/api/v1/mail/actions/{id}/undo", path)),
    onError: (error) => toast(problemText(error), "danger"),
    onSettled: async (_data, error, what) => {
      await client.invalidateQueries({ queryKey: keys.mailActions });
      if (what === "undo" && error === null) {
        dismiss();
        toast(t("acting.undone"));
        await refreshThreadLists(client, api, action.connection_id);
      }
    },
  });
  // A word of the request, unless it is an undo.
  const word = action.action as ActionName;
  const title = action.undo_of == null ? t(`acting.doing.${word}`) : t("acting.doing_undo");
  return (
    <div className={classes.job}>
      <div className={classes.head}>
        <span className={classes.title}>{title}</span>
        {!running && <CloseButton size="sm" aria-label={t("common.close")} onClick={dismiss} />}
      </div>
      {running && (
        <ProgressBar label={title} value={action.total === 0 ? 0 : (100 * action.done) / action.total} />
      )}
      <div className={classes.note} role="status">
        {action.state === "done" && t("acting.job_done", { count: action.done })}
        {action.state === "cancelled" && t("acting.job_cancelled", { count: action.done })}
        {action.state === "failed" && t("acting.job_failed")}
        {running &&
          t("acting.job_progress", { done: format.number(action.done), total: format.number(action.total) })}
        {action.gone > 0 && ` ${t("acting.job_gone", { count: action.gone })}`}
        {action.failed > 0 && ` ${t("acting.partly", { count: action.failed })}`}
        {action.reason_text != null && ` ${action.reason_text}`}
      </div>
      <div className={classes.actions}>
        {running && (
          <Button
            size="xs"
            variant="default"
            loading={change.isPending}
            onClick={() => change.mutate("cancel")}
          >
            {t("acting.job_stop")}
          </Button>
        )}
        {!running && action.undoable && (
          <Button
            size="xs"
            variant="default"
            loading={change.isPending}
            onClick={() => change.mutate("undo")}
          >
            {t("acting.undo")}
          </Button>
        )}
      </div>
    </div>
  );
}
