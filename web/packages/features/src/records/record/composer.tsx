/** What is added to a timeline: a note, a call or meeting that took place, or a task. */
import { Button } from "@mantine/core";
import { IconCalendarEvent, IconCheckbox, IconNote, IconPhone } from "@tenon/ui";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, useMe } from "../../core";
import { useRecordEdits } from "../core/edits";
import { type FieldDef, useFields } from "../core/fields";
import { FieldInput } from "../core/inputs/field-input";
import type { Kind, RecordItem, Values } from "../core/types";
import { isEmptyValue } from "../core/words";
import classes from "./composer.module.css";
import { MentionArea } from "./mention-area";
import { useKeptDraft } from "./use-kept-draft";

const MODES = ["note", "call", "meeting", "task"] as const;
type Mode = (typeof MODES)[number];
const ICONS = { note: IconNote, call: IconPhone, meeting: IconCalendarEvent, task: IconCheckbox } as const;
const KIND: Record<Mode, Kind> = { note: "note", call: "activity", meeting: "activity", task: "task" };
const ASKED: Record<Mode, readonly string[]> = {
  note: [],
  call: ["name", "start", "outcome"],
  meeting: ["name", "start", "end", "location"],
  task: ["name", "due_date", "owner"],
};

export function Composer({ record }: { record: RecordItem }) {
  const { t } = useTranslation();
  const [mode, setMode] = useState<Mode>("note");
  return (
    <div className={classes.composer}>
      <fieldset className={classes.modes}>
        <legend className="tn-sr-only">{t("records.composer.what")}</legend>
        {MODES.map((one) => {
          const Icon = ICONS[one];
          return (
            <button
              key={one}
              type="button"
              className={classes.mode}
              aria-pressed={one === mode}
              onClick={() => setMode(one)}
            >
              <Icon size={15} stroke={1.7} />
              {t(`records.composer.${one}`)}
            </button>
          );
        })}
      </fieldset>
      <ComposerForm key={mode} mode={mode} record={record} />
    </div>
  );
}

function ComposerForm({ mode, record }: { mode: Mode; record: RecordItem }) {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe()?.member.id;
  const edits = useRecordEdits();
  const fields = useFields(KIND[mode]);
  const begin = (): Values => ({
    ...(KIND[mode] === "activity" ? { type: mode, start: new Date().toISOString() } : {}),
    ...(mode === "task" && me !== undefined ? { owner: me } : {}),
  });
  const { values, write, clear } = useKeptDraft(`${record.id} ${mode}`, begin);
  const mentions = Array.isArray(values.mentions) ? values.mentions : [];
  const [busy, setBusy] = useState(false);
  const [round, setRound] = useState(0);
  const key = mode === "note" ? "body" : "name";
  const empty = isEmptyValue(values[key]) || String(values[key]).trim() === "";
  const add = async () => {
    if (empty || busy) return;
    setBusy(true);
    try {
      await edits.make(KIND[mode], {
        ...values,
        about: [record.id],
        ...(KIND[mode] === "activity" && record.kind === "contact" ? { attendees: [record.id] } : {}),
      });
      clear();
      setRound((count) => count + 1);
    } catch (error) {
      edits.refused(error);
    } finally {
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void add();
    }
  };
  const asked = ASKED[mode].flatMap((name): FieldDef[] => {
    const field = fields?.byKey.get(name);
    return field === undefined ? [] : [field];
  });
  return (
    <form
      className={classes.form}
      aria-label={t(`records.composer.${mode}`)}
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      {mode === "note" ? (
        <MentionArea
          key={round}
          label={t("records.composer.note")}
          placeholder={t("records.composer.note_hint")}
          value={typeof values.body === "string" ? values.body : ""}
          onChange={(body, named) => {
            if (body === "") clear();
            else write({ body, mentions: named.length === 0 ? null : named });
          }}
        />
      ) : (
        <div className={classes.fields}>
          {asked.map((field) => (
            <div key={`${round}${field.key}`} className={field.key === "name" ? classes.wide : undefined}>
              <FieldInput
                field={field}
                labelShown
                value={values[field.key] ?? null}
                onChange={(value) => write({ [field.key]: value })}
              />
            </div>
          ))}
        </div>
      )}
      {(mode !== "note" || !empty) && (
        <div className={classes.actions}>
          <Button type="submit" size="xs" loading={busy} disabled={empty}>
            {t(`records.composer.add_${mode}`)}
          </Button>
          <span className={classes.hint}>
            {mode === "note" && mentions.length > 0
              ? t("records.composer.told", { count: mentions.length, number: format.number(mentions.length) })
              : t("records.composer.key")}
          </span>
        </div>
      )}
    </form>
  );
}
