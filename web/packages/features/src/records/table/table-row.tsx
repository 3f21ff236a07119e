import { IconCheck } from "@tenon/ui";
import { memo } from "react";
import type { FieldDef } from "../core/fields";
import { FieldEditor, type Then } from "../core/inputs/field-editor";
import type { FieldValue, RecordItem } from "../core/types";
import { CellValue, type CellWords, valueIn } from "./cell-value";
import { Part } from "./part";
import classes from "./table.module.css";

export type Editing = { column: number; initial: string | undefined };

type TableRowProps = {
  record: RecordItem;
  /** The fields of the columns, after the title. */
  fields: readonly FieldDef[];
  index: number;
  words: CellWords;
  open: boolean;
  selected: boolean;
  selecting: boolean;
  /** The column that is in the tab order, if it is in this row. */
  tabbable: number | undefined;
  editing: Editing | undefined;
  href: string;
  onOpen: (id: string) => void;
  onSelect: (id: string, toHere: boolean) => void;
  onEdit: (id: string, column: number) => void;
  onSave: (id: string, field: FieldDef, value: FieldValue | null) => void;
  onEdited: (id: string, column: number, then: Then) => void;
};

export const canEdit = (record: RecordItem, field: FieldDef): boolean =>
  record.access !== "view" && !field.readOnly && field.type !== "pipeline";

/** One record. Drawn anew only when something of it changed: dozens come with each frame of scrolling. */
export const TableRow = memo(function TableRow(props: TableRowProps) {
  const { record, fields, index, words, open, selected, selecting, tabbable, editing, href } = props;
  const title = record.title === "" ? words.untitled : record.title;
  return (
    <Part
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      className={classes.row}
      data-selected={selected ? "" : undefined}
      data-selecting={selecting ? "" : undefined}
      data-open={open ? "" : undefined}
    >
      <Part role="rowheader" aria-colindex={1} className={classes.titleCell}>
        <button
          type="button"
          tabIndex={-1}
          className={classes.pick}
          aria-pressed={selected}
          aria-label={words.choose(title)}
          data-pick
          onClick={(event) => props.onSelect(record.id, event.shiftKey)}
        >
          <span className={classes.box}>{selected && <IconCheck size={13} stroke={3} />}</span>
        </button>
        {/* A plain link: the router's own one costs too much where dozens appear in each frame of scrolling. */}
        <a
          className={classes.title}
          href={href}
          data-cell={`${record.id}:0`}
          data-record={record.id}
          tabIndex={tabbable === 0 ? 0 : -1}
          aria-current={open ? "true" : undefined}
          onClick={(event) => {
            if (event.button !== 0 || event.metaKey || event.ctrlKey || event.altKey) return;
            event.preventDefault();
            if (event.shiftKey) props.onSelect(record.id, true);
            else props.onOpen(record.id);
          }}
        >
          {title}
        </a>
      </Part>
      {fields.map((field, at) => {
        const column = at + 1;
        const edited = editing?.column === column;
        const mayEdit = canEdit(record, field);
        return (
          <Part
            key={field.key}
            role="gridcell"
            aria-colindex={column + 1}
            aria-readonly={mayEdit ? undefined : true}
            className={classes.cell}
            data-type={field.type}
            data-cell={`${record.id}:${column}`}
            data-editing={edited ? "" : undefined}
            tabIndex={tabbable === column ? 0 : -1}
            onDoubleClick={() => props.onEdit(record.id, column)}
          >
            {edited ? (
              <FieldEditor
                field={field}
                value={valueIn(record, field.key) ?? null}
                linked={record.linked}
                values={record.values}
                initial={editing.initial}
                save={(value) => props.onSave(record.id, field, value)}
                close={(then) => props.onEdited(record.id, column, then)}
              />
            ) : (
              <CellValue field={field} record={record} words={words} />
            )}
          </Part>
        );
      })}
      <span />
    </Part>
  );
});
