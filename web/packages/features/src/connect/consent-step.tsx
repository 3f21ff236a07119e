import { Button, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { isProblem, type Provider, send } from "@tenon/api-client";
import { Notice, Panel, Pill } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice, ProblemState, policyQuery, useApi, useLocale } from "../core";
import { type Choice, IDENTITY } from "./choice";
import classes from "./connect.module.css";
import { PolicyText, PolicyVersion } from "./policy-text";

type ConsentStepProps = {
  provider: Provider;
  choice: Choice;
  connection: string | undefined;
  leave: (url: string) => void;
};

/** Step 1, ours: exactly the sentences that hold for what was chosen, then *Activate*. */
export function ConsentStep({ provider, choice, connection, leave }: ConsentStepProps) {
  const { t } = useTranslation();
  const api = useApi();
  const locale = useLocale();
  const client = useQueryClient();
  const [changed, setChanged] = useState(false);
  const query = policyQuery(api, provider.id, choice.features, locale);
  const policy = useQuery(query);

  const authorize = useMutation({
    mutationFn: (version: string) =>
      send(
        api.POST("/api/v1/connections/authorize", {
          body: {
            provider: provider.id,
            profile: choice.profile,
            features: choice.features,
            policy_version: version,
            locale,
            ...(connection === undefined ? {} : { connection_id: connection }),
          },
        }),
      ),
    onSuccess: ({ authorize_url }) => leave(authorize_url),
    onError: (error) => {
      if (isProblem(error, "policy_changed")) {
        setChanged(true);
        void client.invalidateQueries({ queryKey: query.queryKey });
      }
    },
  });

  if (policy.isPending) return <ConsentSkeleton />;
  if (policy.isError) return <ProblemState error={policy.error} retry={() => void policy.refetch()} />;

  const chosen = provider.features.filter(
    (feature) => feature.required || feature.id === IDENTITY || choice.features.includes(feature.id),
  );
  return (
    <>
      {changed && (
        <Notice tone="warn" role="alert" title={t("connect.policy_changed_title")}>
          {t("connect.policy_changed")}
        </Notice>
      )}
      <Panel title={t("connect.chosen")}>
        <ul className={classes.chosen}>
          {chosen.map((feature) => (
            <li key={feature.id}>
              <Pill>{feature.name}</Pill>
            </li>
          ))}
        </ul>
      </Panel>
      <PolicyText policy={policy.data} />
      <div className={classes.eachChecked}>
        <span>
          {t("policy.each_checked")}{" "}
          <Link to="/privacy" target="_blank">
            {t("policy.each_how")}
            <span className="tn-sr-only"> ({t("sign_in.new_tab")})</span>
          </Link>
        </span>
        <PolicyVersion version={policy.data.version} />
      </div>
      {authorize.error !== null && !isProblem(authorize.error, "policy_changed") && (
        <AuthorizeProblem error={authorize.error} provider={provider} />
      )}
      <div className={classes.foot}>
        <span className={classes.footText}>
          {t("connect.activate_explained", { provider: provider.name })}
        </span>
        <Button
          size="md"
          loading={authorize.isPending || authorize.isSuccess}
          disabled={policy.isFetching}
          onClick={() => {
            setChanged(false);
            authorize.mutate(policy.data.version);
          }}
        >
          {t("connect.activate")}
        </Button>
      </div>
    </>
  );
}

function AuthorizeProblem({ error, provider }: { error: unknown; provider: Provider }) {
  const { t } = useTranslation();
  if (isProblem(error, "provider_not_configured")) {
    return (
      <Notice
        tone="danger"
        role="alert"
        title={t("connect.not_configured_title", { provider: provider.name })}
      >
        {t("connect.not_configured", { provider: provider.name })}
      </Notice>
    );
  }
  return <ProblemNotice error={error} title={t("connect.authorize_failed")} />;
}

function ConsentSkeleton() {
  return (
    <div aria-busy="true">
      {[96, 210, 180].map((height) => (
        <Skeleton key={height} height={height} radius="lg" mb="lg" />
      ))}
    </div>
  );
}
