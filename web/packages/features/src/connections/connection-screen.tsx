import { Button, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Connection, isProblem, send } from "@tenon/api-client";
import {
  Avatar,
  backLinkClass,
  IconChevronLeft,
  IconMail,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlug,
  IconTrash,
  Notice,
  Page,
  PageHeader,
  Panel,
  useToast,
} from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import {
  connectionQuery,
  keys,
  LinkButton,
  ProblemState,
  useApi,
  useFormat,
  useProblemText,
  useTitle,
} from "../core";
import { ConnectionNotices } from "./connection-notices";
import { AliasesPanel, FeaturesPanel } from "./connection-parts";
import classes from "./connections.module.css";
import { DisconnectDialog } from "./disconnect-dialog";
import { HealthPanel } from "./health-panel";
import { ConnectionStatus, SyncProgress } from "./status";

type ConnectionScreenProps = {
  id: string;
  justConnected: boolean;
  onDisconnected: (receiptId: string) => void;
};

export function ConnectionScreen({ id, justConnected, onDisconnected }: ConnectionScreenProps) {
  const { t } = useTranslation();
  const api = useApi();
  const connection = useQuery(connectionQuery(api, id));
  useTitle(connection.data?.address);

  const back = (
    <Link className={backLinkClass} to="/connections">
      <IconChevronLeft size={16} />
      {t("nav.connections")}
    </Link>
  );
  if (connection.data === undefined) {
    return (
      <Page>
        {connection.isError ? (
          <ProblemState error={connection.error} retry={() => void connection.refetch()} />
        ) : (
          <div aria-busy="true">
            <Skeleton height={28} width="60%" mb="xl" />
            {[140, 260, 300].map((height) => (
              <Skeleton key={height} height={height} radius="lg" mb="lg" />
            ))}
          </div>
        )}
      </Page>
    );
  }
  return (
    <Loaded
      connection={connection.data}
      justConnected={justConnected}
      onDisconnected={onDisconnected}
      back={back}
    />
  );
}

type LoadedProps = {
  connection: Connection;
  justConnected: boolean;
  onDisconnected: (receiptId: string) => void;
  back: React.ReactNode;
};

function Loaded({ connection, justConnected, onDisconnected, back }: LoadedProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [disconnecting, setDisconnecting] = useState(false);
  const { mailbox } = connection;
  return (
    <Page>
      <PageHeader
        back={back}
        title={
          <span className={classes.identity}>
            <Avatar name={connection.address} size={40} />
            <span className={classes.identityName}>{connection.address}</span>
          </span>
        }
        actions={
          mailbox != null && (
            <LinkButton
              to="/mail/$connection/{-$label}"
              params={{ connection: connection.id }}
              leftSection={<IconMail size={16} />}
            >
              {t("connections.open_mail")}
            </LinkButton>
          )
        }
      />
      {justConnected && (
        <Notice tone="ok" role="status" title={t("connections.connected_title")}>
          {t("connections.connected_text")}
        </Notice>
      )}
      <ConnectionNotices connection={connection} />
      <Panel title={t("connections.mailbox")} aside={<ConnectionStatus connection={connection} />}>
        {mailbox == null ? (
          <p className={classes.sub}>{t("connections.no_mailbox")}</p>
        ) : (
          <>
            <dl className={classes.figures}>
              {(["messages", "threads", "unread"] as const).map((what) => (
                <div key={what} className={classes.figure}>
                  <dt>{t(`connections.figure.${what}`)}</dt>
                  <dd>{format.number(mailbox[what])}</dd>
                </div>
              ))}
            </dl>
            <SyncProgress mailbox={mailbox} />
          </>
        )}
        <Actions connection={connection} disconnect={() => setDisconnecting(true)} />
      </Panel>
      <HealthPanel connection={connection} />
      <FeaturesPanel connection={connection} />
      <AliasesPanel connection={connection} />
      <DisconnectDialog
        connection={connection}
        opened={disconnecting}
        close={() => setDisconnecting(false)}
        onDisconnected={onDisconnected}
      />
    </Page>
  );
}

/** Three separate actions: pause, reconnect, disconnect. */
function Actions({ connection, disconnect }: { connection: Connection; disconnect: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const problemText = useProblemText();
  const { id, status } = connection;
  const path = { params: { path: { id } } };

  const toggle = useMutation({
    mutationFn: (to: "pause" | "resume") =>
      to === "pause"
        ? send(api.POST("/api/v1/connections/{id}/pause", path))
        : send(api.POST("/api/v1/connections/{id}/resume", path)),
    onSuccess: (changed, to) => {
      client.setQueryData(keys.connection(id), changed);
      void client.invalidateQueries({ queryKey: keys.connections });
      toast(t(to === "pause" ? "connections.paused_toast" : "connections.resumed_toast"));
    },
    onError: (error) => toast(isProblem(error) ? problemText(error) : t("problem.unexpected"), "danger"),
  });

  return (
    <div className={classes.dialogActions} style={{ justifyContent: "flex-start" }}>
      {status === "active" && (
        <Button
          variant="default"
          leftSection={<IconPlayerPause size={16} />}
          loading={toggle.isPending}
          onClick={() => toggle.mutate("pause")}
        >
          {t("connections.pause")}
        </Button>
      )}
      {status === "paused" && (
        <Button
          variant="default"
          leftSection={<IconPlayerPlay size={16} />}
          loading={toggle.isPending}
          onClick={() => toggle.mutate("resume")}
        >
          {t("connections.resume")}
        </Button>
      )}
      <LinkButton
        to="/connect"
        search={{ connection: id }}
        variant="default"
        leftSection={<IconPlug size={16} />}
      >
        {t("connections.reconnect")}
      </LinkButton>
      <Button
        variant="default"
        c="var(--tn-danger)"
        leftSection={<IconTrash size={16} />}
        onClick={disconnect}
        aria-haspopup="dialog"
      >
        {t("connections.disconnect")}
      </Button>
    </div>
  );
}
