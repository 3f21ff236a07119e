import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Page, PageHeader } from "@tenon/ui";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { PolicyText, PolicyVersion } from "../connect/policy-text";
import { ProblemState, policyQuery, useApi, useLocale, useTitle } from "../core";

/** Every feature there is: the page tells about all of them, chosen or not. */
const ALL_FEATURES = [
  "mail",
  "sending",
  "tracking",
  "contacts",
  "calendar",
  "calendar_events",
  "tasks",
  "files",
];

/** Public: people read it before they have an account. */
export function PrivacyScreen({ back }: { back?: ReactNode }) {
  const { t } = useTranslation();
  const api = useApi();
  const locale = useLocale();
  const policy = useQuery(policyQuery(api, "google", ALL_FEATURES, locale));
  useTitle(t("nav.privacy"));
  return (
    <Page>
      <PageHeader back={back} title={t("nav.privacy")} lead={t("policy.lead")} />
      {policy.isPending && (
        <div aria-busy="true">
          <Skeleton height={190} radius="lg" mb="lg" />
          <Skeleton height={150} radius="lg" />
        </div>
      )}
      {policy.isError && <ProblemState error={policy.error} retry={() => void policy.refetch()} />}
      {policy.data !== undefined && (
        <>
          <PolicyText policy={policy.data} />
          <PolicyVersion version={policy.data.version} />
        </>
      )}
    </Page>
  );
}
