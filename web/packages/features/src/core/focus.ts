import { useEffect } from "react";
import { useTranslation } from "react-i18next";

/** Sets the tab's title; `undefined` while the name of the thing is still loading. */
export function useTitle(title: string | undefined): void {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = title === undefined ? t("app.name") : `${title} · ${t("app.name")}`;
  }, [title, t]);
}
