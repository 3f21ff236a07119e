import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useRouterState } from "@tanstack/react-router";
import type { Me } from "@tenon/api-client";
import { Avatar, IconMail, IconPlug, IconSettings, IconUsers, IconWifiOff, Shell } from "@tenon/ui";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { needsAttention } from "../connections/status";
import { connectionsQuery, late, managesWorkspace, useApi } from "../core";
import { usePalette, useShortcutSheet, useShortcuts } from "../keyboard";
import { useLiveState } from "../live";
import classes from "./app-frame.module.css";

/** Menu and tooltips are a good part of the code; nobody waits for them at start. */
const RailTools = late(
  () => import("./rail-tools"),
  ({ me }) => <Avatar name={me.member.name} seed={me.member.email} size={30} />,
);

/** A short break of the live line is nobody's business. */
const QUIET_MS = 4000;

export function AppFrame({
  me,
  onSignedOut,
  children,
}: {
  me: Me;
  onSignedOut: () => void;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const connections = useQuery(connectionsQuery(api)).data;
  const { show, sheet } = useShortcutSheet();
  const palette = usePalette();

  const group = t("keys.group.go");
  useShortcuts([
    { keys: "g m", label: t("nav.mail"), group, run: () => void navigate({ to: "/" }) },
    { keys: "g c", label: t("nav.connections"), group, run: () => void navigate({ to: "/connections" }) },
    { keys: "g p", label: t("nav.settings"), group, run: () => void navigate({ to: "/settings" }) },
    { keys: "g o", label: t("outbox.title"), group, run: () => void navigate({ to: "/outbox" }) },
    { label: t("consents.title"), group, run: () => void navigate({ to: "/consents" }) },
    { label: t("receipts.title"), group, run: () => void navigate({ to: "/receipts" }) },
    { label: t("connect.title"), group, run: () => void navigate({ to: "/connect" }) },
    ...(managesWorkspace(me)
      ? [{ label: t("audit.title"), group, run: () => void navigate({ to: "/settings/audit" }) }]
      : []),
  ]);

  const attention = connections?.some(needsAttention) === true ? t("nav.attention") : undefined;
  const at = (...prefixes: string[]) => prefixes.some((prefix) => path.startsWith(prefix));
  const item = (to: "/" | "/connections" | "/members" | "/settings", active: boolean) =>
    function ItemLink({ className, children: inside }: { className: string; children: ReactNode }) {
      return (
        <Link className={className} to={to} activeProps={{}} aria-current={active ? "page" : undefined}>
          {inside}
        </Link>
      );
    };

  return (
    <Shell
      navLabel={t("nav.main")}
      skipLabel={t("nav.skip")}
      brand={({ className, children: inside }) => (
        <Link className={className} to="/" aria-label={t("app.name")} activeProps={{}}>
          {inside}
        </Link>
      )}
      items={[
        {
          key: "mail",
          link: item("/", path === "/" || at("/mail", "/labels", "/outbox")),
          icon: <IconMail size={20} stroke={1.6} aria-hidden="true" />,
          label: t("nav.mail"),
        },
        {
          key: "connections",
          link: item("/connections", at("/connect", "/receipts", "/consents")),
          icon: <IconPlug size={20} stroke={1.6} aria-hidden="true" />,
          label: t("nav.connections"),
          attention,
        },
        {
          key: "members",
          link: item("/members", at("/members")),
          icon: <IconUsers size={20} stroke={1.6} aria-hidden="true" />,
          label: t("members.title"),
        },
        {
          key: "settings",
          link: item("/settings", at("/settings")),
          icon: <IconSettings size={20} stroke={1.6} aria-hidden="true" />,
          label: t("nav.settings"),
        },
      ]}
      end={<RailTools me={me} showShortcuts={show} onSignedOut={onSignedOut} />}
      banner={<Banner demo={me.server.demo} />}
    >
      {children}
      {sheet}
      {palette}
    </Shell>
  );
}

/** Offline, or the live line is down for longer than a moment; else that this is a demo. */
function Banner({ demo }: { demo: boolean }) {
  const { t } = useTranslation();
  const live = useLiveState();
  const [online, setOnline] = useState(navigator.onLine);
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const update = () => setOnline(navigator.onLine);
    window.addEventListener("online", update);
    window.addEventListener("offline", update);
    return () => {
      window.removeEventListener("online", update);
      window.removeEventListener("offline", update);
    };
  }, []);
  const down = live === "reconnecting";
  useEffect(() => {
    if (!down) {
      setShown(false);
      return;
    }
    const timer = setTimeout(() => setShown(true), QUIET_MS);
    return () => clearTimeout(timer);
  }, [down]);
  const trouble = !online || shown;
  return (
    <>
      <div role="status">
        {trouble && (
          <div className={classes.line}>
            <IconWifiOff size={16} />
            {online ? t("live.reconnecting") : t("live.offline")}
          </div>
        )}
      </div>
      {demo && !trouble && <div className={`${classes.line} ${classes.demo}`}>{t("app.demo")}</div>}
    </>
  );
}
