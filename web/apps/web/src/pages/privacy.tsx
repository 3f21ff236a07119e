import { Link } from "@tanstack/react-router";
import { PrivacyScreen } from "@tenon/features/privacy";
import { backLinkClass, IconChevronLeft } from "@tenon/ui";
import { useTranslation } from "react-i18next";

export function PrivacyPage() {
  const { t } = useTranslation();
  return (
    <main id="main" tabIndex={-1} style={{ height: "100dvh" }}>
      <PrivacyScreen
        back={
          <Link to="/" className={backLinkClass}>
            <IconChevronLeft size={16} />
            {t("nav.back")}
          </Link>
        }
      />
    </main>
  );
}
