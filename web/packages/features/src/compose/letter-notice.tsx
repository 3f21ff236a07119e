import { Link } from "@tanstack/react-router";
import { IconMailForward, Notice } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import classes from "./composer.module.css";

/** The draft is the letter of a mail merge, which is where its people are. */
export function LetterNotice({ merge }: { merge: string }) {
  const { t } = useTranslation();
  return (
    <div className={classes.notice}>
      <Notice
        role="status"
        icon={IconMailForward}
        actions={
          <Link to="/mail-merges/$id" params={{ id: merge }}>
            {t("compose.mail_merge.look")}
          </Link>
        }
      >
        {t("compose.mail_merge.letter")}
      </Notice>
    </div>
  );
}
