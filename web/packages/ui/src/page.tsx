import type { ComponentType, ReactNode, Ref } from "react";
import { useId } from "react";
import { IconAlertCircle, IconAlertTriangle, IconCheck, IconInfoCircle } from "./icons";
import classes from "./page.module.css";

export type Tone = "neutral" | "ok" | "warn" | "danger";
type Icon = ComponentType<{ size?: number | string; stroke?: number | string }>;

/** A scrolling page with one column of content. */
export function Page({ width, children }: { width?: string; children: ReactNode }) {
  const style = width === undefined ? undefined : ({ "--page-width": width } as React.CSSProperties);
  return (
    <div className={classes.scroll}>
      <div className={classes.page} style={style}>
        {children}
      </div>
    </div>
  );
}

type PageHeaderProps = {
  title: ReactNode;
  lead?: ReactNode;
  back?: ReactNode;
  actions?: ReactNode;
  titleRef?: Ref<HTMLHeadingElement>;
};

export function PageHeader({ title, lead, back, actions, titleRef }: PageHeaderProps) {
  return (
    <header className={classes.header}>
      <div className={classes.heading}>
        {back}
        <h1 className={classes.title} tabIndex={-1} ref={titleRef} data-page-title>
          {title}
        </h1>
        {lead !== undefined && <p className={classes.lead}>{lead}</p>}
      </div>
      {actions !== undefined && (
        <div className={classes.actions} data-no-print>
          {actions}
        </div>
      )}
    </header>
  );
}

/** The class for a "back to …" link above a page title. */
export const backLinkClass: string = classes.back ?? "";

type PanelProps = {
  title?: ReactNode;
  lead?: ReactNode;
  aside?: ReactNode;
  flush?: boolean;
  /** One of many alike: then it is no landmark of its own. */
  item?: boolean;
  children: ReactNode;
};

/** A titled card; `flush` lets rows reach its edges. */
export function Panel({ title, lead, aside, flush = false, item = false, children }: PanelProps) {
  const id = useId();
  const className = flush ? `${classes.panel} ${classes.flush}` : classes.panel;
  const inside = (
    <>
      {title !== undefined && (
        <div className={classes.panelHead}>
          <h2 className={classes.panelTitle} id={id}>
            {title}
          </h2>
          {aside}
          {lead !== undefined && <p className={classes.panelLead}>{lead}</p>}
        </div>
      )}
      <div className={classes.panelBody}>{children}</div>
    </>
  );
  if (item || title === undefined) return <div className={className}>{inside}</div>;
  return (
    <section className={className} aria-labelledby={id}>
      {inside}
    </section>
  );
}

const NOTICE_ICONS: Record<Tone, Icon> = {
  neutral: IconInfoCircle,
  ok: IconCheck,
  warn: IconAlertTriangle,
  danger: IconAlertCircle,
};

type NoticeProps = {
  tone?: Tone;
  title?: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  icon?: Icon;
  /** `alert` is read at once by screen readers, `status` when they are free. */
  role?: "alert" | "status";
};

export function Notice({ tone = "neutral", title, children, actions, icon, role }: NoticeProps) {
  const Glyph = icon ?? NOTICE_ICONS[tone];
  return (
    <div className={classes.notice} data-tone={tone} role={role}>
      <Glyph size={18} stroke={1.75} />
      <div className={classes.noticeBody}>
        {title !== undefined && <div className={classes.noticeTitle}>{title}</div>}
        {children}
        {actions !== undefined && <div className={classes.noticeActions}>{actions}</div>}
      </div>
    </div>
  );
}

type BlankProps = {
  icon: Icon;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  tone?: "neutral" | "danger";
  role?: "alert" | "status";
  headingLevel?: 1 | 2;
};

/** An empty or failed state: what it is, and the one next thing to do. */
export function Blank({
  icon: Glyph,
  title,
  children,
  action,
  tone = "neutral",
  role,
  headingLevel = 2,
}: BlankProps) {
  const Heading = headingLevel === 1 ? "h1" : "h2";
  return (
    <div className={classes.blank} data-tone={tone} role={role}>
      <span className={classes.blankIcon}>
        <Glyph size={24} stroke={1.5} />
      </span>
      <Heading
        className={classes.blankTitle}
        {...(headingLevel === 1 ? { tabIndex: -1, "data-page-title": true } : {})}
      >
        {title}
      </Heading>
      {children !== undefined && <div className={classes.blankText}>{children}</div>}
      {action !== undefined && <div className={classes.blankAction}>{action}</div>}
    </div>
  );
}

/** Names and values; entries without a value are left out. */
export function Facts({ entries }: { entries: ReadonlyArray<readonly [name: string, value: ReactNode]> }) {
  return (
    <dl className={classes.facts}>
      {entries
        .filter(([, value]) => value !== undefined && value !== null && value !== "")
        .map(([name, value]) => (
          <FactRow key={name} name={name} value={value} />
        ))}
    </dl>
  );
}

function FactRow({ name, value }: { name: string; value: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

export function Status({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={classes.status} data-tone={tone}>
      {children}
    </span>
  );
}

export function Pill({ tone = "neutral", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={classes.pill} data-tone={tone}>
      {children}
    </span>
  );
}

/** `value` in percent. */
export function ProgressBar({ value, label }: { value: number; label: string }) {
  const percent = Math.min(100, Math.max(0, value));
  return (
    <div
      className={classes.bar}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(percent)}
    >
      <span style={{ width: `${percent}%` }} />
    </div>
  );
}

export function Kbd({ children }: { children: ReactNode }) {
  return <kbd className={classes.kbd}>{children}</kbd>;
}
