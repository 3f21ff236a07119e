import { Menu, Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Me, send } from "@tenon/api-client";
import {
  Avatar,
  IconKeyboard,
  IconLock,
  IconLogout,
  IconMoon,
  IconReceipt,
  IconSettings,
  IconShieldCheck,
  IconSun,
} from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { useApi } from "../core";
import classes from "./app-frame.module.css";

type RailToolsProps = { me: Me; showShortcuts: () => void; onSignedOut: () => void };

/** The foot of the rail: keys, theme, account. */
export default function RailTools({ me, showShortcuts, onSignedOut }: RailToolsProps) {
  const { t } = useTranslation();
  return (
    <>
      <span className={classes.wideOnly}>
        <Tooltip label={t("keys.title")} position="right">
          <button
            type="button"
            className={classes.button}
            aria-label={t("keys.title")}
            onClick={showShortcuts}
          >
            <IconKeyboard size={20} stroke={1.6} />
          </button>
        </Tooltip>
      </span>
      <span className={classes.wideOnly}>
        <ThemeButton />
      </span>
      <AccountMenu me={me} onSignedOut={onSignedOut} />
    </>
  );
}

function ThemeButton() {
  const { t } = useTranslation();
  const scheme = useComputedColorScheme("light");
  const { setColorScheme } = useMantineColorScheme();
  const other = scheme === "dark" ? "light" : "dark";
  const Icon = scheme === "dark" ? IconSun : IconMoon;
  return (
    <Tooltip label={t(`nav.theme_${other}`)} position="right">
      <button
        type="button"
        className={classes.button}
        aria-label={t(`nav.theme_${other}`)}
        onClick={() => setColorScheme(other)}
      >
        <Icon size={20} stroke={1.6} />
      </button>
    </Tooltip>
  );
}

function AccountMenu({ me, onSignedOut }: { me: Me; onSignedOut: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const signOut = useMutation({
    mutationFn: () => send(api.DELETE("/api/v1/session")),
    onSettled: onSignedOut,
  });
  const to = (path: string) => ({ component: Link, to: path }) as object;
  return (
    <Menu position="right-end" width={240} withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <button
          type="button"
          className={classes.button}
          aria-label={t("nav.account", { name: me.member.name })}
        >
          <Avatar name={me.member.name} seed={me.member.email} size={30} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.who}>
          <div className={classes.whoName}>{me.member.name}</div>
          <div className={classes.whoMail}>{me.member.email}</div>
        </div>
        <Menu.Divider />
        <Menu.Item leftSection={<IconSettings size={16} />} {...to("/settings")}>
          {t("nav.settings")}
        </Menu.Item>
        <Menu.Item leftSection={<IconShieldCheck size={16} />} {...to("/consents")}>
          {t("consents.title")}
        </Menu.Item>
        <Menu.Item leftSection={<IconReceipt size={16} />} {...to("/receipts")}>
          {t("receipts.title")}
        </Menu.Item>
        <Menu.Item leftSection={<IconLock size={16} />} {...to("/privacy")}>
          {t("nav.privacy")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.mutate()}>
          {t("nav.sign_out")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
