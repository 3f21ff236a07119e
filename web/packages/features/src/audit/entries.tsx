import type { AuditAction, AuditEntry, AuditGroup } from "@tenon/api-client";
import { Facts, IconChevronDown, Panel } from "@tenon/ui";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../core";
import classes from "./audit.module.css";
import { ActionMark } from "./icons";
import { sentenceOf, type Telling } from "./sentences";

type Day = { key: string; title: string; entries: AuditEntry[] };
type EntriesProps = {
  entries: AuditEntry[];
  telling: Telling;
  groups: ReadonlyMap<AuditAction, AuditGroup>;
};

/** The entries by day, newest first. */
export function Entries({ entries, telling, groups }: EntriesProps) {
  const format = useFormat();
  const days: Day[] = [];
  for (const entry of entries) {
    const key = format.dayKey(entry.at);
    const last = days.at(-1);
    if (last?.key === key) last.entries.push(entry);
    else days.push({ key, title: format.dayTitle(entry.at), entries: [entry] });
  }
  return days.map((day) => (
    <Panel key={day.key} title={day.title} flush>
      <ol className={classes.entries}>
        {day.entries.map((entry) => (
          <Entry key={entry.seq} entry={entry} telling={telling} group={groups.get(entry.action)} />
        ))}
      </ol>
    </Panel>
  ));
}

type EntryProps = { entry: AuditEntry; telling: Telling; group: AuditGroup | undefined };

function Entry({ entry, telling, group }: EntryProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <li className={classes.entry} data-entry={entry.seq} tabIndex={-1}>
      <ActionMark action={entry.action} group={group} />
      <div className={classes.what}>
        <p className={classes.sentence} id={`${id}-said`}>
          {sentenceOf(entry, telling).map((piece, at) =>
            piece.name === true ? <strong key={at}>{piece.text}</strong> : <span key={at}>{piece.text}</span>,
          )}
        </p>
        <p className={classes.when}>
          <time dateTime={entry.at} title={format.exact(entry.at)} className="tn-tabular">
            {format.time(entry.at)}
          </time>
          {" · "}
          {format.ago(entry.at)}
        </p>
      </div>
      <button
        type="button"
        className={classes.more}
        aria-expanded={open}
        aria-controls={`${id}-more`}
        aria-label={t("audit.more")}
        aria-describedby={`${id}-said`}
        onClick={() => setOpen(!open)}
      >
        <IconChevronDown size={18} stroke={1.7} />
      </button>
      <div id={`${id}-more`} className={classes.details} hidden={!open}>
        {open && <Facts entries={factsOf(entry, telling)} />}
      </div>
    </li>
  );
}

/** What the sentence leaves out. What only a newer server tells is shown as it came. */
function factsOf(entry: AuditEntry, { t, format, names }: Telling): Array<[string, string | undefined]> {
  const detail = (what: string) => entry.details.find((one) => one.what === what)?.value;
  const features = detail("features");
  const place = [detail("table"), detail("column")].filter((part) => part !== undefined);
  return [
    [t("audit.fact.number"), format.number(entry.seq)],
    [t("audit.fact.when"), format.exact(entry.at)],
    [
      t("audit.fact.features"),
      features === undefined
        ? undefined
        : format.list(features.split(",").filter(Boolean).map(names.feature)),
    ],
    [t("audit.fact.reason"), detail("reason")],
    [t("audit.fact.place"), place.length === 0 ? undefined : place.join(", ")],
    ...entry.details
      .filter(({ what }) => !KNOWN.has(what))
      .map(({ what, value }): [string, string] => [what, value]),
    [t("audit.fact.id"), entry.target?.id ?? undefined],
    [t("audit.fact.request"), entry.request_id ?? undefined],
  ];
}

/** What the sentence or a line of its own tells. */
const KNOWN = new Set([
  "method",
  "issuer",
  "role",
  "role_before",
  "way",
  "count",
  "days",
  "days_before",
  "provider",
  "features",
  "reason",
  "table",
  "column",
]);
