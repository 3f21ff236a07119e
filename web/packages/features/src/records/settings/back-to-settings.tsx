import { Link } from "@tanstack/react-router";
import { backLinkClass, IconChevronLeft } from "@tenon/ui";
import { useTranslation } from "react-i18next";

export function BackToSettings() {
  const { t } = useTranslation();
  return (
    <Link to="/settings" className={backLinkClass}>
      <IconChevronLeft size={16} />
      {t("nav.settings")}
    </Link>
  );
}
