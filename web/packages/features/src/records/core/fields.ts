/** What fields a kind has, with names to show, in the order they are shown. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useApi } from "../../core";
import { objectsQuery } from "./queries";
import type { BoxKind, Field, FieldOption, FieldType, Kind, PaletteColor, PipelineKind } from "./types";

/** Pipeline and stage are chosen from lists of their own. */
export type ShownType = FieldType;
export type ShownOption = { value: string; label: string; color: PaletteColor | null };
export type FieldDef = {
  key: string;
  kind: Kind;
  /** Null for standard fields. */
  id: string | null;
  label: string;
  type: ShownType;
  required: boolean;
  options: ShownOption[];
  /** The kinds a link may lead to. */
  linksTo: readonly Kind[];
  /** What the server itself writes. */
  readOnly: boolean;
  archived: boolean;
};

const BOXES: readonly Kind[] = ["deal", "lead", "case", "card"];
export const isBox = (kind: Kind): kind is BoxKind => BOXES.includes(kind);
export const PIPELINE_KIND: Record<BoxKind, PipelineKind> = {
  deal: "deals",
  lead: "leads",
  case: "cases",
  card: "board",
};
export const BOX_KIND: Record<PipelineKind, BoxKind> = {
  deals: "deal",
  leads: "lead",
  cases: "case",
  board: "card",
};

/** What *about* may lead to. */
const SUBJECTS: readonly Kind[] = ["contact", "company", "deal", "lead", "case", "card"];

const SYSTEM = [
  ["created_at", "datetime"],
  ["updated_at", "datetime"],
  ["created_by", "person"],
] as const;

/** Told of those that mail, calls and notes are about; neither sorted nor searched by. */
const TOUCHED: readonly Kind[] = ["contact", "company", "deal", "lead", "case", "card"];

export type FieldSet = {
  kind: Kind;
  /** In the order in which they are shown; without archived ones. */
  all: FieldDef[];
  /** Also archived ones and those that the server writes. */
  byKey: ReadonlyMap<string, FieldDef>;
  /** `created_at`, `updated_at`, `created_by`: for columns, sorting and filters. */
  system: FieldDef[];
  /** What can only be looked at: for columns. */
  told: FieldDef[];
};

/** Undefined while the fields are not known. */
export function useFields(kind: Kind): FieldSet | undefined {
  const api = useApi();
  const { data } = useQuery(objectsQuery(api));
  const { label, optionLabel } = useFieldWords();
  return useMemo(() => {
    const object = data?.find((one) => one.kind === kind);
    if (object === undefined) return undefined;
    const all = object.fields.map((field) => define(kind, field, label, optionLabel));
    const system = SYSTEM.map(
      ([key, type]): FieldDef => ({
        ...bare(kind, key, label(kind, key)),
        type,
        readOnly: true,
      }),
    );
    const told: FieldDef[] = TOUCHED.includes(kind)
      ? [{ ...bare(kind, "last_touch", label(kind, "last_touch")), type: "datetime", readOnly: true }]
      : [];
    return {
      kind,
      all: all.filter(({ archived }) => !archived),
      byKey: new Map([...system, ...told, ...all].map((field) => [field.key, field])),
      system,
      told,
    };
  }, [data, kind, label, optionLabel]);
}

const bare = (kind: Kind, key: string, label: string): FieldDef => ({
  key,
  kind,
  id: null,
  label,
  type: "text",
  required: false,
  options: [],
  linksTo: [],
  readOnly: false,
  archived: false,
});

function define(
  kind: Kind,
  field: Field,
  label: (kind: Kind, key: string) => string,
  optionLabel: (key: string, value: string) => string,
): FieldDef {
  const named = (option: FieldOption): ShownOption => ({
    value: option.value,
    label: option.label ?? optionLabel(field.key, option.value),
    color: option.color,
  });
  return {
    ...bare(kind, field.key, field.label ?? label(kind, field.key)),
    id: field.id,
    type: field.type,
    required: field.required,
    options: field.options.map(named),
    linksTo: field.links_to === null ? SUBJECTS : [field.links_to],
    archived: field.archived,
  };
}

/** Names of standard fields and of their options. A word that this version does not know is shown as it is. */
export function useFieldWords() {
  const { t, i18n } = useTranslation();
  return useMemo(() => {
    const known = (key: string) => i18n.exists(key);
    return {
      label(kind: Kind, key: string): string {
        if (known(`records.field.${kind}.${key}`))
          return t(`records.field.${kind}.${key}` as "records.field.task.name");
        if (known(`records.field.common.${key}`))
          return t(`records.field.common.${key}` as "records.field.common.name");
        return spoken(key);
      },
      optionLabel(key: string, value: string): string {
        if (known(`records.option.${key}.${value}`))
          return t(`records.option.${key}.${value}` as "records.option.priority.low");
        return spoken(value);
      },
    };
  }, [t, i18n]);
}

const spoken = (key: string) => {
  const words = key.replace(/^c_/, "").replaceAll("_", " ");
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
};
