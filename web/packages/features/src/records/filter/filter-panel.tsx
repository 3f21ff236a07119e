import { ActionIcon, Button, NativeSelect } from "@mantine/core";
import { IconPlus, IconX } from "@tenon/ui";
import { useEffect, useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { FieldDef, FieldSet } from "../core/fields";
import type { FilterOp } from "../core/types";
import classes from "./filter.module.css";
import {
  changeItem,
  emptyGroup,
  firstValue,
  type Group,
  type Item,
  isGroup,
  MOST_DEEP,
  newRule,
  opsOf,
  type Rule,
  withOp,
} from "./model";
import { ValueInput } from "./value-input";
import { useFilterWords } from "./words";

type FilterPanelProps = {
  fields: FieldSet;
  /** The field that a new condition begins with: one that the list shows. */
  usual: string | undefined;
  filter: Group;
  change: (filter: Group) => void;
  close: () => void;
};

/** Conditions in words, with groups of them. What is complete counts at once. */
export default function FilterPanel({ fields, usual, filter, change, close }: FilterPanelProps) {
  const { t } = useTranslation();
  const choices = filterable(fields);
  const box = useRef<HTMLElement>(null);
  // Whoever opens it goes on in it.
  useEffect(() => box.current?.querySelector<HTMLElement>("select, button")?.focus(), []);
  return (
    <section
      ref={box}
      className={classes.panel}
      aria-label={t("records.filter.title")}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.preventDefault();
        close();
      }}
    >
      <GroupEditor
        group={filter}
        depth={1}
        fields={fields}
        choices={choices}
        first={choices.find(({ key }) => key === usual) ?? choices[0]}
        change={change}
        apply={(id, how) => change(changeItem(filter, id, how))}
      />
      <div className={classes.foot}>
        {filter.items.length > 0 && (
          <Button size="compact-sm" variant="subtle" onClick={() => change(emptyGroup())}>
            {t("records.filter.clear")}
          </Button>
        )}
        <Button size="compact-sm" variant="default" onClick={close}>
          {t("records.filter.done")}
        </Button>
      </div>
    </section>
  );
}

/** What may be asked about, with what the server itself writes. */
export const filterable = (fields: FieldSet): FieldDef[] => [
  ...fields.all.filter(({ key }) => key !== "pipeline"),
  ...fields.system,
];

type Apply = (id: string, how: (item: Item) => Item | undefined) => void;
type Shared = { fields: FieldSet; choices: FieldDef[]; first: FieldDef | undefined; apply: Apply };

function GroupEditor({
  group,
  depth,
  change,
  ...shared
}: Shared & { group: Group; depth: number; change: (group: Group) => void }) {
  const { t } = useTranslation();
  const { first, apply } = shared;
  const id = useId();
  const add = (item: Item) => change({ ...group, items: [...group.items, item] });
  return (
    <fieldset className={classes.group} data-depth={depth} aria-labelledby={id}>
      <div className={classes.mode}>
        <NativeSelect
          size="sm"
          aria-label={t("records.filter.mode")}
          value={group.mode}
          data={(["all", "any", "none"] as const).map((mode) => ({
            value: mode,
            label: t(`records.filter.mode_${mode}`),
          }))}
          onChange={(event) => change({ ...group, mode: event.currentTarget.value as Group["mode"] })}
        />
        <span id={id} className={classes.quiet}>
          {t("records.filter.of_these")}
        </span>
        {depth > 1 && (
          <ActionIcon
            variant="subtle"
            color="gray"
            c="var(--tn-text-2)"
            aria-label={t("records.filter.remove_group")}
            onClick={() => apply(group.id, () => undefined)}
          >
            <IconX size={16} />
          </ActionIcon>
        )}
      </div>
      {group.items.length > 0 && (
        <ul className={classes.items}>
          {group.items.map((item) => (
            <li key={item.id}>
              {isGroup(item) ? (
                <GroupEditor
                  {...shared}
                  group={item}
                  depth={depth + 1}
                  change={(changed) => apply(item.id, () => changed)}
                />
              ) : (
                <RuleEditor {...shared} rule={item} />
              )}
            </li>
          ))}
        </ul>
      )}
      <div className={classes.adds}>
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={14} />}
          disabled={first === undefined}
          onClick={() => first !== undefined && add(newRule(first))}
        >
          {t("records.filter.add")}
        </Button>
        {depth < MOST_DEEP && (
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            c="var(--tn-text-2)"
            leftSection={<IconPlus size={14} />}
            onClick={() => {
              const inner = emptyGroup(group.mode === "any" ? "all" : "any");
              add({ ...inner, items: first === undefined ? [] : [newRule(first)] });
            }}
          >
            {t("records.filter.add_group")}
          </Button>
        )}
      </div>
    </fieldset>
  );
}

function RuleEditor({ rule, fields, choices, apply }: Shared & { rule: Rule }) {
  const { t } = useTranslation();
  const { opWord } = useFilterWords(fields);
  const field = fields.byKey.get(rule.field);
  const set = (changed: Rule) => apply(rule.id, () => changed);
  const choose = (key: string) => {
    const next = fields.byKey.get(key);
    if (next === undefined) return;
    // The same question of another field of the same kind keeps its answer.
    const ops = opsOf(next.type);
    if (field?.type === next.type && field.options === next.options) set({ ...rule, field: key });
    else if (ops.includes(rule.op) && rule.op !== "within")
      set({ ...rule, field: key, value: firstValue(next, rule.op) });
    else set({ ...newRule(next), id: rule.id });
  };
  return (
    <div className={classes.rule} data-rule>
      <NativeSelect
        size="sm"
        className={classes.field}
        aria-label={t("records.filter.field")}
        value={rule.field}
        data={choices.map(({ key, label }) => ({ value: key, label }))}
        onChange={(event) => choose(event.currentTarget.value)}
      />
      {field !== undefined && (
        <>
          <NativeSelect
            size="sm"
            className={classes.op}
            aria-label={t("records.filter.how")}
            value={rule.op}
            data={opsOf(field.type).map((op) => ({ value: op, label: opWord(field, op) }))}
            onChange={(event) => set(withOp(rule, event.currentTarget.value as FilterOp, field))}
          />
          <div className={classes.value}>
            <ValueInput field={field} rule={rule} change={(value) => set({ ...rule, value })} />
          </div>
        </>
      )}
      <ActionIcon
        variant="subtle"
        color="gray"
        c="var(--tn-text-2)"
        aria-label={t("records.filter.remove", { field: field?.label ?? rule.field })}
        onClick={() => apply(rule.id, () => undefined)}
      >
        <IconX size={16} />
      </ActionIcon>
    </div>
  );
}
