/** The fields of a record, each edited where it stands. Tab goes on to the next one. */
import { IconChevronDown, IconPencil } from "@tenon/ui";
import { type MouseEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../core";
import { useRecordActing } from "../acting/acting";
import { useRecordEdits } from "../core/edits";
import { type FieldDef, useFields } from "../core/fields";
import { FieldEditor, type Then } from "../core/inputs/field-editor";
import type { FieldValue, RecordItem } from "../core/types";
import { ValueView } from "../core/value-view";
import { isEmptyValue, useMembers, useValueText } from "../core/words";
import classes from "./fields-panel.module.css";
import { RecordSkeleton } from "./record-states";
import { useCanEdit } from "./use-record";

/** Shown above already, or changed there. */
const ELSEWHERE = new Set(["stage", "done"]);
/** Edited below their name, over the whole width. */
const ROOMY = new Set(["emails", "phones", "addresses", "long_text", "money", "datetime"]);
/** Empty ones beyond this many are folded away. */
const MOST_EMPTY = 4;

export function FieldsPanel({ record }: { record: RecordItem }) {
  const { t } = useTranslation();
  const fields = useFields(record.kind);
  const [all, setAll] = useState(false);
  const [editing, setEditing] = useState<string>();
  const back = useRef<string>(undefined);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (editing !== undefined || back.current === undefined) return;
    list.current?.querySelector<HTMLElement>(`[data-edit="${CSS.escape(back.current)}"]`)?.focus();
    back.current = undefined;
  }, [editing]);
  if (fields === undefined) return <RecordSkeleton />;

  const shown = fields.all.filter(
    ({ key, kind }) => !ELSEWHERE.has(key) && !(key === "name" && kind !== "note" && kind !== "activity"),
  );
  const empty = shown.filter(({ key }) => isEmptyValue(record.values[key]));
  const folded = new Set(
    all || empty.length <= MOST_EMPTY ? [] : empty.slice(MOST_EMPTY).map(({ key }) => key),
  );
  const visible = shown.filter(({ key }) => !folded.has(key) || key === editing);
  const standard = visible.filter(({ id }) => id === null);
  const custom = visible.filter(({ id }) => id !== null);

  const close = (key: string, then: Then) => {
    const at = visible.findIndex((field) => field.key === key);
    const next = then === "stay" ? undefined : visible[at + (then === "next" ? 1 : -1)];
    back.current = key;
    setEditing(next?.key);
  };
  const rows = (of: FieldDef[]) =>
    of.map((field) => (
      <FieldRow
        key={field.key}
        field={field}
        record={record}
        editing={editing === field.key}
        begin={() => setEditing(field.key)}
        close={(then) => close(field.key, then)}
      />
    ));
  return (
    <div ref={list}>
      <dl className={classes.fields}>{rows(standard)}</dl>
      {custom.length > 0 && (
        <>
          <h2 className={classes.group}>{t("records.page.custom")}</h2>
          <dl className={classes.fields}>{rows(custom)}</dl>
        </>
      )}
      {folded.size > 0 && (
        <button type="button" className={classes.more} onClick={() => setAll(true)}>
          <IconChevronDown size={15} />
          {t("records.page.more_fields", { count: folded.size })}
        </button>
      )}
      <Origin record={record} />
    </div>
  );
}

type FieldRowProps = {
  field: FieldDef;
  record: RecordItem;
  editing: boolean;
  begin: () => void;
  close: (then: Then) => void;
};

function FieldRow({ field, record, editing, begin, close }: FieldRowProps) {
  const { t } = useTranslation();
  const edits = useRecordEdits();
  const { move } = useRecordActing();
  const text = useValueText();
  const canEdit = useCanEdit(record) && !field.readOnly;
  const value = record.values[field.key] ?? null;
  const spoken = text(field, value, record.linked);
  // What comes in while somebody writes stands behind their text: they have not seen it.
  const seen = useRef(record);
  if (!editing) seen.current = record;
  const save = (next: FieldValue | null) => {
    if (field.type === "stage" && typeof next === "string") move(record, { stage: next, before: null });
    else void edits.save(seen.current, { [field.key]: next });
  };
  if (editing)
    return (
      <div className={classes.row} data-editing data-roomy={ROOMY.has(field.type) || undefined}>
        <dt>{field.label}</dt>
        <dd>
          <FieldEditor
            field={field}
            value={value}
            linked={record.linked}
            values={record.values}
            save={save}
            close={close}
          />
        </dd>
      </div>
    );
  if (field.type === "boolean")
    return (
      <div className={classes.row}>
        <dt>{field.label}</dt>
        <dd>
          <input
            type="checkbox"
            className={classes.check}
            data-edit={field.key}
            aria-label={field.label}
            checked={value === true}
            disabled={!canEdit}
            onChange={(event) => save(event.currentTarget.checked)}
          />
        </dd>
      </div>
    );
  return (
    <div className={classes.row}>
      <dt>{field.label}</dt>
      <dd>
        {canEdit && (
          <button
            type="button"
            className={classes.edit}
            data-edit={field.key}
            aria-label={
              spoken === ""
                ? t("records.page.add_value", { field: field.label })
                : t("records.page.edit_value", { field: field.label, value: spoken })
            }
            onClick={(event: MouseEvent) => {
              event.stopPropagation();
              begin();
            }}
          >
            <IconPencil size={14} aria-hidden="true" />
          </button>
        )}
        <span className={classes.value}>
          {isEmptyValue(value) ? (
            <span className={classes.none}>{canEdit ? t("records.page.add") : "–"}</span>
          ) : (
            <ValueView field={field} value={value} linked={record.linked} />
          )}
        </span>
      </dd>
    </div>
  );
}

function Origin({ record }: { record: RecordItem }) {
  const { t } = useTranslation();
  const format = useFormat();
  const members = useMembers();
  return (
    <p className={classes.origin}>
      {t("records.page.made", {
        who: members.name(record.created_by),
        when: format.medium(record.created_at),
      })}
      {record.version > 1 && <> {t("records.page.changed", { when: format.ago(record.updated_at) })}</>}
    </p>
  );
}
