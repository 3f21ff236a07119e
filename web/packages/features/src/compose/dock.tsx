import { useMediaQuery } from "@mantine/hooks";
import { type Dispatch, type SetStateAction, useEffect, useRef } from "react";
import type { ComposeWindow } from "./compose";
import classes from "./composer.module.css";
import { ComposerWindow } from "./composer-window";

type DockProps = { windows: ComposeWindow[]; setWindows: Dispatch<SetStateAction<ComposeWindow[]>> };

/** Composers side by side at the foot of the page; on phones the newest covers the screen. */
export default function Dock({ windows, setWindows }: DockProps) {
  const phone = useMediaQuery("(max-width: 47.99em)", undefined, { getInitialValueInEffect: false }) === true;
  const before = useRef<Element | null>(document.activeElement);
  const count = windows.length;
  useEffect(
    () => () => {
      // The last one closed: the keyboard goes back to where it was.
      if (count !== 1) return;
      const back = before.current;
      if (back instanceof HTMLElement && back.isConnected && back !== document.body) back.focus();
      else document.querySelector<HTMLElement>("[data-page-title]")?.focus();
    },
    [count],
  );
  const top = windows.at(-1)?.key;
  return (
    <div className={classes.dock} data-no-print>
      {windows.map((window) => (
        <ComposerWindow
          key={window.key}
          window={window}
          phone={phone}
          hidden={phone && window.key !== top}
          close={() => setWindows((all) => all.filter((one) => one.key !== window.key))}
          setSmall={(small) =>
            setWindows((all) => all.map((one) => (one.key === window.key ? { ...one, small } : one)))
          }
        />
      ))}
    </div>
  );
}
