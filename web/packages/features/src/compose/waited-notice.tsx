import { Button } from "@mantine/core";
import type { SendAt } from "@tenon/api-client";
import { IconClock, Notice } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { useHourText } from "../send-times";
import type { Waited } from "./begin";
import classes from "./composer.module.css";

type WaitedNoticeProps = { waited: Waited; again: (at: SendAt) => void };

/** The message was taken out of the schedule: it goes only when the person says so once more. */
export function WaitedNotice({ waited, again }: WaitedNoticeProps) {
  const { t } = useTranslation();
  const hourText = useHourText();
  const hour = hourText(waited.sendAt, waited.at.time_zone);
  const ahead = Date.parse(waited.sendAt) > Date.now();
  return (
    <div className={classes.notice}>
      <Notice
        role="status"
        icon={IconClock}
        title={t("scheduling.waited", { hour })}
        actions={
          ahead && (
            <Button size="xs" variant="default" onClick={() => again(waited.at)}>
              {t("scheduling.same_hour")}
            </Button>
          )
        }
      >
        {t("scheduling.waits_no_more")}
      </Notice>
    </div>
  );
}
