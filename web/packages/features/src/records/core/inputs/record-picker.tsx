/** Chooses records to link to; what is not there yet is made by its name. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useApi } from "../../../core";
import { useRecordEdits } from "../edits";
import { KindIcon } from "../kind-icon";
import { findRecordsQuery } from "../queries";
import type { Kind, RecordRef, Values } from "../types";
import type { Linked } from "../words";
import { Picker, type PickerProps } from "./picker";

type RecordPickerProps = Pick<
  PickerProps,
  | "label"
  | "labelShown"
  | "multiple"
  | "required"
  | "error"
  | "autoFocus"
  | "initial"
  | "onDone"
  | "placeholder"
> & {
  kinds: readonly Kind[];
  value: readonly string[];
  linked: Linked;
  onChange: (ids: string[]) => void;
};

const PAUSE_MS = 180;

export function RecordPicker({ kinds, value, linked, onChange, ...rest }: RecordPickerProps) {
  const { t } = useTranslation();
  const api = useApi();
  const edits = useRecordEdits();
  const [typed, setTyped] = useState(rest.initial ?? "");
  const [text, setText] = useState(typed);
  const [known, setKnown] = useState<Linked>({});
  useEffect(() => {
    const timer = setTimeout(() => setText(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const found = useQuery({ ...findRecordsQuery(api, kinds, text), placeholderData: keepPreviousData });
  const records = found.data ?? [];
  const option = (ref: RecordRef, hint?: string) => ({
    value: ref.id,
    label: ref.title === "" ? t("records.untitled") : ref.title,
    icon: <KindIcon kind={ref.kind} size={16} />,
    hint,
  });
  const learn = (ref: RecordRef) => {
    edits.remember(ref);
    setKnown((before) => ({ ...before, [ref.id]: ref }));
  };
  const only = kinds.length === 1 ? kinds[0] : undefined;
  const makes = only === "contact" || only === "company" ? only : undefined;
  const make = (name: string) => {
    if (makes === undefined) return;
    void edits.make(makes, namedValues(makes, name)).then((made) => {
      learn({ id: made.id, kind: made.kind, title: made.title });
      onChange(rest.multiple === true ? [...value, made.id] : [made.id]);
      if (rest.multiple !== true) rest.onDone?.();
    }, edits.refused);
  };

  return (
    <Picker
      {...rest}
      options={records.map((record) => option(record, hintOf(record.values)))}
      chosen={value.map((id) => {
        const ref = linked[id] ?? known[id] ?? records.find((record) => record.id === id);
        return ref === undefined ? { value: id, label: t("records.hidden") } : option(ref);
      })}
      loading={found.isFetching}
      onSearch={setTyped}
      onChoose={(ids) => {
        for (const record of records)
          if (ids.includes(record.id)) learn({ id: record.id, kind: record.kind, title: record.title });
        onChange(ids);
      }}
      onCreate={makes === undefined ? undefined : make}
      createLabel={(name) => t(`records.create_${makes ?? "contact"}`, { name })}
    />
  );
}

/** What tells two of the same name apart. */
function hintOf(values: Values): string | undefined {
  const first = Array.isArray(values.emails) ? values.emails[0] : undefined;
  if (typeof first === "object" && "address" in first) return first.address;
  return typeof values.domain === "string" ? values.domain : undefined;
}

/** The first word is the first name; an address is an address. */
export function namedValues(kind: Kind, name: string): Values {
  if (kind !== "contact") return { name };
  if (/^\S+@\S+\.\S+$/.test(name)) return { emails: [{ address: name, label: null }] };
  const [first = "", ...others] = name.split(/\s+/);
  return others.length === 0 ? { first_name: first } : { first_name: first, last_name: others.join(" ") };
}
