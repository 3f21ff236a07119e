import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useRouterState } from "@tanstack/react-router";
import type { Me } from "@tenon/api-client";
import {
  Avatar,
  IconAddressBook,
  IconBuilding,
  IconChartBar,
  IconChecklist,
  IconDots,
  IconMail,
  IconPlug,
  IconSettings,
  IconTargetArrow,
  IconUsers,
  IconWifiOff,
  Shell,
} from "@tenon/ui";
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

const RailMore = late(
  () => import("./rail-more"),
  ({ className, label }) => (
    <button type="button" className={className} disabled>
      <IconDots size={20} stroke={1.6} />
      <span>{label}</span>
    </button>
  ),
);

/** A short break of the live line is nobody's business. */
const QUIET_MS = 4000;

type RailPath =
  | "/"
  | "/contacts"
  | "/companies"
  | "/deals/{-$pipeline}"
  | "/tasks"
  | "/reports/{-$report}"
  | "/connections"
  | "/members"
  | "/settings";

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
  const create = t("nav.create");
  const created = { new: true };
  useShortcuts([
    { keys: "g k", label: t("nav.contacts"), group, run: () => void navigate({ to: "/contacts" }) },
    { keys: "g y", label: t("nav.companies"), group, run: () => void navigate({ to: "/companies" }) },
    { keys: "g l", label: t("nav.leads"), group, run: () => void navigate({ to: "/leads/{-$pipeline}" }) },
    { keys: "g v", label: t("nav.deals"), group, run: () => void navigate({ to: "/deals/{-$pipeline}" }) },
    { keys: "g x", label: t("nav.cases"), group, run: () => void navigate({ to: "/cases/{-$pipeline}" }) },
    { keys: "g r", label: t("nav.boards"), group, run: () => void navigate({ to: "/boards/{-$pipeline}" }) },
    { keys: "g w", label: t("nav.tasks"), group, run: () => void navigate({ to: "/tasks" }) },
    {
      keys: "g n",
      label: t("nav.reports"),
      group,
      run: () => void navigate({ to: "/reports/{-$report}" }),
    },
    {
      label: t("nav.new_contact"),
      group: create,
      run: () => void navigate({ to: "/contacts", search: created }),
    },
    {
      label: t("nav.new_company"),
      group: create,
      run: () => void navigate({ to: "/companies", search: created }),
    },
    {
      label: t("nav.new_lead"),
      group: create,
      run: () => void navigate({ to: "/leads/{-$pipeline}", search: created }),
    },
    {
      label: t("nav.new_deal"),
      group: create,
      run: () => void navigate({ to: "/deals/{-$pipeline}", search: created }),
    },
    { label: t("nav.new_task"), group: create, run: () => void navigate({ to: "/tasks", search: created }) },
    { keys: "g m", label: t("nav.mail"), group, run: () => void navigate({ to: "/" }) },
    { keys: "g c", label: t("nav.connections"), group, run: () => void navigate({ to: "/connections" }) },
    { keys: "g p", label: t("nav.settings"), group, run: () => void navigate({ to: "/settings" }) },
    { keys: "g o", label: t("outbox.title"), group, run: () => void navigate({ to: "/outbox" }) },
    { label: t("nav.templates"), group, run: () => void navigate({ to: "/templates" }) },
    { label: t("nav.mail_merges"), group, run: () => void navigate({ to: "/mail-merges" }) },
    { label: t("consents.title"), group, run: () => void navigate({ to: "/consents" }) },
    { label: t("receipts.title"), group, run: () => void navigate({ to: "/receipts" }) },
    { label: t("connect.title"), group, run: () => void navigate({ to: "/connect" }) },
    ...(managesWorkspace(me)
      ? [{ label: t("audit.title"), group, run: () => void navigate({ to: "/settings/audit" }) }]
      : []),
  ]);

  const attention = connections?.some(needsAttention) === true ? t("nav.attention") : undefined;
  const at = (...prefixes: string[]) => prefixes.some((prefix) => path.startsWith(prefix));
  const item = (to: RailPath, active: boolean) =>
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
          link: item("/", path === "/" || at("/mail/", "/labels", "/outbox")),
          icon: <IconMail size={20} stroke={1.6} aria-hidden="true" />,
          label: t("nav.mail"),
        },
        {
          key: "contacts",
          link: item("/contacts", at("/contacts")),
          icon: <IconAddressBook size={20} stroke={1.6} aria-hidden="true" />,
          label: t("nav.contacts"),
        },
        {
          key: "companies",
          link: item("/companies", at("/companies")),
          icon: <IconBuilding size={20} stroke={1.6} aria-hidden="true" />,
          label: t("nav.companies"),
          fold: true,
        },
        {
          key: "deals",
          link: item("/deals/{-$pipeline}", at("/deals")),
          icon: <IconTargetArrow size={20} stroke={1.6} aria-hidden="true" />,
          label: t("nav.deals"),
        },
        {
          key: "tasks",
          link: item("/tasks", at("/tasks")),
          icon: <IconChecklist size={20} stroke={1.6} aria-hidden="true" />,
          label: t("nav.tasks"),
        },
        {
          key: "reports",
          link: item("/reports/{-$report}", at("/reports")),
          icon: <IconChartBar size={20} stroke={1.6} aria-hidden="true" />,
          label: t("nav.reports"),
          fold: true,
        },
        {
          key: "connections",
          link: item("/connections", at("/connect", "/receipts", "/consents")),
          icon: <IconPlug size={20} stroke={1.6} aria-hidden="true" />,
          label: t("nav.connections"),
          attention,
          fold: true,
        },
        {
          key: "members",
          link: item("/members", at("/members")),
          icon: <IconUsers size={20} stroke={1.6} aria-hidden="true" />,
          label: t("members.title"),
          fold: true,
        },
        {
          key: "settings",
          link: item("/settings", at("/settings")),
          icon: <IconSettings size={20} stroke={1.6} aria-hidden="true" />,
          label: t("nav.settings"),
          fold: true,
        },
      ]}
      more={(className) => (
        <RailMore className={className} label={t("nav.more")} path={path} attention={attention} />
      )}
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
