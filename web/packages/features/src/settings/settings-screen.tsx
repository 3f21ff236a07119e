import { Button, NativeSelect, TextInput, useMantineColorScheme } from "@mantine/core";
import type { Me } from "@tenon/api-client";
import { Facts, IconDeviceDesktop, IconMoon, IconSun, Page, PageHeader, Panel, useToast } from "@tenon/ui";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  LinkButton,
  late,
  managesWorkspace,
  ProblemNotice,
  useLocale,
  useMe,
  useProblemText,
  useTitle,
} from "../core";
import { asLocale, changeLocale, LOCALE_NAMES, LOCALES, withTexts } from "../i18n";
import { AccountsPanel } from "./accounts-panel";
import { PasskeysPanel } from "./passkeys-panel";
import { PasswordPanel } from "./password-panel";
import { usePatchMe } from "./patch-me";
import { RetentionPanel } from "./retention-panel";
import { SessionsPanel } from "./sessions-panel";
import classes from "./settings.module.css";
import { TotpPanel } from "./totp-panel";

type SettingsScreenProps = {
  leave: (url: string) => void;
  /** What came of adding a sign-in account. */
  added?: boolean;
  refusal?: string | undefined;
};

export function SettingsScreen({ leave, added = false, refusal }: SettingsScreenProps) {
  const { t } = useTranslation();
  const me = useMe();
  useTitle(t("nav.settings"));
  if (me === undefined) return null;
  return (
    <Page>
      <PageHeader title={t("nav.settings")} />
      <ProfilePanel me={me} />
      <RegionPanel me={me} />
      <SendingPanel me={me} />
      <WorkingHoursPanel me={me} />
      <ThemePanel />
      <PasswordPanel me={me} />
      {me.member.has_password && <TotpPanel me={me} />}
      <PasskeysPanel />
      <AccountsPanel leave={leave} added={added} refusal={refusal} />
      <SessionsPanel />
      <RetentionPanel />
      <RecordsPanel />
      {managesWorkspace(me) && (
        <Panel title={t("audit.title")} lead={t("audit.settings")}>
          <LinkButton to="/settings/audit" variant="default">
            {t("audit.open")}
          </LinkButton>
        </Panel>
      )}
      <Panel title={t("settings.about")}>
        <Facts
          entries={[
            [t("settings.workspace"), me.workspace.name],
            [t("settings.role"), t(`settings.roles.${me.member.role}`)],
            [t("settings.version"), me.server.version],
          ]}
        />
      </Panel>
    </Page>
  );
}

const WorkingHoursPanel = late(() => withTexts("scheduling", () => import("./working-hours-panel")));

const EverythingButton = late(() =>
  withTexts("exchange", () => import("../records/exchange/everything-button")),
);

function RecordsPanel() {
  const { t } = useTranslation();
  return (
    <Panel title={t("settings.records")} lead={t("settings.records_lead")}>
      <div className={classes.links}>
        <LinkButton to="/settings/fields" variant="default">
          {t("settings.records_fields")}
        </LinkButton>
        <LinkButton to="/settings/pipelines" variant="default">
          {t("settings.records_pipelines")}
        </LinkButton>
        <LinkButton to="/settings/teams" variant="default">
          {t("settings.records_teams")}
        </LinkButton>
        <LinkButton to="/bin" variant="default">
          {t("settings.records_bin")}
        </LinkButton>
        <LinkButton to="/import/{-$id}" variant="default">
          {t("settings.records_import")}
        </LinkButton>
        <EverythingButton />
      </div>
    </Panel>
  );
}

function ProfilePanel({ me }: { me: Me }) {
  const { t } = useTranslation();
  const toast = useToast();
  const [name, setName] = useState(me.member.name);
  const patch = usePatchMe();
  return (
    <Panel title={t("settings.profile")}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          patch.mutate({ name: name.trim() }, { onSuccess: () => toast(t("settings.saved")) });
        }}
      >
        {patch.error !== null && <ProblemNotice error={patch.error} />}
        <TextInput
          label={t("setup.name")}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          autoComplete="name"
        />
        <TextInput label={t("sign_in.email")} value={me.member.email} readOnly variant="filled" />
        <div className={classes.actions}>
          <Button
            type="submit"
            loading={patch.isPending}
            disabled={name.trim() === "" || name === me.member.name}
          >
            {t("common.save")}
          </Button>
        </div>
      </form>
    </Panel>
  );
}

function RegionPanel({ me }: { me: Me }) {
  const { t, i18n } = useTranslation();
  const toast = useToast();
  const problemText = useProblemText();
  const locale = useLocale();
  const patch = usePatchMe();
  const zones = useMemo(() => {
    const all = Intl.supportedValuesOf("timeZone");
    return all.includes(me.member.time_zone) ? all : [me.member.time_zone, ...all];
  }, [me.member.time_zone]);
  const save = (body: { locale?: string; time_zone?: string }) =>
    patch.mutate(body, {
      onSuccess: () => toast(i18n.t("settings.saved")),
      onError: (error) => toast(problemText(error), "danger"),
    });
  return (
    <Panel title={t("settings.region")}>
      <div className={classes.form}>
        <NativeSelect
          label={t("settings.language")}
          value={locale}
          data={LOCALES.map((value) => ({ value, label: LOCALE_NAMES[value] }))}
          onChange={(event) => {
            const next = asLocale(event.currentTarget.value);
            if (next === undefined) return;
            void changeLocale(i18n, next).then(() => save({ locale: next }));
          }}
        />
        <NativeSelect
          label={t("settings.time_zone")}
          description={t("settings.time_zone_hint")}
          value={me.member.time_zone}
          data={zones.map((value) => ({ value, label: value.replaceAll("_", " ") }))}
          onChange={(event) => save({ time_zone: event.currentTarget.value })}
        />
      </div>
    </Panel>
  );
}

const UNDO_CHOICES = [0, 5, 10, 20, 30];

function SendingPanel({ me }: { me: Me }) {
  const { t, i18n } = useTranslation();
  const toast = useToast();
  const problemText = useProblemText();
  const patch = usePatchMe();
  const seconds = me.member.undo_send_seconds ?? 10;
  const choices = UNDO_CHOICES.includes(seconds) ? UNDO_CHOICES : [...UNDO_CHOICES, seconds];
  return (
    <Panel title={t("settings.sending")}>
      <div className={classes.form}>
        <NativeSelect
          label={t("settings.undo_send")}
          description={t("settings.undo_send_hint")}
          value={String(seconds)}
          data={choices.map((value) => ({
            value: String(value),
            label:
              value === 0 ? t("settings.undo_send_off") : t("settings.undo_send_seconds", { count: value }),
          }))}
          onChange={(event) =>
            patch.mutate(
              { undo_send_seconds: Number(event.currentTarget.value) },
              {
                onSuccess: () => toast(i18n.t("settings.saved")),
                onError: (error) => toast(problemText(error), "danger"),
              },
            )
          }
        />
      </div>
    </Panel>
  );
}

const THEMES = [
  ["auto", IconDeviceDesktop],
  ["light", IconSun],
  ["dark", IconMoon],
] as const;

function ThemePanel() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Panel title={t("settings.theme")}>
      <fieldset className={classes.segment}>
        <legend>{t("settings.theme")}</legend>
        {THEMES.map(([value, Icon]) => (
          <label key={value}>
            <input
              type="radio"
              name="theme"
              value={value}
              checked={colorScheme === value}
              onChange={() => setColorScheme(value)}
            />
            <Icon size={16} stroke={1.6} />
            {t(`settings.themes.${value}`)}
          </label>
        ))}
      </fieldset>
    </Panel>
  );
}
