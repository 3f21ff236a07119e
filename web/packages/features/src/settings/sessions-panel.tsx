import { Button, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { send } from "@tenon/api-client";
import { Panel, Pill, useToast } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { keys, ProblemState, sessionsQuery, useApi, useFormat, useProblemText } from "../core";
import classes from "./settings.module.css";

export function SessionsPanel() {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const format = useFormat();
  const toast = useToast();
  const problemText = useProblemText();
  const sessions = useQuery(sessionsQuery(api));
  const end = useMutation({
    mutationFn: (id: string) => send(api.DELETE("/api/v1/sessions/{id}", { params: { path: { id } } })),
    onSuccess: () => {
      toast(t("sessions.ended"));
      void client.invalidateQueries({ queryKey: keys.sessions });
    },
    onError: (error) => toast(problemText(error), "danger"),
  });
  const endOthers = useMutation({
    mutationFn: () => send(api.DELETE("/api/v1/sessions")),
    onSuccess: ({ ended }) => {
      toast(t("sessions.ended_others", { count: ended }));
      void client.invalidateQueries({ queryKey: keys.sessions });
    },
    onError: (error) => toast(problemText(error), "danger"),
  });
  const others = sessions.data?.filter((session) => !session.current).length ?? 0;
  return (
    <Panel title={t("sessions.title")} lead={t("sessions.lead")} flush>
      {sessions.isPending && <Skeleton height={56} m="md" width="auto" />}
      {sessions.isError && <ProblemState error={sessions.error} retry={() => void sessions.refetch()} />}
      {sessions.data?.map((session) => {
        const name = session.device === "" ? t("sessions.unknown") : session.device;
        return (
          <div key={session.id} className={classes.row}>
            <div className={classes.rowText}>
              <div className={classes.rowTitle}>{name}</div>
              <div className={classes.rowNote}>
                {t("sessions.since", {
                  since: format.medium(session.created_at),
                  seen: format.ago(session.last_seen_at),
                })}
                {session.method === "passkey" && ` · ${t("sessions.by_passkey")}`}
              </div>
            </div>
            {session.current ? (
              <Pill tone="ok">{t("sessions.current")}</Pill>
            ) : (
              <Button
                size="xs"
                variant="default"
                loading={end.isPending && end.variables === session.id}
                aria-label={t("sessions.end_named", { name })}
                onClick={() => end.mutate(session.id)}
              >
                {t("sessions.end")}
              </Button>
            )}
          </div>
        );
      })}
      {others > 1 && (
        <div className={classes.row}>
          <Button variant="default" loading={endOthers.isPending} onClick={() => endOthers.mutate()}>
            {t("sessions.end_others")}
          </Button>
        </div>
      )}
    </Panel>
  );
}
