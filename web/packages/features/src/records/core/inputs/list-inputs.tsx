/** Several addresses or numbers, each with a label. */
import { ActionIcon, Button, NativeSelect, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tenon/ui";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { newKey } from "../../../core";
import type { AddressValue, EmailValue, PhoneValue } from "../types";
import type { FieldInputProps } from "./field-input";
import classes from "./inputs.module.css";

const LABELS = ["work", "home", "mobile", "mailing", "other"] as const;
type LabelWord = (typeof LABELS)[number];
const FITTING: Record<"emails" | "phones" | "addresses", readonly LabelWord[]> = {
  emails: ["work", "home", "other"],
  phones: ["work", "mobile", "home", "other"],
  addresses: ["mailing", "work", "home", "other"],
};
const MOST = 50;

export function useLabelWord() {
  const { t } = useTranslation();
  return (label: string | null): string =>
    label === null || label === ""
      ? ""
      : LABELS.some((one) => one === label)
        ? t(`records.label.${label as LabelWord}`)
        : label;
}

type ListProps<Entry> = FieldInputProps & {
  entries: Entry[];
  make: () => Entry;
  isEmpty: (entry: Entry) => boolean;
  row: (entry: Entry, change: (entry: Entry) => void, at: number, focus: boolean) => ReactNode;
};

/** Keeps empty rows while they are written; what is told has none. */
function EntryList<Entry extends object>({ entries, make, isEmpty, row, ...props }: ListProps<Entry>) {
  const { t } = useTranslation();
  const { field, onChange, autoFocus, label, labelShown, error } = props;
  const begin = (entry: Entry) => ({ key: newKey(), entry });
  const [rows, setRows] = useState(() => (entries.length === 0 ? [begin(make())] : entries.map(begin)));
  const [focused, setFocused] = useState(autoFocus === true ? rows.length - 1 : -1);
  const name = label ?? field.label;
  const set = (next: typeof rows) => {
    setRows(next);
    const full = next.map(({ entry }) => entry).filter((entry) => !isEmpty(entry));
    onChange(full.length === 0 ? null : (full as unknown as EmailValue[]));
  };
  return (
    <fieldset className={classes.entries} aria-label={labelShown === true ? undefined : name}>
      {labelShown === true && <legend>{name}</legend>}
      {rows.map(({ key, entry }, at) => (
        <div key={key} className={classes.entry}>
          {row(entry, (next) => set(rows.with(at, { key, entry: next })), at, focused === at)}
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={t("records.take_entry", { name, number: at + 1 })}
            onClick={() => set(rows.length === 1 ? [begin(make())] : rows.filter((one) => one.key !== key))}
          >
            <IconX size={16} />
          </ActionIcon>
        </div>
      ))}
      {rows.length < MOST && (
        <Button
          className={classes.add ?? ""}
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={14} />}
          onClick={() => {
            setFocused(rows.length);
            setRows([...rows, begin(make())]);
          }}
        >
          {t("records.add_entry")}
        </Button>
      )}
      {error !== undefined && <div className={classes.error}>{error}</div>}
    </fieldset>
  );
}

function LabelSelect({
  type,
  value,
  onChange,
  name,
}: {
  type: keyof typeof FITTING;
  value: string | null;
  onChange: (label: string | null) => void;
  name: string;
}) {
  const { t } = useTranslation();
  const word = useLabelWord();
  const known: string[] = [...FITTING[type]];
  if (value !== null && value !== "" && !known.includes(value)) known.unshift(value);
  return (
    <NativeSelect
      className={classes.kind ?? ""}
      aria-label={t("records.label_of", { name })}
      value={value ?? ""}
      data={[{ value: "", label: "–" }, ...known.map((one) => ({ value: one, label: word(one) }))]}
      onChange={(event) => onChange(event.currentTarget.value === "" ? null : event.currentTarget.value)}
    />
  );
}

export function EmailsField(props: FieldInputProps) {
  const name = props.label ?? props.field.label;
  return (
    <EntryList<EmailValue>
      {...props}
      entries={(props.value as EmailValue[] | null) ?? []}
      make={() => ({ address: "", label: "work" })}
      isEmpty={({ address }) => address.trim() === ""}
      row={(entry, change, at, focus) => (
        <>
          <TextInput
            className={classes.entryMain ?? ""}
            type="email"
            aria-label={`${name} ${at + 1}`}
            value={entry.address}
            autoFocus={focus}
            autoComplete="off"
            onChange={(event) => change({ ...entry, address: event.currentTarget.value.trim() })}
          />
          <LabelSelect
            type="emails"
            name={`${name} ${at + 1}`}
            value={entry.label}
            onChange={(label) => change({ ...entry, label })}
          />
        </>
      )}
    />
  );
}

export function PhonesField(props: FieldInputProps) {
  const name = props.label ?? props.field.label;
  return (
    <EntryList<PhoneValue>
      {...props}
      entries={(props.value as PhoneValue[] | null) ?? []}
      make={() => ({ number: "", label: "work" })}
      isEmpty={({ number }) => number.trim() === ""}
      row={(entry, change, at, focus) => (
        <>
          <TextInput
            className={classes.entryMain ?? ""}
            type="tel"
            aria-label={`${name} ${at + 1}`}
            value={entry.number}
            autoFocus={focus}
            autoComplete="off"
            onChange={(event) => change({ ...entry, number: event.currentTarget.value })}
          />
          <LabelSelect
            type="phones"
            name={`${name} ${at + 1}`}
            value={entry.label}
            onChange={(label) => change({ ...entry, label })}
          />
        </>
      )}
    />
  );
}

const PARTS = ["street", "postal_code", "city", "region", "country"] as const;

export function AddressesField(props: FieldInputProps) {
  const { t } = useTranslation();
  const name = props.label ?? props.field.label;
  return (
    <EntryList<AddressValue>
      {...props}
      entries={(props.value as AddressValue[] | null) ?? []}
      make={() => ({
        label: "mailing",
        street: null,
        city: null,
        region: null,
        postal_code: null,
        country: null,
      })}
      isEmpty={(entry) => PARTS.every((part) => (entry[part] ?? "").trim() === "")}
      row={(entry, change, at, focus) => (
        <div className={classes.address}>
          {PARTS.map((part) => (
            <TextInput
              key={part}
              className={part === "street" ? (classes.wide ?? "") : ""}
              aria-label={`${name} ${at + 1}: ${t(`records.address.${part}`)}`}
              placeholder={t(`records.address.${part}`)}
              value={entry[part] ?? ""}
              autoFocus={focus && part === "street"}
              autoComplete="off"
              onChange={(event) => change({ ...entry, [part]: event.currentTarget.value || null })}
            />
          ))}
          <LabelSelect
            type="addresses"
            name={`${name} ${at + 1}`}
            value={entry.label}
            onChange={(label) => change({ ...entry, label })}
          />
        </div>
      )}
    />
  );
}
