/** The tree of conditions as it is edited: groups of rules, rules that may not be complete yet. */
import type { FieldDef, ShownType } from "../core/fields";
import type { Filter, FilterOp, FilterRule } from "../core/types";
import { isEmptyValue } from "../core/words";

export type Rule = { id: string; field: string; op: FilterOp; value?: unknown };
export type Group = { id: string; mode: "all" | "any" | "none"; items: Item[] };
export type Item = Rule | Group;

export const isGroup = (item: Item): item is Group => "items" in item;

let counter = 0;
const fresh = () => {
  counter += 1;
  return `f${counter}`;
};

export const emptyGroup = (mode: Group["mode"] = "all"): Group => ({ id: fresh(), mode, items: [] });

const TEXT: readonly FilterOp[] = [
  "contains",
  "not_contains",
  "is",
  "is_not",
  "starts_with",
  "empty",
  "not_empty",
];
const AMOUNT: readonly FilterOp[] = ["is", "lt", "lte", "gt", "gte", "between", "empty", "not_empty"];
const TIME: readonly FilterOp[] = ["within", "is", "lt", "gt", "between", "empty", "not_empty"];
const ONE_OF: readonly FilterOp[] = ["in", "is", "is_not", "empty", "not_empty"];
const SOME_OF: readonly FilterOp[] = ["contains", "not_contains", "empty", "not_empty"];

/** What can be asked of a field; the first is offered first. */
export function opsOf(type: ShownType): readonly FilterOp[] {
  switch (type) {
    case "text":
    case "long_text":
    case "url":
    case "emails":
    case "phones":
    case "addresses":
      return TEXT;
    case "number":
    case "money":
      return AMOUNT;
    case "date":
      return TIME;
    case "datetime":
      return TIME.filter((op) => op !== "is");
    case "boolean":
      return ["is"];
    case "choice":
    case "person":
    case "pipeline":
    case "stage":
    case "link":
      return type === "link" ? ONE_OF.filter((op) => op !== "in") : ONE_OF;
    case "choices":
    case "people":
    case "links":
      return SOME_OF;
  }
}

export const needsValue = (op: FilterOp): boolean => op !== "empty" && op !== "not_empty";

/** The shape of value that an operator asks for. */
export type ValueShape = "none" | "one" | "pair" | "several" | "period";
export function shapeOf(op: FilterOp): ValueShape {
  if (!needsValue(op)) return "none";
  if (op === "between") return "pair";
  if (op === "in") return "several";
  return op === "within" ? "period" : "one";
}

/** What stands there before anybody chose. */
export function firstValue(field: FieldDef, op: FilterOp): unknown {
  if (field.type === "boolean") return true;
  return op === "within" ? { last: 7, unit: "days" } : undefined;
}

export function newRule(field: FieldDef): Rule {
  const op = opsOf(field.type)[0] ?? "is";
  return { id: fresh(), field: field.key, op, value: firstValue(field, op) };
}

/** Another operator keeps the value where it still fits. */
export function withOp(rule: Rule, op: FilterOp, field: FieldDef): Rule {
  const before = shapeOf(rule.op);
  const shape = shapeOf(op);
  if (before === shape) return { ...rule, op };
  if (shape === "several" && before === "one" && rule.value !== undefined)
    return { ...rule, op, value: [rule.value] };
  if (shape === "one" && before === "several" && Array.isArray(rule.value))
    return { ...rule, op, value: rule.value[0] };
  return { ...rule, op, value: firstValue(field, op) };
}

export function isComplete(rule: Rule): boolean {
  switch (shapeOf(rule.op)) {
    case "none":
      return true;
    case "several":
      return Array.isArray(rule.value) && rule.value.length > 0;
    case "pair":
      return (
        Array.isArray(rule.value) &&
        rule.value.length === 2 &&
        rule.value.every((each) => !isEmptyValue(each))
      );
    default:
      return !isEmptyValue(rule.value as string | undefined);
  }
}

/** What is sent: complete rules only; undefined when there are none. */
export function toFilter(group: Group): Filter | undefined {
  const inside = group.items.flatMap((item): Filter[] => {
    if (isGroup(item)) {
      const filter = toFilter(item);
      return filter === undefined ? [] : [filter];
    }
    if (!isComplete(item)) return [];
    const { field, op, value } = item;
    return [needsValue(op) ? { field, op, value } : { field, op }];
  });
  if (inside.length === 0) return undefined;
  if (group.mode === "none") return { not: { any: inside } };
  return group.mode === "any" ? { any: inside } : { all: inside };
}

const isRule = (filter: Filter): filter is FilterRule => "field" in filter;

function itemOf(filter: Filter): Item {
  if (isRule(filter)) return { id: fresh(), field: filter.field, op: filter.op, value: filter.value };
  if ("not" in filter) {
    const inner = itemOf(filter.not);
    const items = isGroup(inner) && inner.mode === "any" ? inner.items : [inner];
    return { id: fresh(), mode: "none", items };
  }
  const [mode, parts] = "all" in filter ? (["all", filter.all] as const) : (["any", filter.any] as const);
  return { id: fresh(), mode, items: parts.map(itemOf) };
}

/** The inverse: what a saved view holds, to be edited. */
export function fromFilter(filter: Filter | null | undefined): Group {
  if (filter == null) return emptyGroup();
  const item = itemOf(filter);
  return isGroup(item) ? item : { id: fresh(), mode: "all", items: [item] };
}

/** The group with one item, wherever it stands, changed; undefined takes it out. */
export function changeItem(group: Group, id: string, change: (item: Item) => Item | undefined): Group {
  const items = group.items.flatMap((item): Item[] => {
    if (item.id === id) {
      const changed = change(item);
      return changed === undefined ? [] : [changed];
    }
    return [isGroup(item) ? changeItem(item, id, change) : item];
  });
  return { ...group, items };
}

/** How many rules take part. */
export function countRules(group: Group): number {
  return group.items.reduce(
    (sum, item) => sum + (isGroup(item) ? countRules(item) : isComplete(item) ? 1 : 0),
    0,
  );
}

export const MOST_DEEP = 3;
