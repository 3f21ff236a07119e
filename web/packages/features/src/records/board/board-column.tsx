import { ActionIcon } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { IconPlus } from "@tenon/ui";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemState, useApi, useFormat } from "../../core";
import { usePendingRecords } from "../acting/acting";
import { overStage } from "../acting/pending";
import { formatMoneyShort } from "../core/amounts";
import type { FieldSet } from "../core/fields";
import { OptionDot } from "../core/option-chip";
import { recordsQuery } from "../core/queries";
import type { Kind, Pipeline, RecordItem, RecordsAsked, Stage, StageCount } from "../core/types";
import classes from "./board.module.css";
import { BoardCard, CARD_HEIGHT, GhostCard } from "./board-card";
import { QuickAdd } from "./quick-add";
import type { Step } from "./steps";
import { useDropColumn } from "./use-board-drag";

export type ColumnHandle = { cards: () => RecordItem[]; reveal: (id: string) => void };

type BoardColumnProps = {
  kind: Kind;
  fields: FieldSet;
  pipeline: Pipeline;
  stage: Stage;
  asked: RecordsAsked;
  count: StageCount | undefined;
  first: boolean;
  register: (stage: string, handle: ColumnHandle | undefined) => void;
  active: string | undefined;
  setActive: (id: string) => void;
  open: string | undefined;
  openRow: (id: string, options: { replace: boolean }) => void;
  /** The card whose menu is open. */
  menu: string | undefined;
  setMenu: (id: string | undefined) => void;
  step: (how: Step, carries: boolean) => void;
  put: (record: RecordItem, stage: string, before: string | null, byKey: boolean) => void;
  mayWrite: boolean;
  create: (stage?: string) => void;
};

/** Where people put them. */
const AS_PUT = { field: "position", direction: "asc" } as const;
const PER_PAGE = 50;
const AHEAD = 15;

export function BoardColumn(props: BoardColumnProps) {
  const { kind, pipeline, stage, asked, count, register, active, open, mayWrite } = props;
  const { t } = useTranslation();
  const api = useApi();
  const format = useFormat();
  const pending = usePendingRecords();
  const inStage = useMemo(() => ({ ...asked, stage: stage.id, sort: [AS_PUT] }), [asked, stage.id]);
  const query = useInfiniteQuery(recordsQuery(api, inStage, PER_PAGE));
  const cards = useMemo(
    () => overStage(query.data?.pages.flatMap(({ items }) => items) ?? [], stage.id, pending),
    [query.data, stage.id, pending],
  );
  const [adding, setAdding] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  const over = useDropColumn(body, stage.id);
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;

  const virtualizer = useVirtualizer({
    count: cards.length + (hasNextPage ? 1 : 0),
    getScrollElement: () => body.current,
    estimateSize: () => CARD_HEIGHT,
    getItemKey: (index) => cards[index]?.id ?? "more",
    overscan: 4,
  });
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError && last >= cards.length - AHEAD)
      void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage, last, cards.length]);

  const latest = useRef({ cards, virtualizer });
  latest.current = { cards, virtualizer };
  useEffect(() => {
    register(stage.id, {
      cards: () => latest.current.cards,
      reveal: (id) => {
        const at = latest.current.cards.findIndex((card) => card.id === id);
        if (at >= 0) latest.current.virtualizer.scrollToIndex(at, { align: "auto" });
      },
    });
    return () => register(stage.id, undefined);
  }, [register, stage.id]);
  const stopAdding = useCallback(() => setAdding(false), []);

  const number = count === undefined ? undefined : format.number(count.count);
  const sums = (count?.amounts ?? []).filter(({ amount }) => Number(amount) !== 0);
  const tabbable = cards.some(({ id }) => id === active)
    ? active
    : props.first || active === undefined
      ? cards[0]?.id
      : undefined;
  return (
    <section className={classes.column} aria-label={stage.name} data-stage={stage.id}>
      <header className={classes.columnHead}>
        <OptionDot color={stage.color} />
        <h2 className={classes.stage}>{stage.name}</h2>
        {number !== undefined && (
          <span className={classes.count} data-count>
            <span aria-hidden="true">{number}</span>
            <span className="tn-sr-only">
              {t("records.list.count", { count: count?.count ?? 0, number })}
            </span>
          </span>
        )}
        <span className={classes.sum}>
          {sums.map((sum) => formatMoneyShort(sum, format.locale)).join(" + ")}
        </span>
        {mayWrite && (
          <ActionIcon
            variant="subtle"
            color="gray"
            c="var(--tn-text-2)"
            size={28}
            aria-label={t("records.board.add", { stage: stage.name })}
            onClick={() => setAdding(true)}
          >
            <IconPlus size={16} />
          </ActionIcon>
        )}
      </header>
      {adding && (
        <QuickAdd kind={kind} pipeline={pipeline} stage={stage} close={stopAdding} more={props.create} />
      )}
      <div className={classes.cards} ref={body} data-over={over ? "" : undefined}>
        {query.isPending && (
          <div aria-busy="true">
            <GhostCard />
            <GhostCard />
          </div>
        )}
        {query.isError && cards.length === 0 && (
          <ProblemState error={query.error} retry={() => void query.refetch()} />
        )}
        {query.isSuccess && cards.length === 0 && (
          <p className={classes.nothing}>{t("records.board.nothing")}</p>
        )}
        {cards.length > 0 && (
          <ul
            className={classes.stack}
            style={{ height: virtualizer.getTotalSize() }}
            aria-label={stage.name}
          >
            {items.map((item) => {
              const record = cards[item.index];
              return (
                <li
                  key={item.key}
                  className={classes.place}
                  style={{ transform: `translateY(${item.start}px)`, height: CARD_HEIGHT }}
                  aria-posinset={item.index + 1}
                  aria-setsize={hasNextPage ? -1 : cards.length}
                >
                  {record === undefined ? (
                    <GhostCard />
                  ) : (
                    <BoardCard
                      record={record}
                      fields={props.fields}
                      stages={pipeline.stages}
                      stage={stage.id}
                      open={record.id === open}
                      tabbable={record.id === tabbable}
                      menuOpen={props.menu === record.id}
                      setMenu={props.setMenu}
                      setActive={props.setActive}
                      openRow={props.openRow}
                      step={props.step}
                      put={props.put}
                      first={item.index === 0}
                      last={item.index === cards.length - 1}
                      mayMove={mayWrite && record.access !== "view"}
                      replaces={open !== undefined}
                    />
                  )}
                </li>
              );
            })}
          </ul>
        )}
      </div>
    </section>
  );
}
