import { Menu, Skeleton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Connection, Label } from "@tenon/api-client";
import {
  IconAlertOctagon,
  IconArchive,
  IconChevronDown,
  IconClock,
  IconFileText,
  IconFlag,
  IconInbox,
  IconOutbound,
  IconPencil,
  IconSend,
  IconStar,
  IconTag,
  IconTrash,
  Pill,
} from "@tenon/ui";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useCompose } from "../compose";
import { useFormat } from "../core";
import { useOutboxCount } from "../outbox/attention";
import { labelDot } from "./label-chip";
import { ALL_MAIL, groupLabels, type Role } from "./label-order";
import classes from "./labels.module.css";

const ROLE_ICONS = {
  inbox: IconInbox,
  starred: IconStar,
  important: IconFlag,
  sent: IconSend,
  drafts: IconFileText,
  spam: IconAlertOctagon,
  trash: IconTrash,
  unread: IconTag,
  category: IconTag,
} satisfies Record<Role, unknown>;

const CATEGORIES = ["personal", "social", "promotions", "updates", "forums"] as const;

/** Names of system labels are ours, in the reader's language; the others are the person's own. */
export function useLabelName(): (label: Label) => string {
  const { t } = useTranslation();
  return (label) => {
    if (label.type !== "system" || label.role == null) return label.name;
    if (label.role !== "category") return t(`mail.role.${label.role}`);
    const category = CATEGORIES.find((name) => label.provider_id.toLowerCase() === `category_${name}`);
    return category === undefined ? label.name : t(`mail.category.${category}`);
  };
}

type LabelsPaneProps = {
  connection: string;
  connections: Connection[];
  labels: Label[] | undefined;
  current: string | undefined;
  onPick: () => void;
  /** Below what every mailbox has, above the labels of this one. */
  children: ReactNode;
};

export function LabelsPane(props: LabelsPaneProps) {
  const { connection, connections, labels, current, onPick, children } = props;
  const { t } = useTranslation();
  const labelName = useLabelName();
  if (labels === undefined) {
    return (
      <div aria-busy="true">
        {[150, 90, 70, 80, 60, 100].map((width) => (
          <Skeleton key={width} height={12} width={width} m="14px 8px" />
        ))}
      </div>
    );
  }
  const groups = groupLabels(labels);
  const item = (label: Label, depth = 0, name = labelName(label)) => (
    <LabelLink
      key={label.id}
      connection={connection}
      id={label.id}
      name={name}
      depth={depth}
      count={label.role === "sent" || label.role === "starred" || label.role === "trash" ? 0 : label.unread}
      current={current === label.id}
      icon={<LabelIcon label={label} />}
      onPick={onPick}
    />
  );
  return (
    <>
      <Account connection={connection} connections={connections} />
      <ComposeButton connection={connection} {...(onPick === undefined ? {} : { onPick })} />
      <ul className={classes.items}>
        {groups.main.map((label) => item(label))}
        <OutboxLink {...(onPick === undefined ? {} : { onPick })} />
        <ScheduledLink {...(onPick === undefined ? {} : { onPick })} />
        <LabelLink
          connection={connection}
          id={ALL_MAIL}
          name={t("mail.all")}
          current={current === ALL_MAIL}
          icon={<IconArchive size={16} stroke={1.6} />}
          onPick={onPick}
        />
        {groups.after.map((label) => item(label))}
      </ul>
      {children}
      <div className={classes.groupLine}>
        <h2 className={classes.group}>{t("mail.labels")}</h2>
        <Link
          className={classes.manage}
          to="/labels/$connection"
          params={{ connection }}
          aria-label={t("labels.manage")}
          title={t("labels.manage")}
          {...(onPick === undefined ? {} : { onClick: onPick })}
        >
          <IconPencil size={15} stroke={1.6} />
        </Link>
      </div>
      <ul className={classes.items}>{groups.own.map((label) => item(label, label.depth, label.leaf))}</ul>
      {groups.categories.length > 0 && (
        <>
          <h2 className={classes.group}>{t("mail.categories")}</h2>
          <ul className={classes.items}>{groups.categories.map((label) => item(label))}</ul>
        </>
      )}
    </>
  );
}

function ComposeButton({ connection, onPick }: { connection: string; onPick?: () => void }) {
  const { t } = useTranslation();
  const compose = useCompose();
  return (
    <button
      type="button"
      className={classes.compose}
      onClick={() => {
        onPick?.();
        compose.create(connection);
      }}
    >
      <IconPencil size={16} stroke={1.8} />
      {t("compose.new")}
    </button>
  );
}

/** What a person has to see to is counted; the rest goes by itself. */
function OutboxLink({ onPick }: { onPick?: () => void }) {
  const { t } = useTranslation();
  const count = useOutboxCount();
  return (
    <li>
      <Link
        className={classes.item}
        to="/outbox"
        activeOptions={{ exact: true }}
        {...(onPick === undefined ? {} : { onClick: onPick })}
      >
        <IconOutbound size={16} stroke={1.6} aria-hidden="true" />
        <span className={classes.name}>{t("outbox.title")}</span>
        {count > 0 && <Pill tone="warn">{t("outbox.waiting", { count })}</Pill>}
      </Link>
    </li>
  );
}

function ScheduledLink({ onPick }: { onPick?: () => void }) {
  const { t } = useTranslation();
  return (
    <li>
      <Link
        className={classes.item}
        to="/outbox/scheduled"
        {...(onPick === undefined ? {} : { onClick: onPick })}
      >
        <IconClock size={16} stroke={1.6} aria-hidden="true" />
        <span className={classes.name}>{t("outbox.scheduled")}</span>
      </Link>
    </li>
  );
}

function LabelIcon({ label }: { label: Label }) {
  if (label.type === "user") {
    const dot = labelDot(label);
    return (
      <span
        className={classes.dot}
        style={dot === undefined ? undefined : ({ "--label": dot } as React.CSSProperties)}
        aria-hidden="true"
      />
    );
  }
  const Icon = label.role == null ? IconTag : ROLE_ICONS[label.role];
  return <Icon size={16} stroke={1.6} aria-hidden="true" />;
}

type LabelLinkProps = {
  connection: string;
  id: string;
  name: string;
  current: boolean;
  icon: React.ReactNode;
  count?: number;
  depth?: number;
  onPick: () => void;
};

function LabelLink({ connection, id, name, current, icon, count = 0, depth = 0, onPick }: LabelLinkProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <li>
      <Link
        className={classes.item}
        to="/mail/$connection/{-$label}"
        params={{ connection, label: id }}
        search={{}}
        aria-current={current ? "page" : undefined}
        activeProps={{}}
        onClick={onPick}
        style={{ "--depth": depth } as React.CSSProperties}
      >
        {icon}
        <span className={classes.name}>{name}</span>
        {count > 0 && (
          <span className={classes.count}>
            <span aria-hidden="true">{format.number(count)}</span>
            <span className="tn-sr-only">{t("mail.unread_count", { count })}</span>
          </span>
        )}
      </Link>
    </li>
  );
}

/** The mailbox being read; a menu when there are several. */
function Account({ connection, connections }: { connection: string; connections: Connection[] }) {
  const { t } = useTranslation();
  const current = connections.find((candidate) => candidate.id === connection);
  const readable = connections.filter((candidate) => candidate.mailbox != null);
  if (current === undefined) return null;
  if (readable.length < 2) {
    return (
      <div className={classes.account}>
        <span className={classes.accountName} title={current.address}>
          {current.address}
        </span>
      </div>
    );
  }
  return (
    <Menu position="bottom-start" width={260} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <button
          type="button"
          className={classes.account}
          aria-label={t("mail.switch", { address: current.address })}
        >
          <span className={classes.accountName}>{current.address}</span>
          <IconChevronDown size={14} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {readable.map((other) => (
          <Menu.Item
            key={other.id}
            component={Link}
            {...({ to: "/mail/$connection/{-$label}", params: { connection: other.id } } as object)}
          >
            {other.address}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
