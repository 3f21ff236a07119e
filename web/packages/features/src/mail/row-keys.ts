import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useShortcuts } from "../keyboard";

/** So long a row may take until it is there. */
const PATIENCE_MS = 2000;

type RowKeys = {
  /** The rows in order. */
  ids: string[];
  /** The row whose conversation is open. */
  open: string | undefined;
  openRow: (id: string, options: { replace: boolean }) => void;
  close: () => void;
  /** Scrolls a row into view; it may not be drawn yet. */
  reveal: (id: string) => void;
  /** What holds the rows. */
  within: RefObject<HTMLElement | null>;
  /** What Escape does; closes where nothing is said. */
  onEscape?: () => void;
};

type Rows = {
  /** The row that the keys are at. */
  active: string | undefined;
  setActive: (id: string | undefined) => void;
  focusRow: (id: string) => void;
  /** The row in the tab order. */
  tabbable: string | undefined;
};

/** j, k, Enter, u and Escape in a list of conversations. */
export function useRowKeys({ ids, open, openRow, close, reveal, within, onEscape }: RowKeys): Rows {
  const { t } = useTranslation();
  const [active, setActive] = useState<string | undefined>(open);
  const wanted = useRef<string>(undefined);

  const focusRow = useCallback(
    (id: string) => {
      if (!ids.includes(id)) return;
      setActive(id);
      reveal(id);
      wanted.current = id;
      const end = performance.now() + PATIENCE_MS;
      const tryFocus = () => {
        const row = within.current?.querySelector<HTMLElement>(`[data-thread="${CSS.escape(id)}"]`);
        // It may not be drawn yet, or still be fading in: on a phone behind the conversation that closes. What is
        // hidden loses the keyboard again.
        const seen = row != null && getComputedStyle(row).visibility === "visible";
        if (seen) row.focus({ preventScroll: true });
        const done = seen && document.activeElement === row;
        const waits = !done && wanted.current === id && performance.now() < end;
        if (waits) requestAnimationFrame(tryFocus);
      };
      tryFocus();
    },
    [ids, reveal, within],
  );

  // On the way back from a thread the keyboard is where it was.
  const wasOpen = useRef(open);
  useEffect(() => {
    const before = wasOpen.current;
    wasOpen.current = open;
    if (open !== undefined) setActive(open);
    else if (before !== undefined) focusRow(before);
  }, [open, focusRow]);

  const move = (by: 1 | -1) => {
    if (ids.length === 0) return;
    const at = active === undefined ? -1 : ids.indexOf(active);
    const shown = at < 0 ? ids[0] : ids[Math.min(ids.length - 1, Math.max(0, at + by))];
    // Nothing was chosen yet: the first key chooses the first row.
    const inList =
      document.activeElement instanceof HTMLElement && document.activeElement.dataset.thread !== undefined;
    const target = open === undefined && !inList ? (ids[at] ?? ids[0]) : shown;
    if (target === undefined) return;
    if (open !== undefined) {
      setActive(target);
      reveal(target);
      openRow(target, { replace: true });
    } else {
      focusRow(target);
    }
  };

  const group = t("keys.group.list");
  useShortcuts([
    { keys: "j", label: t("keys.next"), group, run: () => move(1), keyOnly: true },
    { keys: "k", label: t("keys.previous"), group, run: () => move(-1), keyOnly: true },
    {
      keys: "Enter",
      label: t("keys.open"),
      group,
      run: () => {
        if (active !== undefined && open === undefined) openRow(active, { replace: false });
      },
      keyOnly: true,
    },
    { keys: "u", label: t("keys.back"), group, run: close, keyOnly: true },
    { keys: "Escape", label: t("keys.close"), group, run: onEscape ?? close, keyOnly: true },
  ]);

  const tabbable = active !== undefined && ids.includes(active) ? active : ids[0];
  return { active, setActive, focusRow, tabbable };
}
