import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type Connection, send } from "@tenon/api-client";
import { Notice, useToast } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { keys, LinkButton, useApi, useFormat, useProblemText } from "../core";

/** What is wrong with a connection, and what the person can do. */
export function ConnectionNotices({ connection }: { connection: Connection }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { status, mailbox } = connection;
  const reconnect = (
    <LinkButton to="/connect" search={{ connection: connection.id }} size="xs">
      {t("connections.reconnect")}
    </LinkButton>
  );
  return (
    <>
      {status === "revoked" && (
        <Notice tone="danger" title={t("connections.notice.revoked_title")} actions={reconnect}>
          {connection.purge_at == null
            ? t("connections.notice.revoked")
            : t("connections.notice.revoked_purge", { day: format.day(connection.purge_at) })}
        </Notice>
      )}
      {status === "needs_reauthorization" && (
        <Notice tone="warn" title={t("connections.notice.reauthorize_title")} actions={reconnect}>
          {t("connections.notice.reauthorize")}
        </Notice>
      )}
      {status === "paused" && (
        <Notice title={t("connections.notice.paused_title")}>{t("connections.notice.paused")}</Notice>
      )}
      {status === "active" && mailbox?.state === "stalled" && (
        <Notice tone="warn" title={t("connections.notice.stalled_title")}>
          {mailbox.reason_text ?? t("connections.notice.stalled")}
        </Notice>
      )}
      {mailbox?.state === "parked" && <ParkedNotice connection={connection} />}
    </>
  );
}

/** The brake: so much vanished at once that a person is asked before it is removed here as well. */
function ParkedNotice({ connection }: { connection: Connection }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const problemText = useProblemText();
  const unpark = useMutation({
    mutationFn: (decision: "keep" | "remove") =>
      send(
        api.POST("/api/v1/connections/{id}/unpark", {
          params: { path: { id: connection.id } },
          body: { decision },
        }),
      ),
    onSuccess: (changed) => {
      client.setQueryData(keys.connection(connection.id), changed);
      void client.invalidateQueries({ queryKey: keys.connections });
    },
    onError: (error) => toast(problemText(error), "danger"),
  });
  return (
    <Notice
      tone="warn"
      title={t("connections.notice.parked_title")}
      actions={
        <>
          <Button
            size="xs"
            variant="default"
            loading={unpark.isPending}
            onClick={() => unpark.mutate("keep")}
          >
            {t("connections.notice.parked_keep")}
          </Button>
          <Button
            size="xs"
            variant="default"
            c="var(--tn-danger)"
            loading={unpark.isPending}
            onClick={() => unpark.mutate("remove")}
          >
            {t("connections.notice.parked_remove")}
          </Button>
        </>
      }
    >
      {connection.mailbox?.reason_text ?? t("connections.notice.parked")}
    </Notice>
  );
}
