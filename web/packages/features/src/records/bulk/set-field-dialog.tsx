import { Button, Checkbox, Modal, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFocusBack, useFormat } from "../../core";
import type { FieldSet } from "../core/fields";
import { FieldInput } from "../core/inputs/field-input";
import type { FieldValue, Values } from "../core/types";
import { isEmptyValue } from "../core/words";
import classes from "./bulk.module.css";

type SetFieldDialogProps = {
  fields: FieldSet;
  count: number;
  first: string | undefined;
  close: () => void;
  set: (values: Values) => void;
};

/** What every one has of its own: set for all, it would only do harm. */
const OWN = new Set(["name", "body", "first_name", "last_name", "emails", "pipeline", "stage"]);

/** One field of all chosen records gets one value. */
export default function SetFieldDialog({ fields, count, first, close, set }: SetFieldDialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const choices = fields.all.filter((field) => !OWN.has(field.key) && !field.readOnly);
  const [key, setKey] = useState(first ?? choices[0]?.key ?? "");
  const [value, setValue] = useState<FieldValue | null>(null);
  const [empty, setEmpty] = useState(false);
  useFocusBack();
  const field = fields.byKey.get(key);
  const number = format.number(count);
  if (field === undefined) return null;
  const ready = empty || !isEmptyValue(value);
  return (
    <Modal
      opened
      onClose={close}
      title={
        first === "owner"
          ? t("records.bulk.assign_title", { count, number })
          : t("records.bulk.set_title", { count, number })
      }
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) set({ [key]: empty ? null : value });
        }}
      >
        {first === undefined && (
          <NativeSelect
            label={t("records.filter.field")}
            value={key}
            data={choices.map((one) => ({ value: one.key, label: one.label }))}
            data-autofocus
            onChange={(event) => {
              setKey(event.currentTarget.value);
              setValue(null);
              setEmpty(false);
            }}
          />
        )}
        {!empty && (
          <FieldInput
            key={key}
            field={{ ...field, required: false }}
            label={first === "owner" ? field.label : t("records.bulk.new_value")}
            labelShown
            value={value}
            autoFocus={first !== undefined}
            onChange={setValue}
          />
        )}
        {!field.required && (
          <Checkbox
            label={t("records.bulk.clear")}
            checked={empty}
            onChange={(event) => setEmpty(event.currentTarget.checked)}
          />
        )}
        <div className={classes.actions}>
          <Button variant="default" onClick={close}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" disabled={!ready}>
            {t("records.bulk.apply", { count, number })}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
