import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { PolicySentence } from "@tenon/api-client";
import { Page, PageHeader } from "@tenon/ui";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Checks, PolicyText, PolicyVersion } from "../connect/policy-text";
import { ProblemState, policyQuery, providersQuery, useApi, useLocale, useTitle } from "../core";
import classes from "./privacy.module.css";

const PROVIDER = "google";

/** Public: people read it before they have an account. Every promise there is, with what checks it. */
export function PrivacyScreen({ back }: { back?: ReactNode }) {
  const { t } = useTranslation();
  const api = useApi();
  const locale = useLocale();
  // No list of features: the server then answers for all that it knows.
  const policy = useQuery(policyQuery(api, PROVIDER, undefined, locale));
  // Only the names of features come from here; without them the page is whole.
  const providers = useQuery(providersQuery(api, locale));
  useTitle(t("nav.privacy"));
  const checks = new Map(policy.data?.checks?.map((check) => [check.id, check]));
  const features = providers.data?.find(({ id }) => id === PROVIDER)?.features ?? [];
  const below = (sentence: PolicySentence, labelId: string) => {
    const feature = features.find(({ id }) => id === sentence.feature)?.name;
    const note = feature === undefined ? undefined : t("policy.only_with", { feature });
    const behind = sentence.checks?.flatMap((id) => checks.get(id) ?? []) ?? [];
    return <Checks checks={behind} note={note} labelId={labelId} />;
  };
  return (
    <Page>
      <PageHeader back={back} title={t("nav.privacy")} lead={t("policy.lead")} />
      {policy.isPending && (
        <div aria-busy="true">
          <Skeleton height={190} radius="lg" mb="lg" />
          <Skeleton height={150} radius="lg" />
        </div>
      )}
      {policy.isError && policy.data === undefined && (
        <ProblemState error={policy.error} retry={() => void policy.refetch()} />
      )}
      {policy.data !== undefined && (
        <>
          <PolicyText policy={policy.data} below={below} />
          <p className={classes.book}>{t("policy.book")}</p>
          <PolicyVersion version={policy.data.version} />
        </>
      )}
    </Page>
  );
}
