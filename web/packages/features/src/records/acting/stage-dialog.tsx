import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFocusBack } from "../../core";
import classes from "../bulk/bulk.module.css";
import { useFields } from "../core/fields";
import { FieldInput } from "../core/inputs/field-input";
import type { Values } from "../core/types";
import { findStage, isEmptyValue, usePipelines } from "../core/words";
import type { Asking } from "./acting";

type StageDialogProps = { asking: Asking; close: () => void; go: (values: Values) => void };

/** What a stage wants to know before a box may stand in it; then it goes there. */
export default function StageDialog({ asking, close, go }: StageDialogProps) {
  const { t } = useTranslation();
  const { record, to, needed, asksReason } = asking;
  const fields = useFields(record.kind);
  const stage = findStage(usePipelines(), to.stage)?.stage;
  const [values, setValues] = useState<Values>({});
  const [tried, setTried] = useState(false);
  useFocusBack();
  if (fields === undefined || stage === undefined) return null;
  const keys = [...needed, ...(asksReason && !needed.includes("lost_reason") ? ["lost_reason"] : [])];
  const shown = keys.flatMap((key) => fields.byKey.get(key) ?? []);
  const missing = needed.filter((key) => isEmptyValue(values[key] ?? record.values[key]));
  return (
    <Modal
      opened
      onClose={close}
      title={t("records.board.needs_title", { stage: stage.name })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <form
        className={classes.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (missing.length === 0) go(values);
          else setTried(true);
        }}
      >
        <p className={classes.text} style={{ margin: 0 }}>
          {needed.length > 0
            ? t("records.board.needs_text", { title: record.title, count: needed.length })
            : t("records.board.lost_text", { title: record.title })}
        </p>
        {shown.map((field, at) => (
          <FieldInput
            key={field.key}
            field={{ ...field, required: needed.includes(field.key) }}
            labelShown
            linked={record.linked}
            values={record.values}
            value={values[field.key] ?? record.values[field.key] ?? null}
            error={tried && missing.includes(field.key) ? t("records.board.needed") : undefined}
            autoFocus={at === 0}
            onChange={(value) => setValues((before) => ({ ...before, [field.key]: value }))}
          />
        ))}
        <div className={classes.actions}>
          <Button variant="default" onClick={close}>
            {t("common.cancel")}
          </Button>
          <Button type="submit">{t("records.board.move_to", { stage: stage.name })}</Button>
        </div>
      </form>
    </Modal>
  );
}
