import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useApi, useFormat } from "../../core";
import { useShortcuts } from "../../keyboard";
import { usePendingRecords, useRecordActing } from "../acting/acting";
import { overCounts } from "../acting/pending";
import { useRecordEdits } from "../core/edits";
import { recordsCountQuery } from "../core/queries";
import type { Pipeline, RecordItem } from "../core/types";
import { countedOf } from "../list/list-head";
import type { ListProps } from "../list/table-list";
import classes from "./board.module.css";
import { BoardColumn, type ColumnHandle } from "./board-column";
import { type Step, targetOf } from "./steps";
import { useBoardDrag } from "./use-board-drag";

type BoardProps = ListProps & { pipeline: Pipeline; create: (stage?: string) => void };

/** So long a card may take until it is drawn in its new place. */
const PATIENCE_MS = 1500;

const isFocusLost = () => document.activeElement === null || document.activeElement === document.body;

/** The stages of a pipeline side by side, with what stands in them. */
export default function Board({
  kind,
  fields,
  pipeline,
  asked,
  open,
  openRow,
  close,
  mayWrite,
  create,
}: BoardProps) {
  const { t } = useTranslation();
  const api = useApi();
  const format = useFormat();
  const edits = useRecordEdits();
  const pending = usePendingRecords();
  const { move } = useRecordActing();
  const board = useRef<HTMLDivElement>(null);
  const columns = useRef(new Map<string, ColumnHandle>());
  const [active, setActive] = useState<string | undefined>(open);
  const [menu, setMenu] = useState<string>();
  const [said, setSaid] = useState("");
  // Cards stand where people put them: no other order makes sense of that.
  const unsorted = useMemo(() => countedOf(asked), [asked]);
  const counted = useQuery({ ...recordsCountQuery(api, unsorted), placeholderData: keepPreviousData }).data;
  const counts = useMemo(() => overCounts(counted?.by_stage, pending), [counted, pending]);
  const { stages } = pipeline;

  const register = useCallback((stage: string, handle: ColumnHandle | undefined) => {
    if (handle === undefined) columns.current.delete(stage);
    else columns.current.set(stage, handle);
  }, []);
  const laid = useCallback(
    () => stages.map(({ id }) => ({ stage: id, cards: columns.current.get(id)?.cards() ?? [] })),
    [stages],
  );

  const wanted = useRef<string>(undefined);
  const focusCard = useCallback((id: string, onlyIfLost = false) => {
    setActive(id);
    wanted.current = id;
    if (!onlyIfLost) for (const column of columns.current.values()) column.reveal(id);
    const end = performance.now() + PATIENCE_MS;
    const tryFocus = () => {
      if (onlyIfLost && !isFocusLost()) return;
      const card = board.current?.querySelector<HTMLElement>(`[data-card="${CSS.escape(id)}"]`);
      card?.focus({ preventScroll: true });
      card?.scrollIntoView({ block: "nearest", inline: "nearest" });
      if (document.activeElement === card && card != null) return;
      if (wanted.current === id && performance.now() < end) requestAnimationFrame(tryFocus);
    };
    requestAnimationFrame(tryFocus);
  }, []);

  // On the way back from a record the keyboard is on its card.
  const wasOpen = useRef(open);
  useEffect(() => {
    const before = wasOpen.current;
    wasOpen.current = open;
    if (open !== undefined) setActive(open);
    else if (before !== undefined) focusCard(before);
  }, [open, focusCard]);

  // A card that goes back to where it was takes the keyboard along.
  const here = useRef(false);
  useEffect(() => {
    const onFocus = ({ target }: FocusEvent) => {
      here.current = target instanceof Node && board.current?.contains(target) === true;
    };
    document.addEventListener("focusin", onFocus);
    return () => document.removeEventListener("focusin", onFocus);
  }, []);
  const latestActive = useRef(active);
  latestActive.current = active;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each move may take the card out of its column
  useEffect(() => {
    if (here.current && latestActive.current !== undefined && isFocusLost())
      focusCard(latestActive.current, true);
  }, [pending, focusCard]);

  const put = useCallback(
    (record: RecordItem, stage: string, before: string | null, byKey: boolean) => {
      const from = columns.current.get(String(record.values.stage))?.cards() ?? [];
      const at = from.findIndex(({ id }) => id === record.id);
      move(record, { stage, before, back: from[at + 1]?.id ?? null });
      const there = (columns.current.get(stage)?.cards() ?? []).filter(({ id }) => id !== record.id);
      const place = before === null ? there.length : there.findIndex(({ id }) => id === before);
      setSaid(
        t("records.board.said", {
          title: record.title,
          stage: stages.find(({ id }) => id === stage)?.name ?? "",
          position: format.number(Math.max(0, place) + 1),
          total: format.number(there.length + 1),
        }),
      );
      if (byKey) focusCard(record.id);
    },
    [move, t, stages, format, focusCard],
  );
  const step = useCallback(
    (how: Step, carries: boolean) => {
      const all = laid();
      const target = targetOf(all, active, how, carries);
      if (target === undefined) {
        const first = all.find(({ cards }) => cards.length > 0)?.cards[0];
        if (active === undefined && first !== undefined) focusCard(first.id);
      } else if ("focus" in target) focusCard(target.focus);
      else if (mayWrite && target.record.access !== "view")
        put(target.record, target.stage, target.before, true);
    },
    [active, laid, focusCard, mayWrite, put],
  );

  useBoardDrag(board, laid, (record, stage, before) => put(record, stage, before, false));

  const group = t("records.list.keys_board");
  const atHand = () => laid().flatMap(({ cards }) => cards.filter(({ id }) => id === active))[0];
  useShortcuts([
    { keys: "j", label: t("records.board.down"), group, run: () => step("down", false), keyOnly: true },
    { keys: "k", label: t("records.board.up"), group, run: () => step("up", false), keyOnly: true },
    { keys: "h", label: t("records.board.left"), group, run: () => step("left", false), keyOnly: true },
    { keys: "l", label: t("records.board.right"), group, run: () => step("right", false), keyOnly: true },
    {
      keys: "o",
      label: t("records.list.open"),
      group,
      keyOnly: true,
      run: () => {
        if (active !== undefined) openRow(active, { replace: open !== undefined });
      },
    },
    { keys: "Escape", label: t("records.list.close"), group, run: close, keyOnly: true },
    ...(mayWrite
      ? [
          { keys: "m", label: t("records.board.move"), group, run: () => setMenu(active) },
          { keys: "L", label: t("records.board.stage_on"), group, run: () => step("right", true) },
          { keys: "H", label: t("records.board.stage_back"), group, run: () => step("left", true) },
          {
            keys: "#",
            label: t("records.bulk.delete"),
            group,
            run: () => {
              const record = atHand();
              if (record !== undefined) edits.remove(record);
            },
          },
        ]
      : []),
  ]);

  return (
    <section className={classes.frame} aria-label={t("records.board.title", { name: pipeline.name })}>
      <div className={classes.board} ref={board} data-testid="board">
        {stages.map((stage, at) => (
          <BoardColumn
            key={stage.id}
            kind={kind}
            fields={fields}
            pipeline={pipeline}
            stage={stage}
            asked={unsorted}
            count={counts?.get(stage.id)}
            first={at === 0}
            register={register}
            active={active}
            setActive={setActive}
            open={open}
            openRow={openRow}
            menu={menu}
            setMenu={setMenu}
            step={step}
            put={put}
            mayWrite={mayWrite}
            create={create}
          />
        ))}
      </div>
      <div className="tn-sr-only" role="status" aria-live="polite">
        {said}
      </div>
    </section>
  );
}
