import { Button } from "@mantine/core";
import { Notice } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import classes from "./composer.module.css";

/** No answer to *Send*: nothing is claimed of it, and nothing can be changed before it is known. */
export function AskingNotice({ ask }: { ask: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={classes.notice}>
      <Notice
        tone="warn"
        role="alert"
        title={t("compose.asking.title")}
        actions={
          <Button size="xs" variant="default" onClick={ask}>
            {t("compose.asking.now")}
          </Button>
        }
      >
        {t("compose.asking.text")}
      </Notice>
    </div>
  );
}
