import { Checkbox, Menu } from "@mantine/core";
import {
  IconArrowLeft,
  IconArrowRight,
  IconChevronDown,
  IconEyeOff,
  IconFilter,
  IconMinus,
  IconPlus,
  IconSortAscending,
  IconSortDescending,
} from "@tenon/ui";
import { type PointerEvent, type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { FieldDef } from "../core/fields";
import type { Sort } from "../core/types";
import { IN_MAIN } from "../list/in-main";
import { type Column, isSortable, isTold, moved, resized, stepped, TITLE_WIDTH, toggled } from "./columns";
import { Part } from "./part";
import classes from "./table.module.css";
import { useColumnDrag } from "./use-column-drag";

type TableHeadProps = {
  titleLabel: string;
  fields: readonly FieldDef[];
  columns: readonly Column[];
  setColumns: (columns: Column[]) => void;
  /** Shows a width while it is drawn, without drawing the rows anew. */
  preview: (columns: readonly Column[]) => void;
  sort: Sort | undefined;
  setSort: (sort: Sort | undefined) => void;
  filterBy: (field: FieldDef) => void;
  selected: "all" | "some" | "none";
  selectAll: () => void;
};

export function TableHead(props: TableHeadProps) {
  const { titleLabel, fields, columns, sort, selected } = props;
  const { t } = useTranslation();
  return (
    <Part role="row" aria-rowindex={1} className={classes.head}>
      <Part
        role="columnheader"
        aria-colindex={1}
        aria-sort={ariaSort(sort, "title")}
        className={classes.headTitle}
      >
        <Checkbox
          size="xs"
          className={classes.headBox}
          checked={selected === "all"}
          indeterminate={selected === "some"}
          aria-label={t("records.list.choose_all")}
          onChange={props.selectAll}
        />
        <HeadMenu label={titleLabel} sort={sort} sortKey="title" setSort={props.setSort} />
      </Part>
      {columns.map((column, at) => {
        const field = fields[at];
        return field === undefined ? null : (
          <HeadCell key={column.field} {...props} column={column} field={field} at={at} />
        );
      })}
      <span />
    </Part>
  );
}

type HeadCellProps = TableHeadProps & { column: Column; field: FieldDef; at: number };

function HeadCell({
  column,
  field,
  at,
  columns,
  setColumns,
  preview,
  sort,
  setSort,
  filterBy,
}: HeadCellProps) {
  const { t } = useTranslation();
  const drag = useColumnDrag(field, at, columns, setColumns);
  return (
    <Part
      ref={drag.ref}
      role="columnheader"
      aria-colindex={at + 2}
      aria-sort={ariaSort(sort, field.key)}
      className={classes.headCell}
      data-type={field.type}
      data-drop={drag.edge}
    >
      <HeadMenu
        label={field.label}
        sort={sort}
        sortKey={isSortable(field) ? field.key : undefined}
        setSort={setSort}
      >
        {!isTold(field) && (
          <>
            <Menu.Item leftSection={<IconFilter size={16} />} onClick={() => filterBy(field)}>
              {t("records.list.filter_by")}
            </Menu.Item>
            <Menu.Divider />
          </>
        )}
        <Menu.Item
          leftSection={<IconArrowLeft size={16} />}
          disabled={at === 0}
          onClick={() => setColumns(moved(columns, field.key, -1))}
        >
          {t("records.list.move_left")}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconArrowRight size={16} />}
          disabled={at === columns.length - 1}
          onClick={() => setColumns(moved(columns, field.key, 1))}
        >
          {t("records.list.move_right")}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconPlus size={16} />}
          closeMenuOnClick={false}
          onClick={() => setColumns(stepped(columns, field.key, 1))}
        >
          {t("records.list.wider")}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconMinus size={16} />}
          closeMenuOnClick={false}
          onClick={() => setColumns(stepped(columns, field.key, -1))}
        >
          {t("records.list.narrower")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconEyeOff size={16} />} onClick={() => setColumns(toggled(columns, field))}>
          {t("records.list.hide_column")}
        </Menu.Item>
      </HeadMenu>
      <Resizer column={column} columns={columns} preview={preview} setColumns={setColumns} />
    </Part>
  );
}

type HeadMenuProps = {
  label: string;
  sort: Sort | undefined;
  sortKey: string | undefined;
  setSort: (sort: Sort | undefined) => void;
  children?: ReactNode;
};

function HeadMenu({ label, sort, sortKey, setSort, children }: HeadMenuProps) {
  const { t } = useTranslation();
  const sorted = sort !== undefined && sort.field === sortKey ? sort.direction : undefined;
  const toggle = (direction: Sort["direction"]) =>
    setSort(sorted === direction || sortKey === undefined ? undefined : { field: sortKey, direction });
  return (
    <Menu {...IN_MAIN} position="bottom-start" width={220} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <button type="button" className={classes.headButton} data-sorted={sorted}>
          <span className={classes.headLabel}>{label}</span>
          {sorted === "asc" && <IconSortAscending size={14} aria-hidden="true" />}
          {sorted === "desc" && <IconSortDescending size={14} aria-hidden="true" />}
          {sorted === undefined && (
            <IconChevronDown size={14} className={classes.headHint} aria-hidden="true" />
          )}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {sortKey !== undefined && (
          <>
            <Menu.Item
              leftSection={<IconSortAscending size={16} />}
              aria-current={sorted === "asc" ? "true" : undefined}
              onClick={() => toggle("asc")}
            >
              {t(sorted === "asc" ? "records.list.unsort" : "records.list.sort_asc")}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconSortDescending size={16} />}
              aria-current={sorted === "desc" ? "true" : undefined}
              onClick={() => toggle("desc")}
            >
              {t(sorted === "desc" ? "records.list.unsort" : "records.list.sort_desc")}
            </Menu.Item>
          </>
        )}
        {children}
      </Menu.Dropdown>
    </Menu>
  );
}

const ariaSort = (sort: Sort | undefined, key: string) =>
  sort?.field === key ? (sort.direction === "asc" ? "ascending" : "descending") : undefined;

type ResizerProps = Pick<TableHeadProps, "columns" | "preview" | "setColumns"> & { column: Column };

/** The edge of a column, for the mouse; by keyboard the menu makes it wider or narrower. */
function Resizer({ column, columns, preview, setColumns }: ResizerProps) {
  const from = useRef<{ x: number; width: number }>(undefined);
  const widthAt = (event: PointerEvent) =>
    from.current === undefined ? column.width : from.current.width + event.clientX - from.current.x;
  return (
    <span
      className={classes.resizer}
      aria-hidden="true"
      data-resizer
      onPointerDown={(event) => {
        event.preventDefault();
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, width: column.width };
      }}
      onPointerMove={(event) => {
        if (from.current !== undefined) preview(resized(columns, column.field, widthAt(event)));
      }}
      onPointerUp={(event) => {
        if (from.current === undefined) return;
        const width = widthAt(event);
        from.current = undefined;
        setColumns(resized(columns, column.field, width));
      }}
      onPointerCancel={() => {
        from.current = undefined;
        preview(columns);
      }}
    />
  );
}

export { TITLE_WIDTH };
