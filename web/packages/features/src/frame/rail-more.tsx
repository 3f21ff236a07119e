import { Menu } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import {
  IconBuilding,
  IconChartBar,
  IconDots,
  IconFolder,
  IconLayoutKanban,
  IconMailForward,
  IconPlug,
  IconSettings,
  IconTargetArrow,
  IconTemplate,
  IconUsers,
} from "@tenon/ui";
import { useTranslation } from "react-i18next";
import classes from "./app-frame.module.css";

type RailMoreProps = { className: string; label: string; path: string; attention: string | undefined };

/** The places that the rail has no room for. */
export default function RailMore({ className, label, path, attention }: RailMoreProps) {
  const { t } = useTranslation();
  const wide = useMediaQuery("(min-width: 48em)", undefined, { getInitialValueInEffect: false });
  const places = [
    ...(wide ? [] : [{ to: "/companies", label: t("nav.companies"), Icon: IconBuilding }]),
    { to: "/leads", label: t("nav.leads"), Icon: IconTargetArrow },
    { to: "/cases", label: t("nav.cases"), Icon: IconFolder },
    { to: "/boards", label: t("nav.boards"), Icon: IconLayoutKanban },
    { to: "/templates", label: t("nav.templates"), Icon: IconTemplate },
    { to: "/mail-merges", label: t("nav.mail_merges"), Icon: IconMailForward },
    ...(wide ? [] : [{ to: "/reports", label: t("nav.reports"), Icon: IconChartBar }]),
  ];
  const house = wide
    ? []
    : [
        { to: "/connections", label: t("nav.connections"), Icon: IconPlug, note: attention },
        { to: "/members", label: t("members.title"), Icon: IconUsers, note: undefined },
        { to: "/settings", label: t("nav.settings"), Icon: IconSettings, note: undefined },
      ];
  const inside = [...places, ...house].some(({ to }) => path.startsWith(to));
  const link = (to: string) => ({ component: Link, to }) as object;
  return (
    <Menu position={wide ? "right-start" : "top-end"} width={220} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <button type="button" className={className} data-active={inside ? "true" : undefined}>
          <IconDots size={20} stroke={1.6} aria-hidden="true" />
          <span>{label}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {places.map(({ to, label: name, Icon }) => (
          <Menu.Item key={to} leftSection={<Icon size={16} />} {...link(to)}>
            {name}
          </Menu.Item>
        ))}
        {house.length > 0 && <Menu.Divider />}
        {house.map(({ to, label: name, Icon, note }) => (
          <Menu.Item
            key={to}
            leftSection={<Icon size={16} />}
            rightSection={note !== undefined && <span className={classes.dot} role="img" aria-label={note} />}
            {...link(to)}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
