import { Avatar, IconCheck } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { isEmpty, isSelected } from "../../acting/selection";
import type { FieldSet } from "../core/fields";
import { OptionChip } from "../core/option-chip";
import type { RecordItem } from "../core/types";
import { findStage, isEmptyValue, useMembers, usePipelines, useValueText } from "../core/words";
import { valueIn } from "../table/cell-value";
import type { Column } from "../table/columns";
import type { RecordTableProps, Rows } from "../table/table";
import type { useGridKeys } from "../table/use-grid-keys";
import classes from "./list.module.css";
import { MoreRow } from "./list-states";

export const NARROW_HEIGHT = 64;

type NarrowRowsProps = Pick<
  RecordTableProps,
  | "label"
  | "records"
  | "hasMore"
  | "moreFailed"
  | "more"
  | "open"
  | "openRow"
  | "href"
  | "selection"
  | "select"
> & {
  fields: FieldSet;
  columns: readonly Column[];
  grid: ReturnType<typeof useGridKeys>;
  rows: Rows;
  viewport: React.RefObject<HTMLDivElement | null>;
};

/** On a phone: what it is called and the first few fields that hold something. */
export function NarrowRows(props: NarrowRowsProps) {
  const { records, rows, grid, viewport, selection, open, hasMore } = props;
  return (
    <div className={classes.viewport} ref={viewport} data-testid="table-viewport">
      <ul className={classes.rows} style={{ height: rows.getTotalSize() }} aria-label={props.label}>
        {rows.getVirtualItems().map((item) => {
          const record = records[item.index];
          return (
            <li
              key={item.key}
              className={classes.place}
              style={{ transform: `translateY(${item.start}px)` }}
              aria-posinset={item.index + 1}
              aria-setsize={hasMore ? -1 : records.length}
            >
              {record === undefined ? (
                <MoreRow failed={props.moreFailed} retry={props.more} height={NARROW_HEIGHT} />
              ) : (
                <NarrowRow
                  {...props}
                  record={record}
                  isOpen={record.id === open}
                  selected={isSelected(selection, record.id)}
                  selecting={!isEmpty(selection)}
                  tabbable={grid.tabbable?.id === record.id}
                />
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

type NarrowRowProps = NarrowRowsProps & {
  record: RecordItem;
  isOpen: boolean;
  selected: boolean;
  selecting: boolean;
  tabbable: boolean;
};

function NarrowRow({ record, isOpen, selected, selecting, tabbable, ...props }: NarrowRowProps) {
  const { t } = useTranslation();
  const text = useValueText();
  const members = useMembers();
  const pipelines = usePipelines();
  const title = record.title === "" ? t("records.untitled") : record.title;
  const stage = findStage(pipelines, record.values.stage)?.stage;
  const owner = typeof record.values.owner === "string" ? record.values.owner : undefined;
  const facts = props.columns
    .filter(({ field }) => field !== "stage" && field !== "owner")
    .flatMap(({ field: key }) => {
      const field = props.fields.byKey.get(key);
      const value = valueIn(record, key);
      if (field === undefined || isEmptyValue(value)) return [];
      const fact = text(field, value, record.linked);
      return fact === "" ? [] : [fact];
    })
    .slice(0, 3);
  return (
    <div
      className={classes.rowBox}
      data-selected={selected ? "" : undefined}
      data-selecting={selecting ? "" : undefined}
    >
      <button
        type="button"
        className={classes.pick}
        tabIndex={-1}
        aria-pressed={selected}
        aria-label={t("records.list.choose_this", { title })}
        data-pick
        onClick={(event) => props.select(record.id, event.shiftKey)}
      >
        {selected ? (
          <span className={classes.picked}>
            <IconCheck size={18} stroke={2.5} />
          </span>
        ) : (
          <Avatar name={title} seed={record.id} size={34} />
        )}
      </button>
      <a
        className={classes.row}
        href={props.href(record.id)}
        data-cell={`${record.id}:0`}
        data-record={record.id}
        tabIndex={tabbable ? 0 : -1}
        aria-current={isOpen ? "true" : undefined}
        onFocus={() => props.grid.setCursor({ id: record.id, column: 0 })}
        onClick={(event) => {
          if (event.button !== 0 || event.metaKey || event.ctrlKey || event.altKey) return;
          event.preventDefault();
          if (event.shiftKey) props.select(record.id, true);
          else props.openRow(record.id);
        }}
      >
        <span className={classes.rowTitle}>{title}</span>
        <span className={classes.rowFacts}>{facts.join(" · ")}</span>
      </a>
      <span className={classes.rowEnd}>
        {stage !== undefined && <OptionChip label={stage.name} color={stage.color} />}
        {owner !== undefined && (
          <span role="img" aria-label={members.name(owner)} className={classes.owner}>
            <Avatar name={members.name(owner)} seed={members.byId.get(owner)?.email ?? owner} size={20} />
          </span>
        )}
      </span>
    </div>
  );
}
