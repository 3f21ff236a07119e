import { Button, Skeleton } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FoundThread, type Label, send, type Thread } from "@tenon/api-client";
import { Blank, IconBookmark, IconSearch, useToast } from "@tenon/ui";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  keys,
  ProblemState,
  savedSearchesQuery,
  searchQuery,
  useApi,
  useFormat,
  useProblemText,
  WaitingForNetwork,
} from "../core";
import { useRowKeys } from "../mail/row-keys";
import { ThreadRow } from "../mail/thread-row";
import classes from "./search.module.css";

/** What is found is opened; it is acted on where it is read. */
const NOT_CHOSEN = {
  roles: {},
  selected: false,
  selecting: false,
  selectable: false,
  onSelect: () => undefined,
  onOffer: () => undefined,
};

type SearchResultsProps = {
  connection: string;
  query: string;
  labels: Label[] | undefined;
  open: string | undefined;
  openThread: (id: string, options: { replace: boolean }) => void;
  closeThread: () => void;
  /** Back to the list that was there before. */
  leave: () => void;
};

/** One list of what is stored here and what only the provider has; both are opened alike. */
export function SearchResults(props: SearchResultsProps) {
  const { connection, query, labels, open, openThread, closeThread, leave } = props;
  const { t } = useTranslation();
  const api = useApi();
  const format = useFormat();
  const toast = useToast();
  const problemText = useProblemText();
  const client = useQueryClient();
  const results = useInfiniteQuery(searchQuery(api, connection, query));
  const [opening, setOpening] = useState<string>();
  // What the provider alone had and was opened from here, by the id that it has now.
  const [opened, setOpened] = useState<ReadonlyMap<string, string>>(new Map());
  const rows = useMemo(() => {
    const found = unique(results.data?.pages.flatMap((page) => page.items) ?? []);
    return found.map((item) => ({ item, thread: asThread(item, opened) }));
  }, [results.data, opened]);
  const first = results.data?.pages[0];
  const saved = useQuery(savedSearchesQuery(api));
  const keep = useMutation({
    mutationFn: () => send(api.POST("/api/v1/saved-searches", { body: { name: query, query } })),
    onSuccess: () => {
      toast(t("search.kept"));
      void client.invalidateQueries({ queryKey: keys.savedSearches });
    },
    onError: (error) => toast(problemText(error), "danger"),
  });
  const wanted = useRef<string>(undefined);
  const openRow = async (id: string, options: { replace: boolean }) => {
    wanted.current = id;
    const item = rows.find((row) => row.thread.id === id)?.item;
    if (item === undefined) return;
    if (item.provider_thread_id !== id) {
      openThread(id, options);
      return;
    }
    setOpening(id);
    try {
      const { thread_id } = await send(
        api.POST("/api/v1/search/open", {
          body: { connection_id: item.connection_id, provider_thread_id: item.provider_thread_id },
        }),
      );
      setOpened((before) => new Map(before).set(id, thread_id));
      // Unless the person has gone on to another meanwhile.
      if (wanted.current === id) openThread(thread_id, options);
    } catch (error) {
      toast(problemText(error), "danger");
    } finally {
      setOpening((now) => (now === id ? undefined : now));
    }
  };
  // What was asked for from here is not opened on another page.
  useEffect(
    () => () => {
      wanted.current = undefined;
    },
    [],
  );
  const list = useRef<HTMLUListElement>(null);
  const ids = useMemo(() => rows.map((row) => row.thread.id), [rows]);
  const reveal = useCallback(
    (id: string) =>
      list.current?.querySelector(`[data-thread="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "nearest" }),
    [],
  );
  const { tabbable } = useRowKeys({
    ids,
    open,
    openRow: (id, options) => void openRow(id, options),
    close: open === undefined ? leave : closeThread,
    reveal,
    within: list,
  });
  // From the box to what it brought: the keys of lists work from here on.
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus({ preventScroll: true }), []);
  return (
    <div
      className={classes.results}
      data-testid="search-results"
      aria-busy={results.isPending || opening !== undefined}
    >
      <div className={classes.head}>
        <h1 className={classes.title} ref={title} tabIndex={-1}>
          {t("search.results")}
        </h1>
        {saved.data?.every((search) => search.query !== query) && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconBookmark size={14} />}
            loading={keep.isPending}
            onClick={() => keep.mutate()}
          >
            {t("search.keep")}
          </Button>
        )}
      </div>
      <p className="tn-sr-only" role="status" aria-live="polite">
        {results.isSuccess ? t("search.found", { count: rows.length }) : ""}
      </p>
      {first?.resolved.map((term) => (
        <p key={term.term} className={classes.hint}>
          {t("search.resolved", { term: term.term, people: term.people.map((p) => p.address).join(", ") })}
        </p>
      ))}
      {results.data?.pages.at(-1)?.unanswered.map((mailbox) => (
        <p key={mailbox.connection_id} className={classes.hint} data-tone="warn">
          {t("search.unanswered")} {mailbox.reason_text}
        </p>
      ))}
      {results.isPending && (results.isPaused ? <WaitingForNetwork /> : <Waiting />)}
      {results.isError && <ProblemState error={results.error} retry={() => void results.refetch()} />}
      {results.isSuccess && rows.length === 0 && (
        <Blank icon={IconSearch} title={t("search.nothing_title")}>
          {t("search.nothing_text")}
        </Blank>
      )}
      <ul className={classes.rows} ref={list} aria-label={t("search.results")}>
        {rows.map(({ item, thread }) => (
          <li key={`${item.connection_id} ${item.provider_thread_id}`} className={classes.row}>
            <ThreadRow
              thread={thread}
              labels={labels}
              list={undefined}
              {...NOT_CHOSEN}
              open={thread.id === open}
              tabbable={thread.id === tabbable}
              format={format}
              href={thread.id === item.provider_thread_id ? "#" : `?thread=${encodeURIComponent(thread.id)}`}
              onOpen={(id) => void openRow(id, { replace: open !== undefined })}
            />
          </li>
        ))}
      </ul>
      {results.hasNextPage && (
        <Button
          variant="default"
          m="md"
          loading={results.isFetchingNextPage}
          onClick={() => void results.fetchNextPage()}
        >
          {t("search.more")}
        </Button>
      )}
      {results.isSuccess && <p className={classes.where}>{t("search.where")}</p>}
    </div>
  );
}

function asThread(item: FoundThread, opened: ReadonlyMap<string, string>): Thread {
  return {
    id: item.thread_id ?? opened.get(item.provider_thread_id) ?? item.provider_thread_id,
    connection_id: item.connection_id,
    subject: item.subject,
    participants: item.participants,
    last_at: item.last_at,
    message_count: item.message_count,
    unread_count: item.unread_count,
    starred: item.starred,
    has_attachments: item.has_attachments,
    label_ids: item.label_ids,
  };
}

/** A conversation with hits on two pages is one. */
function unique(items: FoundThread[]): FoundThread[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const key = `${item.connection_id} ${item.provider_thread_id}`;
    return !seen.has(key) && seen.add(key);
  });
}

function Waiting() {
  return (
    <div className={classes.waiting} aria-hidden="true">
      {[60, 45, 70, 50, 65].map((width) => (
        <div key={width}>
          <Skeleton height={12} width="35%" mb={10} />
          <Skeleton height={12} width={`${width}%`} />
        </div>
      ))}
    </div>
  );
}
