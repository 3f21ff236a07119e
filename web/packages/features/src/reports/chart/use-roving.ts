/** One stop of the tab key for many marks; arrow keys go from one to the next. */
import { type KeyboardEvent, useRef, useState } from "react";

export type Step = { columns: number; rows: number };

/** Where a key leads to in a grid whose marks are told by column and row; undefined for other keys. */
export function stepBy(
  key: string,
  [column, row]: readonly [number, number],
  { columns, rows }: Step,
): [number, number] | undefined {
  const within = (value: number, count: number) => Math.min(count - 1, Math.max(0, value));
  switch (key) {
    case "ArrowRight":
      return [within(column + 1, columns), row];
    case "ArrowLeft":
      return [within(column - 1, columns), row];
    case "ArrowDown":
      return [column, within(row + 1, rows)];
    case "ArrowUp":
      return [column, within(row - 1, rows)];
    case "Home":
      return [0, row];
    case "End":
      return [columns - 1, row];
    default:
      return undefined;
  }
}

/** `begin` is the column that the tab key leads to first. */
export function useRoving(size: Step, begin: number) {
  const [at, setAt] = useState<readonly [number, number]>();
  const within = useRef<HTMLDivElement>(null);
  const column = Math.min(at?.[0] ?? begin, size.columns - 1);
  const row = Math.min(at?.[1] ?? 0, size.rows - 1);
  return {
    within,
    /** What each mark needs. */
    mark: (ofColumn: number, ofRow: number) => ({
      "data-mark": `${ofColumn}:${ofRow}`,
      tabIndex: ofColumn === column && ofRow === row ? 0 : -1,
      onFocus: () => setAt([ofColumn, ofRow]),
      onKeyDown: (event: KeyboardEvent) => {
        if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
        const next = stepBy(event.key, [ofColumn, ofRow], size);
        if (next === undefined) return;
        event.preventDefault();
        // They are keys of the picture here, not of the page.
        event.stopPropagation();
        setAt(next);
        within.current?.querySelector<HTMLElement>(`[data-mark="${next[0]}:${next[1]}"]`)?.focus();
      },
    }),
  };
}
