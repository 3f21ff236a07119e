import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../core";
import type { FieldDef, FieldSet } from "../core/fields";
import type { FieldValue, FilterOp, Within } from "../core/types";
import { findStage, formatDate, type Linked, useMembers, usePipelines } from "../core/words";
import { type Group, type Item, isComplete, isGroup, type Rule, shapeOf } from "./model";

const TIMES = new Set(["date", "datetime"]);
const NUMBERS = new Set(["number", "money"]);

/** Conditions as sentences. */
export function useFilterWords(fields: FieldSet | undefined, linked: Linked = {}) {
  const { t } = useTranslation();
  const format = useFormat();
  const members = useMembers();
  const pipelines = usePipelines();
  return useMemo(() => {
    const opWord = (field: FieldDef, op: FilterOp): string => {
      if (TIMES.has(field.type) && (op === "lt" || op === "gt")) return t(`records.filter.time.${op}`);
      if (NUMBERS.has(field.type) && op === "is") return t("records.filter.equals");
      return t(`records.filter.op.${op}`);
    };
    const value = (field: FieldDef, each: unknown): string => {
      switch (field.type) {
        case "date":
        case "datetime":
          return formatDate(String(each), format.locale);
        case "number":
        case "money":
          return format.number(Number(each));
        case "boolean":
          return t(each === true ? "records.yes" : "records.no");
        case "person":
        case "people":
          return members.name(String(each));
        case "stage":
          return findStage(pipelines, each)?.stage.name ?? "…";
        case "pipeline":
          return pipelines?.find(({ id }) => id === each)?.name ?? "…";
        case "choice":
        case "choices":
          return field.options.find((option) => option.value === each)?.label ?? String(each);
        case "link":
        case "links":
          return linked[String(each)]?.title ?? "…";
        default:
          return `“${String(each as FieldValue)}”`;
      }
    };
    const period = (within: Within): string =>
      "next" in within
        ? t(`records.filter.next_${within.unit}`, { count: within.next })
        : t(`records.filter.last_${within.unit}`, { count: within.last });
    const rule = ({ field: key, op, value: asked }: Rule): string => {
      const field = fields?.byKey.get(key);
      if (field === undefined) return key;
      const head = `${field.label} ${opWord(field, op)}`;
      switch (shapeOf(op)) {
        case "none":
          return head;
        case "period":
          return `${field.label} ${period(asked as Within)}`;
        case "several":
          return `${field.label} ${t("records.filter.op.is")} ${or((asked as unknown[]).map((each) => value(field, each)))}`;
        case "pair": {
          const [from, to] = asked as unknown[];
          return `${head} ${value(field, from)} ${t("records.filter.and")} ${value(field, to)}`;
        }
        case "one":
          return `${head} ${value(field, asked)}`;
      }
    };
    const or = (parts: string[]) => new Intl.ListFormat(format.locale, { type: "disjunction" }).format(parts);
    /** Undefined where nothing of it counts yet. */
    const say = (item: Item): string | undefined => {
      if (!isGroup(item)) return isComplete(item) ? rule(item) : undefined;
      const parts = item.items.flatMap((inner) => say(inner) ?? []);
      if (parts.length === 0) return undefined;
      if (item.mode === "none") return t("records.filter.none_of", { parts: or(parts) });
      const text =
        item.mode === "any"
          ? or(parts)
          : new Intl.ListFormat(format.locale, { type: "conjunction" }).format(parts);
      return parts.length > 1 ? `(${text})` : text;
    };
    return { opWord, say, sayAll: (group: Group) => group.items.map(say) };
  }, [t, format, members, pipelines, fields, linked]);
}
