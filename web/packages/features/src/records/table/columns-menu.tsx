import { ActionIcon, Checkbox, Popover, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconColumns3 } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { findCommands } from "../../keyboard/palette-search";
import type { FieldDef, FieldSet } from "../core/fields";
import { IN_MAIN } from "../list/in-main";
import { type Column, choosable, moved, toggled } from "./columns";
import classes from "./columns-menu.module.css";

type ColumnsMenuProps = {
  fields: FieldSet;
  columns: Column[];
  setColumns: (columns: Column[]) => void;
  className: string;
  /** Undefined where there is room for the picture only. */
  label: string | undefined;
};

/** Which columns there are, and in which order: those that are shown first. */
export function ColumnsMenu({ fields, columns, setColumns, className, label }: ColumnsMenuProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState("");
  const all = choosable(fields);
  const shown = columns.flatMap(({ field }) => all.find(({ key }) => key === field) ?? []);
  const others = all.filter((field) => !shown.includes(field));
  const found = (some: FieldDef[]) => {
    const names = findCommands(
      some.map((field) => ({ label: field.label, group: field.key, run: () => undefined })),
      query,
    );
    return names.flatMap(({ group }) => some.find(({ key }) => key === group) ?? []);
  };
  return (
    <Popover
      {...IN_MAIN}
      opened={open}
      onChange={setOpen}
      position="bottom-end"
      width={300}
      shadow="md"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <button
          type="button"
          className={className}
          aria-label={t("records.list.columns")}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <IconColumns3 size={16} stroke={1.7} aria-hidden="true" />
          {label !== undefined && <span>{label}</span>}
        </button>
      </Popover.Target>
      <Popover.Dropdown p={8}>
        <TextInput
          size="xs"
          mb={8}
          aria-label={t("records.list.find_field")}
          placeholder={t("records.list.find_field")}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
        />
        <ul className={classes.fields}>
          {found(shown).map((field) => {
            const at = columns.findIndex((column) => column.field === field.key);
            return (
              <li key={field.key} className={classes.field}>
                <Checkbox
                  size="xs"
                  className={classes.box}
                  label={field.label}
                  checked
                  onChange={() => setColumns(toggled(columns, field))}
                />
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  c="var(--tn-text-2)"
                  size={24}
                  disabled={at === 0}
                  aria-label={t("records.list.earlier", { field: field.label })}
                  onClick={() => setColumns(moved(columns, field.key, -1))}
                >
                  <IconArrowUp size={14} />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  c="var(--tn-text-2)"
                  size={24}
                  disabled={at === columns.length - 1}
                  aria-label={t("records.list.later", { field: field.label })}
                  onClick={() => setColumns(moved(columns, field.key, 1))}
                >
                  <IconArrowDown size={14} />
                </ActionIcon>
              </li>
            );
          })}
          {found(others).map((field) => (
            <li key={field.key} className={classes.field}>
              <Checkbox
                size="xs"
                className={classes.box}
                label={field.label}
                checked={false}
                onChange={() => setColumns(toggled(columns, field))}
              />
            </li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}
