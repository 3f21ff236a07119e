/** Fields with one value that is typed. What is no value yet, while somebody types, stays as it was written. */
import { Checkbox, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, useMe } from "../../../core";
import { CURRENCIES, readDecimal, writeDecimal } from "../amounts";
import type { Money } from "../types";
import { fromWall, ownZone, toWall } from "../zone";
import type { FieldInputProps } from "./field-input";
import classes from "./inputs.module.css";

/** How the label of an input is said, and what is wrong with it. */
export function wrapping({ field, labelShown, error, label }: FieldInputProps) {
  const name = label ?? field.label;
  return {
    ...(labelShown === true ? { label: name, withAsterisk: field.required } : { "aria-label": name }),
    ...(error === undefined ? {} : { error }),
  };
}

export function TextField(props: FieldInputProps) {
  const { field, value, onChange, autoFocus, initial } = props;
  const [begun, setBegun] = useState(initial);
  const text = begun ?? (typeof value === "string" ? value : "");
  return (
    <TextInput
      {...wrapping(props)}
      type={field.type === "url" ? "url" : "text"}
      inputMode={field.type === "url" ? "url" : undefined}
      value={text}
      maxLength={2000}
      data-autofocus={autoFocus || undefined}
      autoFocus={autoFocus === true}
      autoComplete="off"
      data-1p-ignore
      onChange={(event) => {
        setBegun(undefined);
        onChange(event.currentTarget.value === "" ? null : event.currentTarget.value);
      }}
    />
  );
}

export function LongTextField(props: FieldInputProps) {
  const { value, onChange, autoFocus, initial } = props;
  const [begun, setBegun] = useState(initial);
  return (
    <Textarea
      {...wrapping(props)}
      autosize
      minRows={props.labelShown === true ? 2 : 3}
      maxRows={12}
      maxLength={50_000}
      value={begun ?? (typeof value === "string" ? value : "")}
      data-autofocus={autoFocus || undefined}
      autoFocus={autoFocus === true}
      onChange={(event) => {
        setBegun(undefined);
        onChange(event.currentTarget.value === "" ? null : event.currentTarget.value);
      }}
    />
  );
}

/** What was typed, and whether it is a number in the reader's language. */
function useDecimal(decimal: string | null, initial: string | undefined) {
  const { locale } = useFormat();
  const [text, setText] = useState(initial ?? (decimal === null ? "" : writeDecimal(decimal, locale)));
  return {
    text,
    setText,
    read: readDecimal(text, locale),
    parse: (next: string) => readDecimal(next, locale),
  };
}

export function NumberField(props: FieldInputProps) {
  const { t } = useTranslation();
  const { value, onChange, autoFocus, initial } = props;
  const { text, setText, read, parse } = useDecimal(
    typeof value === "number" ? String(value) : null,
    initial,
  );
  const wrong = read === undefined ? { error: t("records.not_a_number") } : {};
  return (
    <TextInput
      {...wrapping(props)}
      {...wrong}
      inputMode="decimal"
      value={text}
      data-autofocus={autoFocus || undefined}
      autoFocus={autoFocus === true}
      autoComplete="off"
      onChange={(event) => {
        const next = event.currentTarget.value;
        setText(next);
        const number = parse(next);
        if (number !== undefined) onChange(number === null ? null : Number(number));
      }}
    />
  );
}

export function MoneyField(props: FieldInputProps) {
  const { t } = useTranslation();
  const { field, value, onChange, autoFocus, initial, label } = props;
  const money = typeof value === "object" && value !== null && "amount" in value ? (value as Money) : null;
  const [currency, setCurrency] = useState(money?.currency ?? lastCurrency);
  const { text, setText, read, parse } = useDecimal(money?.amount ?? null, initial);
  const wrong = read === undefined ? { error: t("records.not_a_number") } : {};
  const name = label ?? field.label;
  const known = CURRENCIES.some((one) => one === currency) ? CURRENCIES : [currency, ...CURRENCIES];
  const tell = (next: string, unit: string) => {
    const amount = parse(next);
    if (amount !== undefined) onChange(amount === null ? null : { amount, currency: unit });
  };
  return (
    <div className={classes.money}>
      <TextInput
        {...wrapping(props)}
        {...wrong}
        inputMode="decimal"
        value={text}
        data-autofocus={autoFocus || undefined}
        autoFocus={autoFocus === true}
        autoComplete="off"
        onChange={(event) => {
          setText(event.currentTarget.value);
          tell(event.currentTarget.value, currency);
        }}
      />
      <NativeSelect
        className={classes.currency}
        {...(props.labelShown === true ? { label: "\u00a0" } : {})}
        aria-label={t("records.currency_of", { name })}
        value={currency}
        data={[...known]}
        onChange={(event) => {
          lastCurrency = event.currentTarget.value;
          setCurrency(lastCurrency);
          tell(text, lastCurrency);
        }}
      />
    </div>
  );
}

/** The next amount is likely in the currency of the last one. */
let lastCurrency = "EUR";

export function DateField(props: FieldInputProps) {
  const { value, onChange, autoFocus } = props;
  return (
    <TextInput
      {...wrapping(props)}
      type="date"
      value={typeof value === "string" ? value : ""}
      max="9999-12-31"
      data-autofocus={autoFocus || undefined}
      autoFocus={autoFocus === true}
      onChange={(event) => onChange(event.currentTarget.value === "" ? null : event.currentTarget.value)}
    />
  );
}

export function DateTimeField(props: FieldInputProps) {
  const { value, onChange, autoFocus } = props;
  const zone = useMe()?.member.time_zone ?? ownZone();
  return (
    <TextInput
      {...wrapping(props)}
      type="datetime-local"
      value={typeof value === "string" ? toWall(value, zone) : ""}
      max="9999-12-31T23:59"
      data-autofocus={autoFocus || undefined}
      autoFocus={autoFocus === true}
      onChange={(event) => onChange(fromWall(event.currentTarget.value, zone))}
    />
  );
}

export function BooleanField(props: FieldInputProps) {
  const { field, value, onChange, autoFocus, label, labelShown } = props;
  const name = label ?? field.label;
  return (
    <Checkbox
      {...(labelShown === true ? { label: name } : { "aria-label": name })}
      checked={value === true}
      data-autofocus={autoFocus || undefined}
      autoFocus={autoFocus === true}
      onChange={(event) => {
        onChange(event.currentTarget.checked);
        props.onDone?.();
      }}
    />
  );
}
