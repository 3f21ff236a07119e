/** One change of a field, in words: what it was and what it became. */
import { IconArrowRight } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { useFields } from "../core/fields";
import type { FieldChange, HistoryEntry, RecordItem, RecordRef } from "../core/types";
import { useMembers, useValueText } from "../core/words";
import classes from "./timeline.module.css";

/** "Léa changed this", by what made the change. */
export function useCauseText() {
  const { t } = useTranslation();
  const members = useMembers();
  return ({ cause, by }: HistoryEntry): string =>
    by === null && cause === "rule"
      ? t("records.cause.by_rule")
      : t(`records.cause.${cause}`, { who: members.name(by) });
}

type ChangeLineProps = {
  change: FieldChange;
  record: RecordItem;
  /** Titles of what it names, also of what the record names no more. */
  titles?: readonly RecordRef[] | undefined;
};

export function ChangeLine({ change, record, titles = [] }: ChangeLineProps) {
  const { t } = useTranslation();
  const text = useValueText();
  const field = useFields(record.kind)?.byKey.get(change.field);
  if (field === undefined) return null;
  const shown = (value: FieldChange["from"]) => {
    const linked = { ...record.linked, ...Object.fromEntries(titles.map((ref) => [ref.id, ref])) };
    const words = text(field, value, linked);
    return words === "" ? t("records.cause.nothing") : words;
  };
  return (
    <div className={classes.change}>
      <span className={classes.changed}>{field.label}</span>
      {change.from !== null && <del className={classes.old}>{shown(change.from)}</del>}
      {change.from !== null && <IconArrowRight size={13} aria-label={t("records.cause.became")} />}
      <span>{shown(change.to)}</span>
    </div>
  );
}
