import { Button } from "@mantine/core";
import { Notice } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./composer.module.css";

type ConflictNoticeProps = {
  /** *Send* was pressed. */
  sending: boolean;
  /** Shows what stands elsewhere in place of this text. */
  look: () => Promise<void>;
  /** Puts this text in the place of what stands elsewhere, and sends it where that was wanted. */
  keep: () => void;
};

/** The draft was changed elsewhere: nobody's text goes away before the person has chosen. */
export function ConflictNotice({ sending, look, keep }: ConflictNoticeProps) {
  const { t } = useTranslation();
  const [looking, setLooking] = useState(false);
  return (
    <div className={classes.notice}>
      <Notice
        tone="warn"
        role="alert"
        title={t("compose.conflict.title")}
        actions={
          <>
            <Button
              size="xs"
              loading={looking}
              onClick={() => {
                setLooking(true);
                void look().finally(() => setLooking(false));
              }}
            >
              {t("compose.conflict.look")}
            </Button>
            <Button size="xs" variant="default" onClick={keep}>
              {t(sending ? "compose.conflict.send_mine" : "compose.conflict.keep_mine")}
            </Button>
          </>
        }
      >
        {t(sending ? "compose.conflict.not_sent" : "compose.conflict.not_saved")}
      </Notice>
    </div>
  );
}
