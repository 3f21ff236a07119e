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

type Toast = { id: number; text: string; tone: "neutral" | "danger" };
type Show = (text: string, tone?: Toast["tone"]) => void;

const ToastContext = createContext<Show>(() => undefined);

/** Shows a short confirmation that a screen reader also hears. */
export const useToast = (): Show => useContext(ToastContext);

const SHOWN_MS = 6000;

export function Toaster({ closeLabel, children }: { closeLabel: string; children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const counter = useRef(0);
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>());

  const close = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const show = useCallback<Show>(
    (text, tone = "neutral") => {
      counter.current += 1;
      const id = counter.current;
      setToasts((all) => [...all.slice(-2), { id, text, tone }]);
      const timer = setTimeout(() => {
        timers.current.delete(timer);
        close(id);
      }, SHOWN_MS);
      timers.current.add(timer);
    },
    [close],
  );

  useEffect(() => {
    const pending = timers.current;
    return () => {
      for (const timer of pending) clearTimeout(timer);
    };
  }, []);

  const context = useMemo(() => show, [show]);
  return (
    <ToastContext.Provider value={context}>
      {children}
      <div className={classes.region} role="status" aria-live="polite" data-no-print>
        {toasts.map((toast) => (
          <div key={toast.id} className={classes.toast} data-tone={toast.tone}>
            <span>{toast.text}</span>
            <CloseButton size="sm" aria-label={closeLabel} onClick={() => close(toast.id)} />
          </div>
        ))}
      </div>
    </ToastContext.Provider>
  );
}
