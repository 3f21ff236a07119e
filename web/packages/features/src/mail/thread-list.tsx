import { useMediaQuery } from "@mantine/hooks";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import type { Label, Mailbox, Thread } from "@tenon/api-client";
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  type Chosen,
  type Commands,
  emptiesList,
  isEmpty,
  isSelected,
  NONE,
  type Offer,
  offers,
  overList,
  range,
  type Selection,
  toggle,
  useActing,
  usePending,
  within,
} from "../acting";
import { SyncProgress } from "../connections/status";
import {
  keys,
  ProblemState,
  type ThreadFilter,
  threadsQuery,
  useApi,
  useFormat,
  WaitingForNetwork,
} from "../core";
import { useShortcuts } from "../keyboard";
import { ListHead, SelectionHead } from "./list-head";
import { Announcer, EmptyList, ListSkeleton, MoreRow } from "./list-states";
import { nextRow } from "./next-row";
import { useRowKeys } from "./row-keys";
import classes from "./thread-list.module.css";
import { ThreadRow } from "./thread-row";
import { useActionKeys } from "./use-action-keys";

const ROW_HEIGHT = 68;
/** The next page is asked for when this many rows are left. */
const AHEAD = 30;

type ThreadListProps = {
  title: string;
  total: number | undefined;
  filter: ThreadFilter;
  mailbox: Mailbox | undefined;
  labels: Label[] | undefined;
  open: string | undefined;
  openThread: (id: string, options: { replace: boolean }) => void;
  closeThread: () => void;
  setUnread: (unread: boolean) => void;
  commands: Commands;
  menu?: ReactNode;
  notice?: ReactNode;
  search?: ReactNode;
};

export function ThreadList(props: ThreadListProps) {
  const { title, total, filter, mailbox, labels, open, openThread, closeThread, setUnread, commands } = props;
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const format = useFormat();
  const wide = useMediaQuery("(min-width: 48em)", undefined, { getInitialValueInEffect: false });
  const query = useInfiniteQuery(threadsQuery(api, filter));
  const pending = usePending();
  const { acted } = useActing();
  const { connection, label, unread } = filter;
  const threads = useMemo(() => {
    const loaded = unique(query.data?.pages.flatMap((page) => page.items) ?? []);
    return overList(loaded, pending, { connection, label, unread }, commands.roles, open);
  }, [query.data, pending, connection, label, unread, commands.roles, open]);
  const ids = useMemo(() => threads.map(({ id }) => id), [threads]);
  const [chosen, setSelection] = useState<Selection>(NONE);
  const selection = within(chosen, ids);
  const viewport = useRef<HTMLDivElement>(null);
  const hasMore = query.hasNextPage && !emptiesList(pending, { connection, label, unread }, commands.roles);

  const virtualizer = useVirtualizer({
    count: threads.length + (hasMore ? 1 : 0),
    getScrollElement: () => viewport.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => threads[index]?.id ?? "more",
    overscan: 6,
  });
  const items = virtualizer.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;

  useEffect(() => {
    if (
      hasMore &&
      !query.isFetchingNextPage &&
      !query.isFetchNextPageError &&
      lastShown >= threads.length - AHEAD
    ) {
      void query.fetchNextPage();
    }
  }, [
    hasMore,
    lastShown,
    threads.length,
    query.isFetchingNextPage,
    query.isFetchNextPageError,
    query.fetchNextPage,
  ]);

  const reveal = useCallback(
    (id: string) => virtualizer.scrollToIndex(ids.indexOf(id), { align: "auto" }),
    [ids, virtualizer],
  );
  const { active, setActive, focusRow, tabbable } = useRowKeys({
    ids,
    open,
    openRow: openThread,
    close: closeThread,
    reveal,
    within: viewport,
    onEscape: () => (isEmpty(selection) ? closeThread() : finish()),
  });

  // The same functions at each render, so that rows that did not change are not drawn again.
  const latest = useRef({ open, openThread, commands, threads, ids });
  latest.current = { open, openThread, commands, threads, ids };
  const onOpen = useCallback((id: string) => {
    latest.current.openThread(id, { replace: latest.current.open !== undefined });
  }, []);
  const onSelect = useCallback(
    (id: string, toHere: boolean) => {
      setActive(id);
      setSelection((now) => (toHere ? range : toggle)(now, id, latest.current.ids));
    },
    [setActive],
  );
  const find = useCallback(
    (id: string) =>
      latest.current.threads.find((candidate) => candidate.id === id) ??
      client.getQueryData<Thread>(keys.thread(id)),
    [client],
  );
  const onOffer = useCallback(
    (offer: Offer, id: string) => {
      const thread = find(id);
      if (thread !== undefined) latest.current.commands.run(offer, { threads: [thread] });
    },
    [find],
  );

  // What leaves the list takes neither the place nor the keyboard with it.
  const before = useRef<readonly string[]>(ids);
  useLayoutEffect(() => {
    const last = before.current;
    before.current = ids;
    if (active === undefined || ids.includes(active) || !last.includes(active)) return;
    const next = nextRow(last, active, new Set(ids));
    if (open === active) {
      if (!acted.has(active)) return;
      if (wide && next !== undefined) openThread(next, { replace: true });
      else closeThread();
      setActive(next);
      return;
    }
    setActive(next);
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (!lost) return;
    if (next !== undefined) focusRow(next);
    else document.querySelector<HTMLElement>("[data-page-title]")?.focus();
  }, [ids, active, open, wide, acted, openThread, closeThread, focusRow, setActive]);

  const everything: Chosen = {
    matching: { connection, label: label ?? null, unread: unread === true },
    total: total ?? ids.length,
  };
  // Computed only when it is needed: while one scrolls through a long list, nothing else may walk through it.
  const selectedNow = (): Chosen => {
    if (selection.kind === "matching") return everything;
    return { threads: selection.ids.size === 0 ? [] : threads.filter(({ id }) => selection.ids.has(id)) };
  };
  /** After the selection was acted on it is done with, and the keyboard is back in the list. */
  const finish = () => {
    setSelection(NONE);
    requestAnimationFrame(() => {
      const lost = document.activeElement === null || document.activeElement === document.body;
      if (lost && active !== undefined) focusRow(active);
    });
  };
  const runSelected = (offer: Offer) => commands.run(offer, selectedNow(), finish);

  const group = t("keys.group.list");
  useShortcuts([
    {
      keys: "x",
      label: t("acting.select"),
      group,
      run: () => {
        const id = active ?? ids[0];
        if (id !== undefined) onSelect(id, false);
      },
    },
    {
      keys: "* a",
      label: t("acting.select_all"),
      group,
      run: () => setSelection({ kind: "some", ids: new Set(ids), anchor: undefined }),
    },
    { keys: "* n", label: t("acting.select_none"), group, run: finish },
  ]);
  useActionKeys({
    list: label,
    roles: commands.roles,
    run: (offer) => {
      if (!isEmpty(selection)) return runSelected(offer);
      const id = open ?? active;
      if (id !== undefined) onOffer(offer, id);
      // Staying on it would read it again at once.
      if (offer === "mark_unread" && open !== undefined) closeThread();
    },
    threads: () => {
      if (selection.kind === "matching") return undefined;
      if (!isEmpty(selection)) return selectedThreads(selectedNow());
      const id = open ?? active;
      const thread = id === undefined ? undefined : find(id);
      return thread === undefined ? [] : [thread];
    },
  });

  const selecting = !isEmpty(selection);
  const inDrafts = label !== undefined && label === commands.roles.drafts;
  return (
    <>
      {selecting ? (
        <SelectionHead
          title={title}
          selection={selection}
          setSelection={(next) => (next === undefined ? finish() : setSelection(next))}
          threads={threads}
          matching={unread === true ? undefined : total}
          hasMore={hasMore}
          offers={offers(selectedThreads(selectedNow()), label, commands.roles)}
          run={runSelected}
        />
      ) : (
        <ListHead
          title={title}
          total={total}
          menu={props.menu}
          search={props.search}
          unread={unread === true}
          setUnread={setUnread}
        />
      )}
      {props.notice}
      {mailbox?.progress != null && (
        <div className={classes.sync}>
          <SyncProgress mailbox={mailbox} />
        </div>
      )}
      <Announcer threads={threads} scope={JSON.stringify(filter)} />
      <div className={classes.viewport} ref={viewport} data-testid="thread-viewport">
        {query.isPending && (query.isPaused ? <WaitingForNetwork /> : <ListSkeleton />)}
        {query.isError && threads.length === 0 && (
          <ProblemState error={query.error} retry={() => void query.refetch()} />
        )}
        {query.isSuccess && threads.length === 0 && !hasMore && (
          <EmptyList filter={filter} mailbox={mailbox} />
        )}
        {threads.length > 0 && (
          <ul
            className={classes.rows}
            style={{ height: virtualizer.getTotalSize() }}
            aria-label={title}
            onFocus={({ target }) => {
              // Screen readers put the focus on a row by themselves.
              if (target instanceof HTMLElement && target.dataset.thread !== undefined)
                setActive(target.dataset.thread);
            }}
          >
            {items.map((item) => {
              const thread = threads[item.index];
              return (
                <li
                  key={item.key}
                  className={classes.place}
                  style={{ transform: `translateY(${item.start}px)` }}
                  aria-posinset={item.index + 1}
                  aria-setsize={hasMore ? -1 : threads.length}
                >
                  {thread === undefined ? (
                    <MoreRow failed={query.isFetchNextPageError} retry={() => void query.fetchNextPage()} />
                  ) : (
                    <ThreadRow
                      thread={thread}
                      labels={labels}
                      list={label}
                      roles={commands.roles}
                      open={thread.id === open}
                      selected={isSelected(selection, thread.id)}
                      selecting={selecting}
                      selectable={!inDrafts}
                      tabbable={thread.id === tabbable}
                      format={format}
                      href={`?${unread === true ? "unread=true&" : ""}thread=${encodeURIComponent(thread.id)}`}
                      onOpen={onOpen}
                      onSelect={onSelect}
                      onOffer={onOffer}
                    />
                  )}
                </li>
              );
            })}
          </ul>
        )}
      </div>
    </>
  );
}

const selectedThreads = (chosen: Chosen) => ("threads" in chosen ? chosen.threads : undefined);

/** Pages may overlap when mail arrives between two of them. */
function unique(threads: Thread[]): Thread[] {
  const seen = new Set<string>();
  return threads.filter((thread) => !seen.has(thread.id) && seen.add(thread.id));
}
