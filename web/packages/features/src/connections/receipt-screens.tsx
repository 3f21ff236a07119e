import { Anchor, Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Receipt } from "@tenon/api-client";
import {
  Blank,
  backLinkClass,
  Facts,
  IconCheck,
  IconChevronLeft,
  IconExternalLink,
  IconPrinter,
  IconReceipt,
  Notice,
  Page,
  PageHeader,
  Panel,
} from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { ProblemState, receiptQuery, receiptsQuery, useApi, useFormat, useTitle } from "../core";
import classes from "./connections.module.css";
import { Counts } from "./counts";

const PROVIDER_NAMES: Record<string, string> = { google: "Google", microsoft: "Microsoft" };
export const providerName = (id: string): string => PROVIDER_NAMES[id] ?? id;

export function ReceiptsScreen() {
  const { t } = useTranslation();
  const api = useApi();
  const format = useFormat();
  const receipts = useQuery(receiptsQuery(api));
  useTitle(t("receipts.title"));
  return (
    <Page>
      <PageHeader back={<ToConnections />} title={t("receipts.title")} lead={t("receipts.lead")} />
      {receipts.isPending && <Skeleton height={120} radius="lg" />}
      {receipts.isError && <ProblemState error={receipts.error} retry={() => void receipts.refetch()} />}
      {receipts.data?.length === 0 && (
        <Blank icon={IconReceipt} title={t("receipts.empty_title")}>
          {t("receipts.empty_text")}
        </Blank>
      )}
      <ul className={classes.list}>
        {receipts.data?.map((receipt) => (
          <li key={receipt.id} className={classes.card}>
            <div className={classes.cardText}>
              <Link className={classes.cardName} to="/receipts/$id" params={{ id: receipt.id }}>
                {t("receipts.item", {
                  provider: providerName(receipt.provider),
                  day: format.day(receipt.disconnected_at),
                })}
              </Link>
              <p className={classes.sub}>{t(`receipts.grant.${receipt.grant}`)}</p>
            </div>
          </li>
        ))}
      </ul>
    </Page>
  );
}

export function ReceiptScreen({ id }: { id: string }) {
  const { t } = useTranslation();
  const api = useApi();
  const receipt = useQuery(receiptQuery(api, id));
  useTitle(t("receipts.one"));
  return (
    <Page width="40rem">
      <PageHeader
        back={
          <Link className={backLinkClass} to="/receipts" data-no-print>
            <IconChevronLeft size={16} />
            {t("receipts.title")}
          </Link>
        }
        title={t("receipts.one")}
        lead={t("receipts.one_lead")}
        actions={
          <Button variant="default" leftSection={<IconPrinter size={16} />} onClick={() => window.print()}>
            {t("receipts.print")}
          </Button>
        }
      />
      {receipt.isPending && <Skeleton height={380} radius="lg" />}
      {receipt.isError && <ProblemState error={receipt.error} retry={() => void receipt.refetch()} />}
      {receipt.data !== undefined && <ReceiptBody receipt={receipt.data} />}
    </Page>
  );
}

function ReceiptBody({ receipt }: { receipt: Receipt }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      {receipt.key_destroyed ? (
        <p className={classes.proof} data-tone="ok">
          <IconCheck size={20} />
          {t("receipts.key_destroyed")}
        </p>
      ) : (
        <Notice tone="warn">{t("receipts.key_kept")}</Notice>
      )}
      <Panel title={t("receipts.removed")}>
        <Counts counts={receipt.counts} />
      </Panel>
      <Panel>
        <Facts
          entries={[
            [
              t("receipts.number"),
              <span key="id" className={classes.mono}>
                {receipt.id}
              </span>,
            ],
            [t("receipts.provider"), providerName(receipt.provider)],
            [t("receipts.connected_at"), format.medium(receipt.connected_at)],
            [t("receipts.disconnected_at"), format.medium(receipt.disconnected_at)],
            [
              t("receipts.removed_at"),
              receipt.removed_at === null ? t("receipts.removing") : format.medium(receipt.removed_at),
            ],
            [
              t("receipts.key"),
              <span key="key" className={classes.mono}>
                {receipt.key_id}
              </span>,
            ],
            [t("receipts.grant_title"), <Grant key="grant" receipt={receipt} />],
          ]}
        />
      </Panel>
    </>
  );
}

function Grant({ receipt }: { receipt: Receipt }) {
  const { t } = useTranslation();
  return (
    <>
      {t(`receipts.grant.${receipt.grant}`)}
      {receipt.grant_link != null && receipt.grant !== "revoked" && (
        <>
          {" "}
          <Anchor href={receipt.grant_link} target="_blank" rel="noreferrer">
            {t("disconnect.end_there")} <IconExternalLink size={12} />
          </Anchor>
        </>
      )}
    </>
  );
}

export function ToConnections() {
  const { t } = useTranslation();
  return (
    <Link className={backLinkClass} to="/connections">
      <IconChevronLeft size={16} />
      {t("nav.connections")}
    </Link>
  );
}
