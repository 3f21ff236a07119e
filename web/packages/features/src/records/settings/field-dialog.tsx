/** Adds a field, or changes its name and options; its type stays what it is. */
import { ActionIcon, Button, Checkbox, Modal, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ApiProblem } from "@tenon/api-client";
import { IconArrowDown, IconArrowUp, IconPlus, IconX, useToast } from "@tenon/ui";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { newKey, ProblemNotice, useApi, useFocusBack } from "../../core";
import { recordCalls } from "../core/calls";
import { recordKeys } from "../core/keys";
import { COLORS } from "../core/option-chip";
import type { Field, FieldOption, FieldType, Kind } from "../core/types";
import { ColorButton } from "./color-button";
import classes from "./settings.module.css";

/** The types that a field of one's own may have. */
const TYPES: readonly FieldType[] = [
  "text",
  "long_text",
  "number",
  "money",
  "date",
  "datetime",
  "boolean",
  "choice",
  "choices",
  "person",
  "people",
  "link",
  "links",
  "url",
];
const LINKABLE: readonly Kind[] = ["contact", "company", "deal", "lead", "case", "card"];

type FieldDialogProps = { kind: Kind; field: Field | undefined; close: () => void };
type OptionRow = FieldOption & { rowKey: string };

export function FieldDialog({ kind, field, close }: FieldDialogProps) {
  const { t } = useTranslation();
  useFocusBack();
  return (
    <Modal
      opened
      onClose={close}
      title={
        field === undefined
          ? t("records.settings.add_field_of", { kind: t(`records.kinds.${kind}`) })
          : t("records.settings.edit_named", { name: field.label ?? field.key })
      }
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <FieldForm kind={kind} field={field} close={close} />
    </Modal>
  );
}

function FieldForm({ kind, field, close }: FieldDialogProps) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const [label, setLabel] = useState(field?.label ?? "");
  const [type, setType] = useState<FieldType>(field?.type ?? "text");
  const [linksTo, setLinksTo] = useState<Kind>(field?.links_to ?? "company");
  const [required, setRequired] = useState(field?.required ?? false);
  const [options, setOptions] = useState<OptionRow[]>(() =>
    (field?.options ?? []).map((option) => ({ ...option, rowKey: newKey() })),
  );
  const hasOptions = type === "choice" || type === "choices";
  const given = options
    .filter((option) => (option.label ?? "").trim() !== "")
    .map(({ rowKey, ...option }) => {
      void rowKey;
      return { ...option, label: (option.label ?? "").trim() };
    });
  const save = useMutation({
    mutationFn: () => {
      const body = { label: label.trim(), required, ...(hasOptions ? { options: given } : {}) };
      const calls = recordCalls(api);
      if (field?.id != null) return calls.changeField(field.id, body);
      const links = type === "link" || type === "links" ? { links_to: linksTo } : {};
      return calls.addField(kind, { ...body, ...links, type });
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: recordKeys.objects });
      toast(t("records.settings.field_saved", { name: label.trim() }));
      close();
    },
  });
  const complaint = save.error instanceof ApiProblem ? save.error.field("label") : undefined;
  const incomplete = label.trim() === "" || (hasOptions && given.length === 0);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!incomplete) save.mutate();
  };
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      {save.error !== null && complaint === undefined && <ProblemNotice error={save.error} />}
      <TextInput
        label={t("records.settings.name")}
        value={label}
        maxLength={100}
        autoFocus
        data-autofocus
        autoComplete="off"
        {...(complaint === undefined ? {} : { error: complaint })}
        onChange={(event) => setLabel(event.currentTarget.value)}
      />
      {field === undefined && (
        <NativeSelect
          label={t("records.settings.type")}
          description={t("records.settings.type_hint")}
          value={type}
          data={TYPES.map((value) => ({ value, label: t(`records.settings.types.${value}`) }))}
          onChange={(event) => setType(event.currentTarget.value as FieldType)}
        />
      )}
      {field === undefined && (type === "link" || type === "links") && (
        <NativeSelect
          label={t("records.settings.links_to")}
          value={linksTo}
          data={LINKABLE.map((value) => ({ value, label: t(`records.kinds.${value}`) }))}
          onChange={(event) => setLinksTo(event.currentTarget.value as Kind)}
        />
      )}
      {hasOptions && <Options options={options} setOptions={setOptions} />}
      <Checkbox
        label={t("records.settings.required_label")}
        checked={required}
        onChange={(event) => setRequired(event.currentTarget.checked)}
      />
      <div className={classes.actions}>
        <Button variant="default" onClick={close}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" loading={save.isPending} disabled={incomplete}>
          {t("common.save")}
        </Button>
      </div>
    </form>
  );
}

type OptionsProps = { options: OptionRow[]; setOptions: (options: OptionRow[]) => void };

function Options({ options, setOptions }: OptionsProps) {
  const { t } = useTranslation();
  const [added, setAdded] = useState<string>();
  const change = (at: number, part: Partial<FieldOption>) =>
    setOptions(options.map((option, index) => (index === at ? { ...option, ...part } : option)));
  const swap = (at: number, by: 1 | -1) => {
    const [here, there] = [options[at], options[at + by]];
    if (here === undefined || there === undefined) return;
    setOptions(options.with(at, there).with(at + by, here));
  };
  const add = () => {
    const rowKey = newKey();
    const color = (options.length + 1) % COLORS.length;
    setAdded(rowKey);
    setOptions([...options, { value: "", label: "", color, rowKey }]);
  };
  return (
    <fieldset className={classes.options}>
      <legend>{t("records.settings.options")}</legend>
      {options.map((option, at) => {
        const name = option.label || String(at + 1);
        return (
          <div key={option.rowKey} className={classes.option}>
            <ColorButton name={name} color={option.color} onChange={(color) => change(at, { color })} />
            <TextInput
              aria-label={t("records.settings.option_number", { number: at + 1 })}
              value={option.label ?? ""}
              maxLength={100}
              autoFocus={option.rowKey === added}
              autoComplete="off"
              onChange={(event) => change(at, { label: event.currentTarget.value })}
              onKeyDown={(event) => {
                if (event.key !== "Enter" || event.currentTarget.value.trim() === "") return;
                event.preventDefault();
                add();
              }}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              disabled={at === 0}
              aria-label={t("records.settings.up_named", { name })}
              onClick={() => swap(at, -1)}
            >
              <IconArrowUp size={16} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              disabled={at === options.length - 1}
              aria-label={t("records.settings.down_named", { name })}
              onClick={() => swap(at, 1)}
            >
              <IconArrowDown size={16} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={t("records.take_away", { name })}
              onClick={() => setOptions(options.filter((_, index) => index !== at))}
            >
              <IconX size={16} />
            </ActionIcon>
          </div>
        );
      })}
      <Button
        className={classes.add ?? ""}
        size="compact-sm"
        variant="subtle"
        leftSection={<IconPlus size={14} />}
        onClick={add}
      >
        {t("records.settings.add_option")}
      </Button>
    </fieldset>
  );
}
