/** The value of a field as it is shown: with colours, pictures and links. */
import { Link } from "@tanstack/react-router";
import { Avatar, IconCheck } from "@tenon/ui";
import { createContext, type MouseEvent, type ReactNode, useContext } from "react";
import { useTranslation } from "react-i18next";
import { plain } from "../../core";
import type { FieldDef } from "./fields";
import { useLabelWord } from "./inputs/list-inputs";
import { KindIcon } from "./kind-icon";
import { OptionChip } from "./option-chip";
import type { AddressValue, EmailValue, FieldValue, PhoneValue, RecordRef } from "./types";
import classes from "./value-view.module.css";
import {
  addressLine,
  findStage,
  isEmptyValue,
  type Linked,
  useMembers,
  usePipelines,
  useValueText,
} from "./words";

/** Inside a panel other records open in the panel; elsewhere they have their page. */
const OpenContext = createContext<((id: string) => void) | undefined>(undefined);

export function RecordOpener({ open, children }: { open: (id: string) => void; children: ReactNode }) {
  return <OpenContext.Provider value={open}>{children}</OpenContext.Provider>;
}

/** Opens another record where this one is: in the panel, if it is in one. */
export const useRecordOpener = () => useContext(OpenContext);

export function RecordLink({ record, icon = true }: { record: RecordRef; icon?: boolean }) {
  const { t } = useTranslation();
  const open = useContext(OpenContext);
  const onClick = (event: MouseEvent) => {
    event.stopPropagation();
    if (open === undefined || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    open(record.id);
  };
  return (
    <Link className={classes.record} to="/records/$id" params={{ id: record.id }} onClick={onClick}>
      {icon && <KindIcon kind={record.kind} size={15} />}
      <span>{record.title === "" ? t("records.untitled") : plain(record.title)}</span>
    </Link>
  );
}

/** A member by picture and name. */
export function MemberName({ id, size = 20 }: { id: string; size?: number }) {
  const members = useMembers();
  const name = members.name(id);
  return (
    <span className={classes.member}>
      <Avatar name={name} seed={members.byId.get(id)?.email ?? id} size={size} />
      <span>{name}</span>
    </span>
  );
}

type ValueViewProps = {
  field: FieldDef;
  value: FieldValue | null | undefined;
  linked?: Linked;
  /** One line, without links that could be hit by accident: for cells and cards. */
  compact?: boolean;
};

/** Nothing at all for an empty value. */
export function ValueView({ field, value, linked = {}, compact = false }: ValueViewProps) {
  const text = useValueText();
  const pipelines = usePipelines();
  if (isEmptyValue(value)) return null;
  switch (field.type) {
    case "boolean":
      return value === true ? <IconCheck size={16} aria-label={text(field, value)} /> : text(field, value);
    case "choice":
    case "choices":
      return (
        <span className={compact ? classes.row : classes.wrap}>
          {(Array.isArray(value) ? (value as string[]) : [String(value)]).map((each) => {
            const option = field.options.find((one) => one.value === each);
            return <OptionChip key={each} label={option?.label ?? each} color={option?.color} />;
          })}
        </span>
      );
    case "stage": {
      const found = findStage(pipelines, value)?.stage;
      return found === undefined ? null : <OptionChip label={found.name} color={found.color} />;
    }
    case "person":
      return <MemberName id={String(value)} />;
    case "people":
      return (
        <span className={compact ? classes.row : classes.wrap}>
          {(value as string[]).map((id) => (
            <MemberName key={id} id={id} />
          ))}
        </span>
      );
    case "link":
    case "links": {
      const refs = (Array.isArray(value) ? (value as string[]) : [String(value)]).flatMap(
        (id) => linked[id] ?? [],
      );
      return (
        <span className={compact ? classes.row : classes.wrap}>
          {refs.map((ref) => (
            <RecordLink key={ref.id} record={ref} />
          ))}
        </span>
      );
    }
    case "url":
      return compact ? (
        bareUrl(String(value))
      ) : (
        <Outside href={String(value)}>{bareUrl(String(value))}</Outside>
      );
    case "emails":
    case "phones":
      if (compact) return text(field, value);
      return <Reach entries={value as Array<EmailValue | PhoneValue>} />;
    case "addresses":
      if (compact) return text(field, value);
      return <Addresses entries={value as AddressValue[]} />;
    case "long_text":
      return compact ? text(field, value) : <span className={classes.long}>{text(field, value)}</span>;
    default:
      return <span className="tn-tabular">{text(field, value)}</span>;
  }
}

const bareUrl = (url: string) => url.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "");

function Outside({ href, children }: { href: string; children: ReactNode }) {
  if (!/^https?:\/\//i.test(href)) return <>{children}</>;
  return (
    <a
      className={classes.link}
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      onClick={(event) => event.stopPropagation()}
    >
      {children}
    </a>
  );
}

function Reach({ entries }: { entries: Array<EmailValue | PhoneValue> }) {
  const word = useLabelWord();
  return (
    <span className={classes.lines}>
      {entries.map((entry) => {
        const shown = "address" in entry ? entry.address : entry.number;
        const href =
          "address" in entry ? `mailto:${entry.address}` : `tel:${entry.number.replace(/[^\d+*#,;]/g, "")}`;
        return (
          <span key={shown} className={classes.line}>
            <a className={classes.link} href={href} onClick={(event) => event.stopPropagation()}>
              {plain(shown)}
            </a>
            <span className={classes.label}>{word(entry.label)}</span>
          </span>
        );
      })}
    </span>
  );
}

function Addresses({ entries }: { entries: AddressValue[] }) {
  const word = useLabelWord();
  return (
    <span className={classes.lines}>
      {entries.map((entry) => (
        <span key={`${entry.label}${addressLine(entry)}`} className={classes.line}>
          <span>{addressLine(entry)}</span>
          <span className={classes.label}>{word(entry.label)}</span>
        </span>
      ))}
    </span>
  );
}
