import { CloseButton } from "@mantine/core";
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import classes from "./toast.module.css";

type Tone = "neutral" | "danger";

export type ToastOptions = {
  tone?: Tone;
  /** One thing to do about it: *Undo*, *Try again*. */
  action?: { label: string; run: () => void };
  /** How long it stays; what can be undone stays as long as it can be. */
  shownMs?: number;
  /** A later toast with the same key takes this one's place. */
  key?: string;
};
type Toast = ToastOptions & { id: number; text: string; tone: Tone };
export type ShowToast = (text: string, options?: Tone | ToastOptions) => () => void;

const ToastContext = createContext<ShowToast>(() => () => undefined);

/** Shows a short confirmation that a screen reader also hears; the answer takes it away again. */
export const useToast = (): ShowToast => useContext(ToastContext);

const SHOWN_MS = 6000;
const MOST = 3;

export function Toaster({ closeLabel, children }: { closeLabel: string; children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const counter = useRef(0);
  const close = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const show = useCallback<ShowToast>(
    (text, options = {}) => {
      counter.current += 1;
      const id = counter.current;
      const given = typeof options === "string" ? { tone: options } : options;
      const toast: Toast = { tone: "neutral", ...given, id, text };
      setToasts((all) => {
        const others = all.filter((other) => toast.key === undefined || other.key !== toast.key);
        return [...others.slice(1 - MOST), toast];
      });
      return () => close(id);
    },
    [close],
  );
  const context = useMemo(() => show, [show]);
  return (
    <ToastContext.Provider value={context}>
      {children}
      <div className={classes.region} role="status" aria-live="polite" data-no-print>
        {toasts.map((toast) => (
          <ToastBox key={toast.id} toast={toast} closeLabel={closeLabel} close={close} />
        ))}
      </div>
    </ToastContext.Provider>
  );
}

type ToastBoxProps = { toast: Toast; closeLabel: string; close: (id: number) => void };

/** Stays while the pointer or the keyboard is on it: nobody loses an *Undo* by reaching for it. */
function ToastBox({ toast, closeLabel, close }: ToastBoxProps) {
  const [held, setHeld] = useState(false);
  const { id, shownMs = SHOWN_MS, action } = toast;
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => close(id), shownMs);
    return () => clearTimeout(timer);
  }, [held, id, shownMs, close]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only holds the timer
    <div
      className={classes.toast}
      data-toast
      data-tone={toast.tone}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span className={classes.text}>{toast.text}</span>
      {action !== undefined && (
        <button
          type="button"
          className={classes.action}
          onClick={() => {
            close(id);
            action.run();
          }}
        >
          {action.label}
        </button>
      )}
      <CloseButton size="sm" aria-label={closeLabel} onClick={() => close(id)} />
    </div>
  );
}
