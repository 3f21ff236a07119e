import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Connection } from "@tenon/api-client";
import { Avatar, Blank, IconPlug, Page, PageHeader } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { connectionsQuery, LinkButton, ProblemState, plain, useApi, useFormat, useTitle } from "../core";
import { Alarms } from "./alarms";
import classes from "./connections.module.css";
import { ConnectionStatus, SyncProgress } from "./status";

export function ConnectionsScreen() {
  const { t } = useTranslation();
  const api = useApi();
  const connections = useQuery(connectionsQuery(api));
  useTitle(t("nav.connections"));
  const some = (connections.data?.length ?? 0) > 0;
  return (
    <Page>
      <PageHeader
        title={t("nav.connections")}
        lead={t("connections.lead")}
        actions={
          some && (
            <LinkButton to="/connect" leftSection={<IconPlug size={16} />}>
              {t("connections.connect")}
            </LinkButton>
          )
        }
      />
      <Alarms />
      {connections.isPending && <CardsSkeleton />}
      {connections.isError && (
        <ProblemState error={connections.error} retry={() => void connections.refetch()} />
      )}
      {connections.data !== undefined && !some && (
        <Blank
          icon={IconPlug}
          title={t("connections.empty_title")}
          action={<LinkButton to="/connect">{t("connections.connect")}</LinkButton>}
        >
          {t("connections.empty_text")}
        </Blank>
      )}
      {some && (
        <ul className={classes.list}>
          {connections.data?.map((connection) => (
            <li key={connection.id}>
              <ConnectionCard connection={connection} />
            </li>
          ))}
        </ul>
      )}
      <p className={classes.sub}>
        <Link to="/receipts" style={{ color: "var(--tn-accent)" }}>
          {t("receipts.title")}
        </Link>
        {" · "}
        <Link to="/consents" style={{ color: "var(--tn-accent)" }}>
          {t("consents.title")}
        </Link>
      </p>
    </Page>
  );
}

function ConnectionCard({ connection }: { connection: Connection }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { mailbox } = connection;
  return (
    <article className={classes.card}>
      <Avatar name={connection.address} size={40} />
      <div className={classes.cardText}>
        <div className={classes.cardTop}>
          <Link className={classes.cardName} to="/connections/$id" params={{ id: connection.id }}>
            {connection.address}
          </Link>
          <ConnectionStatus connection={connection} />
        </div>
        <p className={classes.sub}>
          {mailbox == null
            ? plain(connection.name)
            : t("connections.summary", {
                count: mailbox.messages,
                messages: format.number(mailbox.messages),
                unread: format.number(mailbox.unread),
              })}
        </p>
        {mailbox != null && <SyncProgress mailbox={mailbox} />}
      </div>
    </article>
  );
}

function CardsSkeleton() {
  return (
    <div aria-busy="true">
      {[0, 1].map((row) => (
        <Skeleton key={row} height={82} radius="lg" mb="sm" />
      ))}
    </div>
  );
}
