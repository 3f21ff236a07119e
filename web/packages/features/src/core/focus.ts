import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

/** Sets the tab's title; `undefined` while the name of the thing is still loading. */
export function useTitle(title: string | undefined): void {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = title === undefined ? t("app.name") : `${title} · ${t("app.name")}`;
  }, [title, t]);
}

/** For a dialog that is taken away when it closes: the keyboard goes back to where it was. */
export function useFocusBack(): void {
  const [back] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      setTimeout(() => {
        const lost = document.activeElement === null || document.activeElement === document.body;
        if (lost && back instanceof HTMLElement && back.isConnected) back.focus();
      }, 0);
    },
    [back],
  );
}
