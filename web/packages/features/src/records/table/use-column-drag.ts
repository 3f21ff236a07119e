import { combine } from "@atlaskit/pragmatic-drag-and-drop/combine";
import { draggable, dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { useEffect, useRef, useState } from "react";
import type { FieldDef } from "../core/fields";
import { type Column, movedTo } from "./columns";

const handleOf = (element: HTMLElement) => {
  const dragHandle = element.querySelector("button");
  return dragHandle === null ? {} : { dragHandle };
};

type Edge = "before" | "after";

/** A head may be dragged to another place; its menu does the same by keyboard. */
export function useColumnDrag(
  field: FieldDef,
  at: number,
  columns: readonly Column[],
  setColumns: (columns: Column[]) => void,
) {
  const ref = useRef<HTMLDivElement>(null);
  const [edge, setEdge] = useState<Edge>();
  const latest = useRef({ at, columns, setColumns });
  latest.current = { at, columns, setColumns };
  const key = field.key;
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const placeOf = (dragged: string) => latest.current.columns.findIndex((one) => one.field === dragged);
    return combine(
      draggable({
        element,
        // Its edge is for drawing it wider.
        ...handleOf(element),
        getInitialData: () => ({ column: key }),
      }),
      dropTargetForElements({
        element,
        canDrop: ({ source }) => typeof source.data.column === "string" && source.data.column !== key,
        onDrag: ({ source }) =>
          setEdge(placeOf(String(source.data.column)) < latest.current.at ? "after" : "before"),
        onDragLeave: () => setEdge(undefined),
        onDrop: ({ source }) => {
          setEdge(undefined);
          const { columns, setColumns, at } = latest.current;
          setColumns(movedTo(columns, String(source.data.column), at));
        },
      }),
    );
  }, [key]);
  return { ref, edge };
}
