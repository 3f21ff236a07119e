/** Somebody changed the same field meanwhile: both values, and which one stays. */
import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { plain, useFocusBack, useFormat } from "../../core";
import { type Conflict, useRecordEdits } from "../core/edits";
import { useFields } from "../core/fields";
import type { EditConflict, Values } from "../core/types";
import { useMembers, useValueText } from "../core/words";
import classes from "./dialogs.module.css";

export default function ConflictDialog({ conflict, close }: { conflict: Conflict; close: () => void }) {
  const { t } = useTranslation();
  const edits = useRecordEdits();
  useFocusBack();
  const { record, conflicts, version, values } = conflict;
  const [mine, setMine] = useState<ReadonlySet<string>>(new Set());
  const contested = new Set(conflicts.map(({ field }) => field));
  const kept: Values = Object.fromEntries(
    Object.entries(values).filter(([field]) => !contested.has(field) || mine.has(field)),
  );
  const done = () => {
    close();
    if (Object.keys(kept).length > 0) void edits.save({ ...record, version }, kept);
  };
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={t("records.conflict.title", { title: plain(record.title) })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <p className={classes.text}>{t("records.conflict.text")}</p>
      {conflicts.map((one) => (
        <Choice
          key={one.field}
          conflict={one}
          of={conflict}
          mine={mine.has(one.field)}
          choose={(own) =>
            setMine((now) => {
              const next = new Set(now);
              if (own) next.add(one.field);
              else next.delete(one.field);
              return next;
            })
          }
        />
      ))}
      <div className={classes.actions}>
        <Button onClick={done} data-autofocus>
          {t("records.conflict.save")}
        </Button>
      </div>
    </Modal>
  );
}

type ChoiceProps = { conflict: EditConflict; of: Conflict; mine: boolean; choose: (mine: boolean) => void };

function Choice({ conflict, of, mine, choose }: ChoiceProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const members = useMembers();
  const text = useValueText();
  const field = useFields(of.record.kind)?.byKey.get(conflict.field);
  if (field === undefined) return null;
  const words = (value: EditConflict["theirs"]) => {
    const linked = { ...of.record.linked, ...Object.fromEntries(of.linked.map((ref) => [ref.id, ref])) };
    const shown = text(field, value, linked);
    return shown === "" ? t("records.cause.nothing") : shown;
  };
  const option = (own: boolean, label: string, value: EditConflict["theirs"], note: string) => (
    <label className={classes.choice} data-chosen={mine === own || undefined}>
      <input
        type="radio"
        name={`conflict ${conflict.field}`}
        checked={mine === own}
        onChange={() => choose(own)}
      />
      <span>
        <span className={classes.choiceLabel}>{label}</span>
        <span className={classes.choiceValue}>{words(value)}</span>
        <span className={classes.note}>{note}</span>
      </span>
    </label>
  );
  const who = members.name(conflict.by);
  return (
    <fieldset className={classes.choices}>
      <legend>{field.label}</legend>
      {option(
        false,
        t("records.conflict.theirs"),
        conflict.theirs,
        t("records.conflict.by", { who, when: format.ago(conflict.at) }),
      )}
      {option(true, t("records.conflict.mine"), conflict.yours, t("records.conflict.yours"))}
    </fieldset>
  );
}
