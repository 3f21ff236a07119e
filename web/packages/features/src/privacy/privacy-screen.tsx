import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Page, PageHeader } from "@tenon/ui";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { PolicyText, PolicyVersion } from "../connect/policy-text";
import { ProblemState, policyQuery, providersQuery, useApi, useLocale, useTitle } from "../core";

/** Public: people read it before they have an account. */
export function PrivacyScreen({ back }: { back?: ReactNode }) {
  const { t } = useTranslation();
  const api = useApi();
  const locale = useLocale();
  const providers = useQuery(providersQuery(api, locale));
  const google = providers.data?.find(({ id }) => id === "google");
  // Every feature that the server knows, chosen or not: a list kept here would fall behind.
  const features = google?.features.map(({ id }) => id) ?? [];
  const policy = useQuery({
    ...policyQuery(api, "google", features, locale),
    enabled: providers.data !== undefined,
  });
  const failed = providers.error ?? policy.error;
  useTitle(t("nav.privacy"));
  return (
    <Page>
      <PageHeader back={back} title={t("nav.privacy")} lead={t("policy.lead")} />
      {policy.isPending && failed === null && (
        <div aria-busy="true">
          <Skeleton height={190} radius="lg" mb="lg" />
          <Skeleton height={150} radius="lg" />
        </div>
      )}
      {failed !== null && (
        <ProblemState error={failed} retry={() => void (providers.isError ? providers : policy).refetch()} />
      )}
      {policy.data !== undefined && (
        <>
          <PolicyText policy={policy.data} />
          <PolicyVersion version={policy.data.version} />
        </>
      )}
    </Page>
  );
}
