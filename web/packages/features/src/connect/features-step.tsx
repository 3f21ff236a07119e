import { Button, Switch } from "@mantine/core";
import type { Feature, Provider, Scope } from "@tenon/api-client";
import { IconChevronRight, Panel, Pill } from "@tenon/ui";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Choice, IDENTITY, presetFeatures, toggled } from "./choice";
import classes from "./connect.module.css";

type FeaturesStepProps = {
  provider: Provider;
  choice: Choice;
  change: (choice: Choice) => void;
  review: () => void;
};

export function FeaturesStep({ provider, choice, change, review }: FeaturesStepProps) {
  const { t } = useTranslation();
  return (
    <>
      <fieldset className={classes.profiles}>
        <legend>{t("connect.profile")}</legend>
        <div className={classes.profileCards}>
          {provider.profiles.map((profile) => (
            <label key={profile.id} className={classes.profile}>
              <input
                type="radio"
                name="profile"
                value={profile.id}
                checked={choice.profile === profile.id}
                onChange={() => change({ profile: profile.id, features: presetFeatures(provider, profile) })}
              />
              <span>
                <span className={classes.profileName}>{profile.name}</span>
                <br />
                <span className={classes.profileText}>{profile.description}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <Panel title={t("connect.features")} lead={t("connect.features_lead")} flush>
        {provider.features.map((feature) => (
          <FeatureRow
            key={feature.id}
            feature={feature}
            on={feature.required || feature.id === IDENTITY || choice.features.includes(feature.id)}
            change={(on) => change({ ...choice, features: toggled(choice.features, feature.id, on) })}
          />
        ))}
      </Panel>
      <div className={classes.foot}>
        <span className={classes.footText} role="status">
          {choice.features.length === 0
            ? t("connect.nothing_chosen")
            : t("connect.next_explained", { provider: provider.name })}
        </span>
        <Button size="md" onClick={review} disabled={choice.features.length === 0}>
          {t("connect.review")}
        </Button>
      </div>
    </>
  );
}

type FeatureRowProps = { feature: Feature; on: boolean; change: (on: boolean) => void };

function FeatureRow({ feature, on, change }: FeatureRowProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const id = useId();
  const fixed = feature.required || feature.id === IDENTITY;
  return (
    <div className={classes.feature}>
      <div className={classes.featureHead}>
        <div className={classes.featureText}>
          <div className={classes.featureName}>
            <span id={`${id}-name`}>{feature.name}</span>
            {fixed && <Pill>{t("connect.always_asked")}</Pill>}
            {!feature.available && !fixed && <Pill tone="warn">{t("connect.not_built")}</Pill>}
          </div>
          <div className={classes.featureSummary} id={`${id}-summary`}>
            {feature.summary}
            {!feature.available && !fixed && (
              <span className={classes.featureNote}>{t("connect.not_built_note")}</span>
            )}
          </div>
        </div>
        <Switch
          checked={on}
          disabled={fixed}
          onChange={(event) => change(event.currentTarget.checked)}
          aria-labelledby={`${id}-name`}
          aria-describedby={`${id}-summary`}
          withThumbIndicator={false}
        />
      </div>
      <button
        type="button"
        className={classes.expand}
        aria-expanded={open}
        aria-controls={`${id}-scopes`}
        onClick={() => setOpen(!open)}
      >
        <IconChevronRight size={14} />
        {t("connect.permissions", { count: feature.scopes.length })}
      </button>
      <div id={`${id}-scopes`} hidden={!open}>
        {open && (
          <div className={classes.scopes}>
            {feature.scopes.map((scope) => (
              <ScopeCard key={scope.scope} scope={scope} />
            ))}
          </div>
        )}
      </div>
    </div>
  );
}

/** One permission in plain words: why, what it allows, what is stored. */
export function ScopeCard({ scope }: { scope: Scope }) {
  const { t } = useTranslation();
  return (
    <div className={classes.scope}>
      <h3 className={classes.scopeName}>{scope.name}</h3>
      <p className={classes.scopeId}>{scope.scope}</p>
      <dl className={classes.scopeFacts}>
        <dt>{t("connect.scope_why")}</dt>
        <dd>{scope.why}</dd>
        <dt>{t("connect.scope_allows")}</dt>
        <dd>{scope.allows}</dd>
        <dt>{t("connect.scope_stored")}</dt>
        <dd>{scope.stored}</dd>
      </dl>
    </div>
  );
}
