import { useQuery } from "@tanstack/react-query";
import type { Connection } from "@tenon/api-client";
import { Panel, Pill, Status } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { LinkButton, plain, providersQuery, useApi, useLocale } from "../core";
import classes from "./connections.module.css";

/** Features by state; the ones the provider did not grant can be asked for again, just these. */
export function FeaturesPanel({ connection }: { connection: Connection }) {
  const { t } = useTranslation();
  const api = useApi();
  const locale = useLocale();
  const providers = useQuery(providersQuery(api, locale));
  const provider = providers.data?.find((candidate) => candidate.id === connection.provider);
  const nameOf = (id: string) => provider?.features.find((feature) => feature.id === id)?.name ?? id;
  const isBuilt = (id: string) =>
    provider?.features.find((feature) => feature.id === id)?.available !== false;
  const on = connection.features.filter((feature) => feature.state !== "off").map((feature) => feature.id);
  return (
    <Panel title={t("connections.features")} lead={t("connections.features_lead")} flush>
      {connection.features.map((feature) => (
        <div key={feature.id} className={classes.row}>
          <span className={`${classes.rowText} ${classes.rowTitle}`}>{nameOf(feature.id)}</span>
          {feature.state === "on" && <Status tone="ok">{t("connections.feature_state.on")}</Status>}
          {feature.state === "off" && !isBuilt(feature.id) && <Pill>{t("connect.not_built")}</Pill>}
          {feature.state === "off" && isBuilt(feature.id) && (
            <>
              <Status tone="neutral">{t("connections.feature_state.off")}</Status>
              <LinkButton
                to="/connect"
                search={{ connection: connection.id, features: [...on, feature.id].join(",") }}
                size="xs"
                variant="subtle"
                aria-label={t("connections.switch_on_named", { name: nameOf(feature.id) })}
              >
                {t("connections.switch_on")}
              </LinkButton>
            </>
          )}
          {feature.state === "needs_reauthorization" && (
            <>
              <Status tone="warn">{t("connections.feature_state.needs_reauthorization")}</Status>
              <LinkButton
                to="/connect"
                search={{ connection: connection.id, features: on.join(","), review: true }}
                size="xs"
                variant="default"
                aria-label={t("connections.ask_again_named", { name: nameOf(feature.id) })}
              >
                {t("connections.ask_again")}
              </LinkButton>
            </>
          )}
        </div>
      ))}
    </Panel>
  );
}

export function AliasesPanel({ connection }: { connection: Connection }) {
  const { t } = useTranslation();
  if (connection.aliases.length === 0) return null;
  return (
    <Panel title={t("connections.aliases")} lead={t("connections.aliases_lead")} flush>
      {connection.aliases.map((alias) => (
        <div key={alias.address} className={classes.row}>
          <span className={classes.rowText}>
            <span className={classes.rowTitle}>{alias.address}</span>
            {alias.name !== "" && <span className={classes.sub}> {plain(alias.name)}</span>}
          </span>
          {alias.is_default && <Pill tone="ok">{t("connections.alias_default")}</Pill>}
          {alias.signature_html_present && <Pill>{t("connections.alias_signature")}</Pill>}
        </div>
      ))}
    </Panel>
  );
}
