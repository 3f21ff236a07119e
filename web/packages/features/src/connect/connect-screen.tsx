import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Connection, Provider } from "@tenon/api-client";
import { backLinkClass, IconChevronLeft, Page, PageHeader } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { connectionQuery, ProblemState, providersQuery, useApi, useLocale, useTitle } from "../core";
import { CallbackError } from "./callback-error";
import { type ConnectSearch, currentChoice } from "./choice";
import classes from "./connect.module.css";
import { ConsentStep } from "./consent-step";
import { FeaturesStep } from "./features-step";
import { ProviderStep } from "./provider-step";

type ConnectScreenProps = {
  search: ConnectSearch;
  setSearch: (search: ConnectSearch, options?: { replace?: boolean }) => void;
  /** Leaves for the provider's own consent page. */
  leave: (url: string) => void;
};

export function ConnectScreen({ search, setSearch, leave }: ConnectScreenProps) {
  const { t } = useTranslation();
  const api = useApi();
  const locale = useLocale();
  const providers = useQuery(providersQuery(api, locale));
  const existing = useQuery({
    ...connectionQuery(api, search.connection ?? ""),
    enabled: search.connection !== undefined,
  });
  useTitle(t("connect.title"));

  const loading = providers.isPending || (search.connection !== undefined && existing.isPending);
  const error = providers.error ?? (search.connection === undefined ? null : existing.error);
  const providerId = search.provider ?? existing.data?.provider;
  const provider = providers.data?.find((candidate) => candidate.id === providerId && candidate.configured);

  return (
    <Page>
      <PageHeader
        back={<BackLink search={search} provider={provider} />}
        title={title(t, search, provider, existing.data)}
        lead={provider === undefined ? t("connect.lead") : undefined}
      />
      {search.error !== undefined && (
        <CallbackError
          code={search.error}
          dismiss={() => setSearch({ ...search, error: undefined }, { replace: true })}
        />
      )}
      {loading && <ConnectSkeleton />}
      {error !== null && !loading && (
        <ProblemState
          error={error}
          retry={() => void (providers.isError ? providers.refetch() : existing.refetch())}
        />
      )}
      {providers.data !== undefined && !loading && error === null && (
        <Step
          providers={providers.data}
          provider={provider}
          existing={existing.data}
          search={search}
          setSearch={setSearch}
          leave={leave}
        />
      )}
    </Page>
  );
}

function title(
  t: ReturnType<typeof useTranslation>["t"],
  search: ConnectSearch,
  provider: Provider | undefined,
  existing: Connection | undefined,
): string {
  if (existing !== undefined) return t("connect.reconnect_title", { address: existing.address });
  if (provider === undefined) return t("connect.title");
  return search.review === true
    ? t("connect.consent_title")
    : t("connect.features_title", { provider: provider.name });
}

type StepProps = ConnectScreenProps & {
  providers: Provider[];
  provider: Provider | undefined;
  existing: Connection | undefined;
};

function Step({ providers, provider, existing, search, setSearch, leave }: StepProps) {
  if (provider === undefined) return <ProviderStep providers={providers} />;
  const choice = currentChoice(provider, search, existing);
  const base: ConnectSearch = { provider: provider.id, connection: search.connection };
  return (
    <>
      <Steps provider={provider} />
      {search.review === true ? (
        <ConsentStep provider={provider} choice={choice} connection={search.connection} leave={leave} />
      ) : (
        <FeaturesStep
          provider={provider}
          choice={choice}
          change={(next) =>
            setSearch(
              { ...base, profile: next.profile, features: next.features.join(",") },
              { replace: true },
            )
          }
          review={() =>
            setSearch({ ...base, profile: choice.profile, features: choice.features.join(","), review: true })
          }
        />
      )}
    </>
  );
}

/** Two consents, always in this order: ours, then the provider's. */
function Steps({ provider }: { provider: Provider }) {
  const { t } = useTranslation();
  return (
    <ol className={classes.steps} aria-label={t("connect.steps")}>
      <li className={classes.step} aria-current="step">
        <span className={classes.stepNumber} aria-hidden="true">
          1
        </span>
        {t("connect.step_ours")}
      </li>
      <li className={classes.step}>
        <span className={classes.stepNumber} aria-hidden="true">
          2
        </span>
        {t("connect.step_theirs", { provider: provider.name })}
      </li>
    </ol>
  );
}

function BackLink({ search, provider }: { search: ConnectSearch; provider: Provider | undefined }) {
  const { t } = useTranslation();
  const content = (text: string) => (
    <>
      <IconChevronLeft size={16} />
      {text}
    </>
  );
  if (search.review === true && provider !== undefined) {
    return (
      <Link
        className={backLinkClass}
        to="/connect"
        search={{ ...search, review: undefined, error: undefined }}
      >
        {content(t("connect.back_features"))}
      </Link>
    );
  }
  if (search.connection !== undefined) {
    return (
      <Link className={backLinkClass} to="/connections/$id" params={{ id: search.connection }}>
        {content(t("connections.one"))}
      </Link>
    );
  }
  if (provider !== undefined) {
    return (
      <Link className={backLinkClass} to="/connect">
        {content(t("connect.back_providers"))}
      </Link>
    );
  }
  return (
    <Link className={backLinkClass} to="/connections">
      {content(t("nav.connections"))}
    </Link>
  );
}

function ConnectSkeleton() {
  return (
    <div className={classes.providers} aria-busy="true">
      {[0, 1, 2].map((row) => (
        <Skeleton key={row} height={76} radius="lg" />
      ))}
    </div>
  );
}
