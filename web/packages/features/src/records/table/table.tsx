import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type KeyboardEvent,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { isEmpty, isSelected, type Selection } from "../../acting/selection";
import type { FieldDef, FieldSet } from "../core/fields";
import type { Then } from "../core/inputs/field-editor";
import type { FieldValue, RecordItem, Sort } from "../core/types";
import { useMembers, usePipelines, useValueText } from "../core/words";
import { MoreRow } from "../list/list-states";
import { valueIn } from "./cell-value";
import { type Column, fieldOf, tracks } from "./columns";
import { Part } from "./part";
import classes from "./table.module.css";
import { TableHead } from "./table-head";
import { canEdit, type Editing, TableRow } from "./table-row";
import type { useGridKeys } from "./use-grid-keys";

export const ROW_HEIGHT = 40;

export type RecordTableProps = {
  label: string;
  titleLabel: string;
  records: RecordItem[];
  fields: FieldSet;
  columns: readonly Column[];
  setColumns: (columns: Column[]) => void;
  sort: Sort | undefined;
  setSort: (sort: Sort | undefined) => void;
  filterBy: (field: FieldDef) => void;
  hasMore: boolean;
  moreFailed: boolean;
  /** More rows are wanted: the last ones are near. */
  more: () => void;
  total: number | undefined;
  open: string | undefined;
  openRow: (id: string) => void;
  href: (id: string) => string;
  selection: Selection;
  select: (id: string, toHere: boolean) => void;
  selectAll: () => void;
  save: (record: RecordItem, field: FieldDef, value: FieldValue | null) => void;
};

type Grid = ReturnType<typeof useGridKeys>;

/** The next page is asked for when this many rows are left. */
const AHEAD = 60;

export function useTableRows(
  count: number,
  hasMore: boolean,
  rowHeight: number,
  viewport: React.RefObject<HTMLElement | null>,
  keyOf: (index: number) => string | undefined,
) {
  return useVirtualizer({
    count: count + (hasMore ? 1 : 0),
    getScrollElement: () => viewport.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => keyOf(index) ?? "more",
    overscan: 8,
  });
}

export type Rows = ReturnType<typeof useTableRows>;

export function useMoreRows(rows: Rows, count: number, hasMore: boolean, more: () => void): void {
  const last = rows.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= count - AHEAD) more();
  }, [hasMore, last, count, more]);
}

export function RecordTable({
  grid,
  rows,
  viewport,
  ...props
}: RecordTableProps & { grid: Grid; rows: Rows; viewport: React.RefObject<HTMLDivElement | null> }) {
  const { records, fields, columns, sort, selection, open, hasMore, titleLabel } = props;
  const { t } = useTranslation();
  const text = useValueText();
  const members = useMembers();
  const pipelines = usePipelines();
  const words = useMemo(
    () => ({
      text,
      memberName: members.name,
      pipelines,
      yes: t("records.yes"),
      untitled: t("records.untitled"),
      choose: (title: string) => t("records.list.choose_this", { title }),
    }),
    [text, members.name, pipelines, t],
  );
  const shown = useMemo(
    () =>
      columns.flatMap(({ field }) => {
        const known = fieldOf(fields, field);
        return known === undefined ? [] : [known];
      }),
    [columns, fields],
  );
  const [editing, setEditing] = useState<{ id: string } & Editing>();
  const begun = useRef<RecordItem>(undefined);
  const frame = useRef<HTMLDivElement>(null);
  const style = { "--cols": tracks(columns) } as CSSProperties;

  // The same functions at each render, so that rows that did not change are not drawn again.
  const latest = useRef({ props, grid, shown, records });
  latest.current = { props, grid, shown, records };
  const find = useCallback((id: string) => latest.current.records.find((record) => record.id === id), []);
  const onOpen = useCallback((id: string) => latest.current.props.openRow(id), []);
  const onSelect = useCallback((id: string, toHere: boolean) => latest.current.props.select(id, toHere), []);
  const onEdit = useCallback(
    (id: string, column: number, initial?: string) => {
      const record = find(id);
      const field = latest.current.shown[column - 1];
      if (record === undefined || field === undefined || !canEdit(record, field)) return;
      latest.current.grid.setCursor({ id, column });
      begun.current = record;
      setEditing({ id, column, initial });
    },
    [find],
  );
  const onSave = useCallback(
    (id: string, field: FieldDef, value: FieldValue | null) => {
      // As it was when they began to write, not as it may have become behind the cell.
      const record = begun.current?.id === id ? begun.current : find(id);
      if (record !== undefined) latest.current.props.save(record, field, value);
    },
    [find],
  );
  const onEdited = useCallback((id: string, column: number, then: Then) => {
    setEditing(undefined);
    const { grid, shown } = latest.current;
    const to = column + (then === "next" ? 1 : then === "previous" ? -1 : 0);
    grid.focusCell(id, Math.min(shown.length, Math.max(0, to)));
  }, []);
  const edit = useCallback((id: string, column: number) => onEdit(id, column), [onEdit]);

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const target = event.target as HTMLElement;
    const name = target.dataset.cell;
    if (name === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = name.lastIndexOf(":");
    const [id, column] = [name.slice(0, at), Number(name.slice(at + 1))];
    const done = cellKey(event, id, column);
    if (done) event.preventDefault();
  };
  /** Whether the key was for the cell. */
  const cellKey = ({ key }: KeyboardEvent, id: string, column: number): boolean => {
    if (key === "ArrowDown" || key === "ArrowUp") grid.moveRow(key === "ArrowDown" ? 1 : -1);
    else if (key === "PageDown" || key === "PageUp") grid.moveRow(key === "PageDown" ? 12 : -12);
    else if (key === "ArrowRight" || key === "ArrowLeft") grid.moveColumn(key === "ArrowRight" ? 1 : -1);
    else if (column === 0) return false;
    else if (key === "Escape") grid.focusCell(id, 0);
    else if (key === "Home" || key === "End") grid.focusCell(id, key === "Home" ? 1 : shown.length);
    else if (key === "Enter" || key === "F2") onEdit(id, column);
    else if (key === "Delete" || key === "Backspace") clear(id, column);
    else if (key.length === 1) onEdit(id, column, key === " " ? undefined : key);
    else return false;
    return true;
  };
  const clear = (id: string, column: number) => {
    const record = find(id);
    const field = shown[column - 1];
    if (record === undefined || field === undefined || !canEdit(record, field)) return;
    if (field.required || field.type === "stage" || valueIn(record, field.key) == null) return;
    props.save(record, field, null);
  };

  const items = rows.getVirtualItems();
  const selecting = !isEmpty(selection);
  const chosen =
    selection.kind === "matching" || (selecting && selection.ids.size === records.length)
      ? "all"
      : selecting
        ? "some"
        : "none";
  // Scrolling draws the rows anew, never the head with its menus.
  const head = useMemo(
    () => (
      <TableHead
        titleLabel={titleLabel}
        fields={shown}
        columns={columns}
        setColumns={(next) => latest.current.props.setColumns(next)}
        preview={(drawn) => frame.current?.style.setProperty("--cols", tracks(drawn))}
        sort={sort}
        setSort={(next) => latest.current.props.setSort(next)}
        filterBy={(field) => latest.current.props.filterBy(field)}
        selected={chosen}
        selectAll={() => latest.current.props.selectAll()}
      />
    ),
    [titleLabel, shown, columns, sort, chosen],
  );
  return (
    <div className={classes.viewport} ref={viewport} data-testid="table-viewport">
      <Part
        ref={frame}
        role="grid"
        className={classes.grid}
        style={style}
        aria-label={props.label}
        aria-rowcount={hasMore ? (props.total === undefined ? -1 : props.total + 1) : records.length + 1}
        aria-colcount={shown.length + 1}
        aria-multiselectable="true"
        onKeyDown={onKeyDown}
        onFocus={({ target }) => {
          const name = target instanceof HTMLElement ? target.dataset.cell : undefined;
          if (name === undefined) return;
          const at = name.lastIndexOf(":");
          const next = { id: name.slice(0, at), column: Number(name.slice(at + 1)) };
          if (grid.cursor?.id !== next.id || grid.cursor.column !== next.column) grid.setCursor(next);
        }}
      >
        {head}
        <Part role="rowgroup" className={classes.rows} style={{ height: rows.getTotalSize() }}>
          {items.map((item) => {
            const record = records[item.index];
            return (
              <div
                key={item.key}
                role="presentation"
                className={classes.place}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                {record === undefined ? (
                  <MoreRow failed={props.moreFailed} retry={props.more} height={ROW_HEIGHT} />
                ) : (
                  <TableRow
                    record={record}
                    fields={shown}
                    index={item.index}
                    words={words}
                    open={record.id === open}
                    selected={isSelected(selection, record.id)}
                    selecting={selecting}
                    tabbable={grid.tabbable?.id === record.id ? grid.tabbable.column : undefined}
                    editing={editing?.id === record.id ? editing : undefined}
                    href={props.href(record.id)}
                    onOpen={onOpen}
                    onSelect={onSelect}
                    onEdit={edit}
                    onSave={onSave}
                    onEdited={onEdited}
                  />
                )}
              </div>
            );
          })}
        </Part>
      </Part>
    </div>
  );
}
