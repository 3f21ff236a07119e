/** Values of fields as text. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { membersQuery, useApi, useFormat } from "../../core";
import { formatMoney } from "./amounts";
import type { FieldDef } from "./fields";
import { pipelinesQuery, teamsQuery } from "./queries";
import type {
  AddressValue,
  EmailValue,
  FieldValue,
  Money,
  PhoneValue,
  Pipeline,
  RecordRef,
  Stage,
} from "./types";

export type Linked = { readonly [id: string]: RecordRef };

/** Whether a field holds nothing. */
export const isEmptyValue = (value: FieldValue | null | undefined): value is null | undefined | "" =>
  value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

export const sameValue = (a: FieldValue | null | undefined, b: FieldValue | null | undefined): boolean =>
  (isEmptyValue(a) && isEmptyValue(b)) || JSON.stringify(a) === JSON.stringify(b);

export function usePipelines(): Pipeline[] | undefined {
  const api = useApi();
  return useQuery(pipelinesQuery(api)).data;
}

export type StageOf = { stage: Stage; pipeline: Pipeline };

export function findStage(pipelines: readonly Pipeline[] | undefined, id: unknown): StageOf | undefined {
  for (const pipeline of pipelines ?? []) {
    const stage = pipeline.stages.find((one) => one.id === id);
    if (stage !== undefined) return { stage, pipeline };
  }
  return undefined;
}

export function useTeams() {
  const api = useApi();
  return useQuery(teamsQuery(api)).data;
}

export type MemberName = { id: string; name: string; email: string };

/** Who is in the workspace, and what to call somebody who is not any more. */
export function useMembers() {
  const api = useApi();
  const { t } = useTranslation();
  const { data } = useQuery({ ...membersQuery(api), staleTime: 60_000 });
  return useMemo(() => {
    const byId = new Map((data ?? []).map((person) => [person.id, person]));
    return {
      all: (data ?? []).filter(({ disabled }) => !disabled) as MemberName[],
      byId: byId as ReadonlyMap<string, MemberName>,
      name: (id: string | null): string =>
        id === null
          ? t("records.someone")
          : (byId.get(id)?.name ?? (data === undefined ? "…" : t("records.someone"))),
    };
  }, [data, t]);
}

const lines = (address: AddressValue) =>
  [
    address.street,
    [address.postal_code, address.city].filter(Boolean).join(" "),
    address.region,
    address.country,
  ]
    .filter((part) => part !== null && part !== "")
    .join(", ");

export const addressLine = lines;

/** Turns a value into one line of text. Empty values are an empty text. */
export function useValueText() {
  const { t } = useTranslation();
  const format = useFormat();
  const members = useMembers();
  const pipelines = usePipelines();
  return useMemo(() => {
    const one = (field: FieldDef, value: FieldValue, linked: Linked): string => {
      switch (field.type) {
        case "text":
        case "long_text":
        case "url":
          return String(value);
        case "number":
          return typeof value === "number" ? format.number(value) : String(value);
        case "money":
          return formatMoney(value as Money, format.locale);
        case "date":
          return formatDate(String(value), format.locale);
        case "datetime":
          return format.medium(String(value));
        case "boolean":
          return t(value === true ? "records.yes" : "records.no");
        case "choice":
          return optionText(field, String(value));
        case "choices":
          return (value as string[]).map((each) => optionText(field, each)).join(", ");
        case "person":
          return members.name(String(value));
        case "people":
          return (value as string[]).map(members.name).join(", ");
        case "link":
          return linked[String(value)]?.title ?? "";
        case "links":
          return (value as string[]).flatMap((id) => linked[id]?.title ?? []).join(", ");
        case "emails":
          return (value as EmailValue[]).map(({ address }) => address).join(", ");
        case "phones":
          return (value as PhoneValue[]).map(({ number }) => number).join(", ");
        case "addresses":
          return (value as AddressValue[]).map(lines).join(" · ");
        case "pipeline":
          return pipelines?.find(({ id }) => id === value)?.name ?? "";
        case "stage":
          return findStage(pipelines, value)?.stage.name ?? "";
      }
    };
    return (field: FieldDef, value: FieldValue | null | undefined, linked: Linked = {}): string =>
      isEmptyValue(value) ? "" : one(field, value as FieldValue, linked);
  }, [t, format, members, pipelines]);
}

const optionText = (field: FieldDef, value: string) =>
  field.options.find((option) => option.value === value)?.label ?? value;

/** A day has no zone: it is the same everywhere. */
export function formatDate(day: string, locale: string): string {
  const at = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return day;
  return new Intl.DateTimeFormat(locale, {
    timeZone: "UTC",
    day: "numeric",
    month: "short",
    year: "numeric",
  }).format(at);
}
