import { Button, Skeleton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import type { Label, Mailbox, Thread } from "@tenon/api-client";
import { Blank, IconInbox, IconMail } from "@tenon/ui";
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { SyncProgress } from "../connections/status";
import { ProblemState, type ThreadFilter, threadsQuery, useApi, useFormat } from "../core";
import { useRowKeys } from "./row-keys";
import classes from "./thread-list.module.css";
import { ThreadRow } from "./thread-row";

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
  menu?: ReactNode;
  notice?: ReactNode;
};

export function ThreadList(props: ThreadListProps) {
  const { title, total, filter, mailbox, labels, open, openThread, closeThread, setUnread, menu, notice } =
    props;
  const { t } = useTranslation();
  const api = useApi();
  const format = useFormat();
  const query = useInfiniteQuery(threadsQuery(api, filter));
  const threads = useMemo(() => unique(query.data?.pages.flatMap((page) => page.items) ?? []), [query.data]);
  const viewport = useRef<HTMLDivElement>(null);
  const hasMore = query.hasNextPage;

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

  // The same function at each render, so that rows that did not change are not drawn again.
  const latest = useRef({ open, openThread });
  latest.current = { open, openThread };
  const onOpen = useCallback((id: string) => {
    latest.current.openThread(id, { replace: latest.current.open !== undefined });
  }, []);

  const ids = useMemo(() => threads.map((thread) => thread.id), [threads]);
  const reveal = useCallback(
    (id: string) => virtualizer.scrollToIndex(ids.indexOf(id), { align: "auto" }),
    [ids, virtualizer],
  );
  const tabbable = useRowKeys({
    ids,
    open,
    openRow: openThread,
    close: closeThread,
    reveal,
    within: viewport,
  });
  return (
    <>
      <div className={classes.head}>
        {menu}
        <h1 className={classes.title} tabIndex={-1} data-page-title>
          {title}
          {total !== undefined && filter.unread !== true && (
            <span className={classes.total}>{format.number(total)}</span>
          )}
        </h1>
        <button
          type="button"
          className={classes.filter}
          aria-pressed={filter.unread === true}
          onClick={() => setUnread(filter.unread !== true)}
        >
          {t("mail.only_unread")}
        </button>
      </div>
      {notice}
      {mailbox?.progress != null && (
        <div className={classes.sync}>
          <SyncProgress mailbox={mailbox} />
        </div>
      )}
      <Announcer threads={threads} scope={JSON.stringify(filter)} />
      <div className={classes.viewport} ref={viewport} data-testid="thread-viewport">
        {query.isPending && <ListSkeleton />}
        {query.isError && threads.length === 0 && (
          <ProblemState error={query.error} retry={() => void query.refetch()} />
        )}
        {query.isSuccess && threads.length === 0 && <EmptyList filter={filter} mailbox={mailbox} />}
        {threads.length > 0 && (
          <ul className={classes.rows} style={{ height: virtualizer.getTotalSize() }} aria-label={title}>
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
                      currentLabel={filter.label}
                      open={thread.id === open}
                      tabbable={thread.id === tabbable}
                      format={format}
                      href={`?${filter.unread === true ? "unread=true&" : ""}thread=${encodeURIComponent(thread.id)}`}
                      onOpen={onOpen}
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

/** Pages may overlap when mail arrives between two of them. */
function unique(threads: Thread[]): Thread[] {
  const seen = new Set<string>();
  return threads.filter((thread) => !seen.has(thread.id) && seen.add(thread.id));
}

function MoreRow({ failed, retry }: { failed: boolean; retry: () => void }) {
  const { t } = useTranslation();
  if (!failed) return <GhostRow />;
  return (
    <div className={classes.more}>
      {t("mail.more_failed")}
      <Button size="xs" variant="default" onClick={retry}>
        {t("problem.retry")}
      </Button>
    </div>
  );
}

function GhostRow({ seed = 3 }: { seed?: number }) {
  return (
    <div className={classes.ghost} aria-hidden="true">
      <Skeleton circle height={34} />
      <div>
        <Skeleton height={10} width={`${30 + ((seed * 17) % 30)}%`} mb={10} />
        <Skeleton height={10} width={`${50 + ((seed * 29) % 40)}%`} />
      </div>
    </div>
  );
}

function ListSkeleton() {
  return (
    <div aria-busy="true">
      {Array.from({ length: 10 }, (_, row) => (
        <GhostRow key={row} seed={row} />
      ))}
    </div>
  );
}

function EmptyList({ filter, mailbox }: { filter: ThreadFilter; mailbox: Mailbox | undefined }) {
  const { t } = useTranslation();
  if (mailbox !== undefined && mailbox.messages === 0 && mailbox.state !== "live") {
    return (
      <Blank icon={IconMail} title={t("mail.coming_title")}>
        {t("mail.coming_text")}
      </Blank>
    );
  }
  return (
    <Blank icon={IconInbox} title={filter.unread === true ? t("mail.all_read_title") : t("mail.empty_title")}>
      {filter.unread === true ? t("mail.all_read_text") : t("mail.empty_text")}
    </Blank>
  );
}

/** Says aloud that new conversations came in; silent when the list itself was changed. */
function Announcer({ threads, scope }: { threads: Thread[]; scope: string }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const before = useRef<{ scope: string; newest: string | undefined }>({ scope, newest: undefined });
  const newest = threads[0]?.last_at;
  useEffect(() => {
    const last = before.current;
    before.current = { scope, newest };
    if (last.scope !== scope || last.newest === undefined || newest === undefined || newest <= last.newest)
      return;
    const since = last.newest;
    setText(t("mail.arrived", { count: threads.filter((thread) => thread.last_at > since).length }));
  }, [newest, scope, threads, t]);
  return (
    <div className="tn-sr-only" role="status" aria-live="polite">
      {text}
    </div>
  );
}
