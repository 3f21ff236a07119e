/** Cards follow the mouse. Everything that dragging does can be done by menu and by keys as well. */
import { combine } from "@atlaskit/pragmatic-drag-and-drop/combine";
import {
  draggable,
  dropTargetForElements,
  monitorForElements,
} from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { type RefObject, useEffect, useRef, useState } from "react";
import type { RecordItem } from "../core/types";
import type { LaidColumn } from "./steps";

export type Edge = "above" | "below";
type CardData = { card: RecordItem; stage: string };
const cardOf = (data: Record<string | symbol, unknown>): CardData | undefined =>
  "card" in data ? (data as CardData) : undefined;

export function useDragCard(
  ref: RefObject<HTMLElement | null>,
  record: RecordItem,
  stage: string,
  mayMove: boolean,
) {
  const [edge, setEdge] = useState<Edge>();
  const [dragging, setDragging] = useState(false);
  const latest = useRef(record);
  latest.current = record;
  const { id } = record;
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const edgeAt = (y: number): Edge => {
      const { top, height } = element.getBoundingClientRect();
      return y < top + height / 2 ? "above" : "below";
    };
    return combine(
      draggable({
        element,
        canDrag: () => mayMove,
        getInitialData: () => ({ card: latest.current, stage }),
        onDragStart: () => setDragging(true),
        onDrop: () => setDragging(false),
      }),
      dropTargetForElements({
        element,
        canDrop: ({ source }) => cardOf(source.data) !== undefined,
        getData: ({ input }) => ({ over: id, stage, edge: edgeAt(input.clientY) }),
        onDrag: ({ source, self }) =>
          setEdge(cardOf(source.data)?.card.id === id ? undefined : (self.data.edge as Edge)),
        onDragLeave: () => setEdge(undefined),
        onDrop: () => setEdge(undefined),
      }),
    );
  }, [ref, id, stage, mayMove]);
  return { edge, dragging };
}

export function useDropColumn(ref: RefObject<HTMLElement | null>, stage: string): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    return dropTargetForElements({
      element,
      canDrop: ({ source }) => cardOf(source.data) !== undefined,
      getData: () => ({ stage }),
      onDragEnter: () => setOver(true),
      onDragLeave: () => setOver(false),
      onDrop: () => setOver(false),
    });
  }, [ref, stage]);
  return over;
}

/** The card that it is put before; null for the end. Undefined where nothing would change. */
export function placeOf(
  columns: readonly LaidColumn[],
  dragged: RecordItem,
  target: Record<string | symbol, unknown>,
): { stage: string; before: string | null } | undefined {
  const stage = String(target.stage);
  const cards = columns.find((column) => column.stage === stage)?.cards ?? [];
  const others = cards.filter(({ id }) => id !== dragged.id);
  const at = others.findIndex(({ id }) => id === target.over);
  if (target.over === dragged.id) return undefined;
  const before = at < 0 ? null : (others[target.edge === "below" ? at + 1 : at]?.id ?? null);
  const own = cards.findIndex(({ id }) => id === dragged.id);
  const same = own >= 0 && (cards[own + 1]?.id ?? null) === before;
  return same ? undefined : { stage, before };
}

const EDGE_PX = 56;
const SPEED = 14;

/** Takes what was dropped, and scrolls board and columns while a card is held at their edges. */
export function useBoardDrag(
  board: RefObject<HTMLElement | null>,
  columns: () => LaidColumn[],
  put: (record: RecordItem, stage: string, before: string | null) => void,
): void {
  const latest = useRef({ columns, put });
  latest.current = { columns, put };
  useEffect(() => {
    let pointer: { clientX: number; clientY: number } | undefined;
    let frame = 0;
    const pull = (at: number, from: number, to: number) =>
      at < from + EDGE_PX ? -SPEED : at > to - EDGE_PX ? SPEED : 0;
    const scroll = () => {
      const element = board.current;
      if (pointer === undefined || element === null) return;
      const { clientX, clientY } = pointer;
      const frameBox = element.getBoundingClientRect();
      element.scrollLeft += pull(clientX, frameBox.left, frameBox.right);
      for (const list of element.querySelectorAll<HTMLElement>("[data-over]")) {
        const box = list.getBoundingClientRect();
        list.scrollTop += pull(clientY, box.top, box.bottom);
      }
      frame = requestAnimationFrame(scroll);
    };
    return combine(
      monitorForElements({
        canMonitor: ({ source }) => cardOf(source.data) !== undefined,
        onDragStart: ({ location }) => {
          pointer = location.current.input;
          frame = requestAnimationFrame(scroll);
        },
        onDrag: ({ location }) => {
          pointer = location.current.input;
        },
        onDrop: ({ source, location }) => {
          pointer = undefined;
          cancelAnimationFrame(frame);
          const data = cardOf(source.data);
          const target = location.current.dropTargets[0]?.data;
          if (data === undefined || target === undefined) return;
          const place = placeOf(latest.current.columns(), data.card, target);
          if (place !== undefined) latest.current.put(data.card, place.stage, place.before);
        },
      }),
      () => cancelAnimationFrame(frame),
    );
  }, [board]);
}
