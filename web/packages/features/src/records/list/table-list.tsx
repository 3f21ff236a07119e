import { useMediaQuery } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { allLoaded, isEmpty, NONE, range, type Selection, toggle, within } from "../../acting/selection";
import { ProblemState, useApi } from "../../core";
import { useShortcuts } from "../../keyboard";
import { usePendingRecords } from "../acting/acting";
import { overRecords } from "../acting/pending";
import { BulkBar } from "../bulk/bulk-bar";
import { useRecordEdits } from "../core/edits";
import type { FieldDef, FieldSet } from "../core/fields";
import { recordsCountQuery, recordsQuery } from "../core/queries";
import type { Kind, Pipeline, RecordItem, RecordsAsked } from "../core/types";
import { RecordTable, ROW_HEIGHT, useMoreRows, useTableRows } from "../table/table";
import { useGridKeys } from "../table/use-grid-keys";
import { EmptyList } from "./empty";
import classes from "./list.module.css";
import { countedOf } from "./list-head";
import type { ListState } from "./list-state";
import { TableSkeleton } from "./list-states";
import { NARROW_HEIGHT, NarrowRows } from "./narrow-rows";

/** Few and large pages: a long list is scrolled through fast. */
const PER_PAGE = 200;

export type ListProps = {
  kind: Kind;
  fields: FieldSet;
  asked: RecordsAsked;
  open: string | undefined;
  openRow: (id: string, options: { replace: boolean }) => void;
  close: () => void;
  mayWrite: boolean;
};
type TableListProps = ListProps & {
  head: ReactNode;
  state: ListState;
  change: (part: Partial<ListState>) => void;
  pipeline: Pipeline | undefined;
  filterBy: (field: FieldDef) => void;
  create: (() => void) | undefined;
  narrowed: boolean;
  widen: () => void;
};

const none: RecordItem[] = [];

export function TableList(props: TableListProps) {
  const { kind, fields, asked, open, openRow, close, mayWrite, state, change } = props;
  const { t } = useTranslation();
  const api = useApi();
  const edits = useRecordEdits();
  const wide = useMediaQuery("(min-width: 48em)", undefined, { getInitialValueInEffect: false });
  const query = useInfiniteQuery({
    ...recordsQuery(api, asked, PER_PAGE),
    placeholderData: keepPreviousData,
  });
  const total = useQuery({ ...recordsCountQuery(api, countedOf(asked)), placeholderData: keepPreviousData })
    .data?.count;
  const pending = usePendingRecords();
  const loaded = useMemo(() => unique(query.data?.pages.map(({ items }) => items) ?? []), [query.data]);
  const records = useMemo(() => overRecords(loaded, pending), [loaded, pending]);
  const ids = useMemo(() => records.map(({ id }) => id), [records]);
  const [chosen, setSelection] = useState<Selection>(NONE);
  const viewport = useRef<HTMLDivElement>(null);
  const selection = within(chosen, ids);
  // Another question is another list: it begins at its top, and "everything" was everything of the other one.
  const [shown, setShown] = useState(asked);
  if (shown !== asked) {
    setShown(asked);
    if (chosen.kind === "matching") setSelection(NONE);
  }
  useEffect(() => {
    if (viewport.current !== null && shown !== undefined) viewport.current.scrollTop = 0;
  }, [shown]);
  const hasMore = query.hasNextPage && !query.isPlaceholderData;

  const rows = useTableRows(
    records.length,
    hasMore,
    wide ? ROW_HEIGHT : NARROW_HEIGHT,
    viewport,
    (index) => records[index]?.id,
  );
  const { fetchNextPage, isFetchingNextPage, isFetchNextPageError } = query;
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const moreSoon = useCallback(() => {
    if (!isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage, isFetchNextPageError]);
  useMoreRows(rows, records.length, hasMore, moreSoon);

  const select = useCallback(
    (id: string, toHere: boolean) => setSelection((now) => (toHere ? range : toggle)(now, id, ids)),
    [ids],
  );
  const reveal = useCallback(
    (id: string) => rows.scrollToIndex(ids.indexOf(id), { align: "auto" }),
    [ids, rows],
  );
  const finish = () => setSelection(NONE);
  const grid = useGridKeys({
    ids,
    columns: wide ? state.columns.length : 0,
    open,
    openRow,
    close: () => (isEmpty(selection) ? close() : finish()),
    reveal,
    within: viewport,
    select: (id) => select(id, false),
    selectAll: () => setSelection(allLoaded(ids)),
    selectNone: finish,
  });

  const chosenRecords =
    selection.kind === "matching" ? records : records.filter(({ id }) => selection.ids.has(id));
  const acted = (): RecordItem[] => {
    if (!isEmpty(selection)) return chosenRecords;
    const id = open ?? grid.cursor?.id;
    return records.filter((record) => record.id === id);
  };
  useShortcuts(
    mayWrite
      ? [
          {
            keys: "#",
            label: t("records.bulk.delete"),
            group: t("records.list.keys_records"),
            run: () => {
              const [only, ...others] = acted();
              if (only !== undefined && others.length === 0 && isEmpty(selection)) {
                if (open === only.id) close();
                edits.remove(only);
              } else if (!isEmpty(selection))
                document.querySelector<HTMLElement>("[data-bulk-delete]")?.click();
            },
          },
        ]
      : [],
  );

  const selecting = !isEmpty(selection);
  const body = () => {
    if (query.isPending) return <TableSkeleton height={wide ? ROW_HEIGHT : NARROW_HEIGHT} />;
    if (query.isError && records.length === 0)
      return <ProblemState error={query.error} retry={() => void query.refetch()} />;
    if (records.length === 0 && !hasMore)
      return <EmptyList kind={kind} narrowed={props.narrowed} widen={props.widen} create={props.create} />;
    const shared = {
      records: records.length === 0 ? none : records,
      fields,
      hasMore,
      moreFailed: isFetchNextPageError,
      more,
      open,
      openRow: (id: string) => openRow(id, { replace: open !== undefined }),
      href: (id: string) => `/records/${id}`,
      selection,
      select,
      grid,
      rows,
      viewport,
    };
    if (!wide) return <NarrowRows {...shared} label={t(`records.kinds.${kind}`)} columns={state.columns} />;
    return (
      <RecordTable
        {...shared}
        label={t(`records.kinds.${kind}`)}
        titleLabel={t(kind === "contact" ? "records.list.name" : "records.field.common.name")}
        columns={state.columns}
        setColumns={(columns) => change({ columns })}
        sort={state.sort}
        setSort={(sort) => change({ sort })}
        filterBy={props.filterBy}
        total={total}
        selectAll={() => (selecting ? finish() : setSelection(allLoaded(ids)))}
        save={(record, field, value) => void edits.save(record, { [field.key]: value })}
      />
    );
  };
  return (
    <>
      {props.head}
      {selecting && (
        <BulkBar
          kind={kind}
          fields={fields}
          pipeline={props.pipeline}
          asked={asked}
          selection={selection}
          setSelection={(next) => setSelection(next ?? NONE)}
          records={chosenRecords}
          loaded={ids}
          total={total}
          hasMore={hasMore}
          mayWrite={mayWrite}
        />
      )}
      {query.data?.pages[0]?.similar === true && (
        <p className={classes.similar} role="status">
          {t("records.list.similar", { text: asked.search ?? "" })}
        </p>
      )}
      <div className={classes.body} aria-busy={query.isPlaceholderData ? "true" : undefined}>
        {body()}
      </div>
    </>
  );
}

/** Pages may overlap when records come between two of them. */
function unique(pages: RecordItem[][]): RecordItem[] {
  const [first, ...others] = pages;
  if (first === undefined) return none;
  if (others.length === 0) return first;
  const seen = new Set<string>();
  return pages.flat().filter((record) => !seen.has(record.id) && seen.add(record.id));
}
