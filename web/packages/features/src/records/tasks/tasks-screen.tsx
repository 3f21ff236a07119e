import { Button } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Blank, IconChecklist, IconPlus } from "@tenon/ui";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { ProblemState, useApi, useFormat, useMe, useTitle } from "../../core";
import { useShortcuts } from "../../keyboard";
import { RecordActingProvider, usePendingRecords } from "../acting/acting";
import { overRecords } from "../acting/pending";
import { useRecordEdits } from "../core/edits";
import { recordsCountQuery, recordsQuery } from "../core/queries";
import type { RecordItem, RecordsAsked } from "../core/types";
import { dayIn, ownZone } from "../core/zone";
import { ListMenu } from "../exchange/list-menu";
import listClasses from "../list/list.module.css";
import { TableSkeleton } from "../list/list-states";
import { SidePanel } from "../list/side-panel";
import { TabLink } from "../list/tab-link";
import { useMoreRows, useTableRows } from "../table/table";
import { useGridKeys } from "../table/use-grid-keys";
import { rowsOf } from "./days";
import { TaskAdd } from "./task-add";
import { TaskRowView } from "./task-row";
import classes from "./tasks.module.css";

export type TasksSearch = {
  open?: string | undefined;
  whose?: "all" | undefined;
  new?: boolean | undefined;
};

const ROW = 48;
const PER_PAGE = 200;

/** What there is to do: late, today, later; one's own or everybody's. */
export function TasksScreen({ search }: { search: TasksSearch }) {
  return (
    <RecordActingProvider kind="task">
      <Tasks search={search} />
    </RecordActingProvider>
  );
}

function Tasks({ search }: { search: TasksSearch }) {
  const { t } = useTranslation();
  const api = useApi();
  const me = useMe();
  const format = useFormat();
  const navigate = useNavigate();
  const edits = useRecordEdits();
  const pending = usePendingRecords();
  const { open, whose } = search;
  const mayWrite = me?.member.role !== "viewer";
  useTitle(t("records.tasks.title"));

  const asked: RecordsAsked = {
    kind: "task",
    filter: {
      all: [
        { field: "done", op: "is_not", value: true },
        ...(whose === "all" || me === undefined
          ? []
          : [{ field: "owner", op: "is" as const, value: me.member.id }]),
      ],
    },
    sort: [{ field: "due_date", direction: "asc" }],
  };
  const query = useInfiniteQuery({
    ...recordsQuery(api, asked, PER_PAGE),
    placeholderData: keepPreviousData,
  });
  const { sort: _, ...countedAs } = asked;
  const count = useQuery(recordsCountQuery(api, countedAs)).data?.count;
  const today = dayIn(new Date(), me?.member.time_zone ?? ownZone());
  const tasks = useMemo(
    () => overRecords(query.data?.pages.flatMap(({ items }) => items) ?? [], pending),
    [query.data, pending],
  );
  const rows = useMemo(() => rowsOf(tasks, today), [tasks, today]);
  const ids = useMemo(() => rows.flatMap((row) => ("task" in row ? [row.task.id] : [])), [rows]);
  const viewport = useRef<HTMLDivElement>(null);
  const { hasNextPage, fetchNextPage, isFetchingNextPage, isFetchNextPageError } = query;
  const virtual = useTableRows(rows.length, hasNextPage, ROW, viewport, (index) => {
    const row = rows[index];
    return row === undefined ? undefined : "task" in row ? row.task.id : row.section;
  });
  const more = useCallback(() => {
    if (!isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage, isFetchNextPageError]);
  useMoreRows(virtual, rows.length, hasNextPage, more);

  const go = useCallback(
    (part: Partial<TasksSearch>, replace: boolean) =>
      void navigate({ to: ".", search: (before: object) => ({ ...before, ...part }), replace }),
    [navigate],
  );
  const close = useCallback(() => go({ open: undefined }, false), [go]);
  const finish = useCallback(
    (task: RecordItem) => {
      const done = task.values.done !== true;
      void edits.save(task, { done }).then((saved) => {
        if (saved !== undefined && done)
          edits.offerUndo(
            t("records.tasks.finished", { title: task.title }),
            () => void edits.save(saved, { done: false }),
          );
      });
    },
    [edits, t],
  );
  const grid = useGridKeys({
    ids,
    columns: 0,
    open,
    openRow: (id, { replace }) => go({ open: id }, replace),
    close: () => (open === undefined ? undefined : close()),
    reveal: (id) =>
      virtual.scrollToIndex(
        rows.findIndex((row) => "task" in row && row.task.id === id),
        { align: "auto" },
      ),
    within: viewport,
    select: (id) => {
      const task = tasks.find((one) => one.id === id);
      if (task !== undefined && task.access !== "view") finish(task);
    },
    selectLabel: t("records.tasks.finish_key"),
  });
  const adding = useRef<HTMLInputElement>(null);
  useShortcuts(
    mayWrite
      ? [
          {
            keys: "c",
            label: t("records.list.new_task"),
            group: t("records.list.keys_records"),
            run: () => adding.current?.focus(),
          },
          {
            keys: "#",
            label: t("records.bulk.delete"),
            group: t("records.list.keys_records"),
            run: () => {
              const id = open ?? grid.cursor?.id;
              const task = tasks.find((one) => one.id === id);
              if (task === undefined) return;
              if (open !== undefined) close();
              edits.remove(task);
            },
          },
        ]
      : [],
  );
  const wantsNew = search.new === true;
  useEffect(() => {
    if (!wantsNew) return;
    go({ new: undefined }, true);
    requestAnimationFrame(() => adding.current?.focus());
  }, [wantsNew, go]);

  const tab = (all: boolean) => (
    <TabLink
      className={classes.tab}
      change={{ whose: all ? "all" : undefined }}
      current={(whose === "all") === all}
    >
      {t(all ? "records.tasks.everybodys" : "records.tasks.mine")}
    </TabLink>
  );
  return (
    <div className={listClasses.screen} data-open={open === undefined ? undefined : ""}>
      <section className={listClasses.list} aria-label={t("records.tasks.title")}>
        <header className={listClasses.head}>
          <h1 className={listClasses.title} tabIndex={-1} data-page-title>
            {t("records.tasks.title")}
            {count !== undefined && <span className={listClasses.total}>{format.number(count)}</span>}
          </h1>
          <nav className={classes.tabs} aria-label={t("records.tasks.whose")}>
            {tab(false)}
            {tab(true)}
          </nav>
          <ListMenu ask={{ kind: "task", asked, columns: [] }} className={listClasses.tool} />
        </header>
        {mayWrite && <TaskAdd ref={adding} owner={me?.member.id} today={today} />}
        <div className={listClasses.body}>
          {query.isPending && <TableSkeleton height={ROW} />}
          {query.isError && tasks.length === 0 && (
            <ProblemState error={query.error} retry={() => void query.refetch()} />
          )}
          {query.isSuccess && tasks.length === 0 && !hasNextPage && (
            <Blank
              icon={IconChecklist}
              title={t("records.tasks.empty_title")}
              action={
                mayWrite && (
                  <Button leftSection={<IconPlus size={16} />} onClick={() => adding.current?.focus()}>
                    {t("records.list.new_task")}
                  </Button>
                )
              }
            >
              {t(whose === "all" ? "records.tasks.empty_all" : "records.tasks.empty_mine")}
            </Blank>
          )}
          {tasks.length > 0 && (
            <div className={listClasses.viewport} ref={viewport} data-testid="table-viewport">
              <ul
                className={listClasses.rows}
                style={{ height: virtual.getTotalSize() }}
                aria-label={t("records.tasks.title")}
              >
                {virtual.getVirtualItems().map((item) => {
                  const row = rows[item.index];
                  return (
                    <li
                      key={item.key}
                      className={listClasses.place}
                      style={{ transform: `translateY(${item.start}px)`, height: ROW }}
                    >
                      {row !== undefined && "section" in row && (
                        <h2 className={classes.section} data-section={row.section}>
                          {t(`records.tasks.${row.section}`)}
                          <span className={classes.count}>{format.number(row.count)}</span>
                        </h2>
                      )}
                      {row !== undefined && "task" in row && (
                        <TaskRowView
                          task={row.task}
                          today={today}
                          showsOwner={whose === "all"}
                          open={row.task.id === open}
                          tabbable={grid.tabbable?.id === row.task.id}
                          finish={finish}
                          focused={() => grid.setCursor({ id: row.task.id, column: 0 })}
                          openRow={(id) => go({ open: id }, open !== undefined)}
                        />
                      )}
                    </li>
                  );
                })}
              </ul>
            </div>
          )}
        </div>
      </section>
      {open !== undefined && <SidePanel id={open} close={close} open={(id) => go({ open: id }, false)} />}
    </div>
  );
}
