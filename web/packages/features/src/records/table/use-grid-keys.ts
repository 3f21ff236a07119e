import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useShortcuts } from "../../keyboard";

/** So long a row may take until it is drawn. */
const PATIENCE_MS = 1500;

/** Where the keyboard is: a record and a column; 0 is the title. */
export type Cursor = { id: string; column: number };

type GridKeys = {
  ids: readonly string[];
  columns: number;
  open: string | undefined;
  openRow: (id: string, options: { replace: boolean }) => void;
  close: () => void;
  reveal: (id: string) => void;
  within: RefObject<HTMLElement | null>;
  /** What `x` does with a row; it is called choosing where nothing else is said. */
  select: (id: string) => void;
  selectLabel?: string;
  selectAll?: () => void;
  selectNone?: () => void;
};

/**
 * Two ways of moving in one table. On the titles the keys are those of every list (j, k, x, o); to the right of
 * them, in the cells, arrows move and letters are written, as in a spreadsheet.
 */
export function useGridKeys(keys: GridKeys) {
  const { t } = useTranslation();
  const { ids, columns, open, openRow, close, reveal, within } = keys;
  const [cursor, setCursor] = useState<Cursor | undefined>(
    open === undefined ? undefined : { id: open, column: 0 },
  );
  const wanted = useRef<string>(undefined);
  const latest = useRef({ ids, columns, cursor });
  latest.current = { ids, columns, cursor };

  const focusCell = useCallback(
    (id: string, column: number) => {
      const name = `${id}:${column}`;
      setCursor({ id, column });
      reveal(id);
      wanted.current = name;
      const end = performance.now() + PATIENCE_MS;
      const tryFocus = () => {
        const cell = within.current?.querySelector<HTMLElement>(`[data-cell="${CSS.escape(name)}"]`);
        cell?.focus({ preventScroll: true });
        if (cell != null && document.activeElement === cell) {
          if (column > 0) cell.scrollIntoView({ block: "nearest", inline: "nearest" });
          return;
        }
        if (wanted.current === name && performance.now() < end) requestAnimationFrame(tryFocus);
      };
      tryFocus();
    },
    [reveal, within],
  );

  /** The way back from a record leads to its row. */
  const wasOpen = useRef(open);
  useEffect(() => {
    const before = wasOpen.current;
    wasOpen.current = open;
    if (open !== undefined) setCursor({ id: open, column: 0 });
    else if (before !== undefined && latest.current.ids.includes(before)) focusCell(before, 0);
  }, [open, focusCell]);

  const moveRow = useCallback(
    (by: number) => {
      const { ids, cursor } = latest.current;
      const at = cursor === undefined ? -1 : ids.indexOf(cursor.id);
      const inTable =
        document.activeElement instanceof HTMLElement && document.activeElement.dataset.cell !== undefined;
      // Nothing was chosen yet: the first key chooses the first row.
      const to =
        at < 0 ? 0 : open === undefined && !inTable ? at : Math.min(ids.length - 1, Math.max(0, at + by));
      const id = ids[to];
      if (id === undefined) return;
      if (open !== undefined) {
        setCursor({ id, column: 0 });
        reveal(id);
        openRow(id, { replace: true });
      } else focusCell(id, cursor?.column ?? 0);
    },
    [focusCell, open, openRow, reveal],
  );
  const moveColumn = useCallback(
    (by: number) => {
      const { cursor, columns } = latest.current;
      if (cursor === undefined) return;
      focusCell(cursor.id, Math.min(columns, Math.max(0, cursor.column + by)));
    },
    [focusCell],
  );

  const group = t("records.list.keys_table");
  const now = () => cursor?.id ?? ids[0];
  useShortcuts([
    { keys: "j", label: t("records.list.next"), group, run: () => moveRow(1), keyOnly: true },
    { keys: "k", label: t("records.list.previous"), group, run: () => moveRow(-1), keyOnly: true },
    {
      keys: "o",
      label: t("records.list.open"),
      group,
      keyOnly: true,
      run: () => {
        if (cursor !== undefined) openRow(cursor.id, { replace: open !== undefined });
      },
    },
    {
      keys: "x",
      label: keys.selectLabel ?? t("records.list.choose"),
      group,
      run: () => {
        const id = now();
        if (id !== undefined) keys.select(id);
      },
    },
    ...(keys.selectAll === undefined
      ? []
      : [{ keys: "* a", label: t("records.list.choose_all"), group, run: keys.selectAll }]),
    ...(keys.selectNone === undefined
      ? []
      : [{ keys: "* n", label: t("records.list.choose_none"), group, run: keys.selectNone }]),
    { keys: "Escape", label: t("records.list.close"), group, run: close, keyOnly: true },
  ]);

  const there = cursor !== undefined && ids.includes(cursor.id);
  const tabbable: Cursor | undefined = there
    ? { id: cursor.id, column: Math.min(cursor.column, columns) }
    : ids[0] === undefined
      ? undefined
      : { id: ids[0], column: 0 };
  return { cursor: there ? cursor : undefined, setCursor, tabbable, focusCell, moveRow, moveColumn };
}
