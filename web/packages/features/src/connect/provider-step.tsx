import { Link } from "@tanstack/react-router";
import type { Provider } from "@tenon/api-client";
import { IconChevronRight, IconMail, Notice, Pill } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import classes from "./connect.module.css";
import { ProviderMark } from "./provider-mark";

/** Named so that people know that they are meant to come; nothing of them is built yet. */
const LATER = ["microsoft", "host"] as const;

export function ProviderStep({ providers }: { providers: Provider[] }) {
  const { t } = useTranslation();
  return (
    <div className={classes.providers}>
      {providers.map((provider) =>
        provider.configured ? (
          <Link
            key={provider.id}
            className={classes.provider}
            to="/connect"
            search={{ provider: provider.id }}
          >
            <ProviderMark provider={provider.id} />
            <span className={classes.providerText}>
              <span className={classes.providerName}>{provider.name}</span>
              <br />
              <span className={classes.providerNote}>{t("connect.google_note")}</span>
            </span>
            <IconChevronRight size={18} color="var(--tn-text-3)" />
          </Link>
        ) : (
          <div key={provider.id}>
            <Notice tone="warn" title={t("connect.not_configured_title", { provider: provider.name })}>
              {t("connect.not_configured", { provider: provider.name })}
            </Notice>
          </div>
        ),
      )}
      {LATER.filter((id) => !providers.some((provider) => provider.id === id)).map((id) => (
        <div key={id} className={classes.provider} data-later>
          <span className={classes.providerMark}>
            <IconMail size={20} stroke={1.5} />
          </span>
          <span className={classes.providerText}>
            <span className={classes.providerName}>{t(`connect.later.${id}`)}</span>
            <br />
            <span className={classes.providerNote}>{t(`connect.later_note.${id}`)}</span>
          </span>
          <Pill>{t("connect.later_pill")}</Pill>
        </div>
      ))}
    </div>
  );
}
