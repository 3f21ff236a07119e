import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Consent } from "@tenon/api-client";
import { Blank, IconShieldCheck, Page, PageHeader, Panel, Pill } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { PolicyVersion } from "../connect/policy-text";
import { consentsQuery, ProblemState, providersQuery, useApi, useFormat, useLocale, useTitle } from "../core";
import classes from "./connections.module.css";
import { providerName, ToConnections } from "./receipt-screens";

export function ConsentsScreen() {
  const { t } = useTranslation();
  const api = useApi();
  const consents = useQuery(consentsQuery(api));
  useTitle(t("consents.title"));
  return (
    <Page>
      <PageHeader back={<ToConnections />} title={t("consents.title")} lead={t("consents.lead")} />
      {consents.isPending && <Skeleton height={160} radius="lg" />}
      {consents.isError && <ProblemState error={consents.error} retry={() => void consents.refetch()} />}
      {consents.data?.length === 0 && (
        <Blank icon={IconShieldCheck} title={t("consents.empty_title")}>
          {t("consents.empty_text")}
        </Blank>
      )}
      {consents.data?.map((consent) => (
        <ConsentCard key={consent.id} consent={consent} />
      ))}
    </Page>
  );
}

function ConsentCard({ consent }: { consent: Consent }) {
  const { t } = useTranslation();
  const api = useApi();
  const locale = useLocale();
  const format = useFormat();
  const providers = useQuery(providersQuery(api, locale));
  const provider = providers.data?.find((candidate) => candidate.id === consent.provider);
  return (
    <Panel
      item
      title={t("consents.item", {
        provider: providerName(consent.provider),
        when: format.medium(consent.given_at),
      })}
    >
      <div className={classes.pills}>
        {consent.features.map((id) => (
          <Pill key={id}>{provider?.features.find((feature) => feature.id === id)?.name ?? id}</Pill>
        ))}
        {consent.connection_id == null && <Pill tone="warn">{t("consents.unused")}</Pill>}
        <PolicyVersion version={consent.policy_version} />
      </div>
      <details className={classes.details} style={{ marginTop: "0.75rem" }}>
        <summary>{t("consents.sentences", { count: consent.sentences.length })}</summary>
        <ul className={classes.consentSentences} lang={consent.locale}>
          {consent.sentences.map((sentence) => (
            <li key={sentence.id}>{sentence.text}</li>
          ))}
        </ul>
      </details>
    </Panel>
  );
}
