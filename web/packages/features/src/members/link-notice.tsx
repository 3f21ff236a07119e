import { Button, CopyButton } from "@mantine/core";
import { IconCheck, IconCopy, Notice } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import classes from "./members.module.css";

/** A notice colours its icons; those of a button keep the button's. */
const icon = { size: 16, style: { color: "inherit" } };

type LinkNoticeProps = { title: string; text: string; link: string; close: () => void };

/** A link that works once and is shown this once, to be handed on. */
export function LinkNotice({ title, text, link, close }: LinkNoticeProps) {
  const { t } = useTranslation();
  return (
    <Notice
      tone="ok"
      role="status"
      title={title}
      actions={
        <>
          <CopyButton value={link} timeout={3000}>
            {({ copied, copy }) => (
              <Button
                size="xs"
                leftSection={copied ? <IconCheck {...icon} /> : <IconCopy {...icon} />}
                onClick={copy}
              >
                {copied ? t("members.copied") : t("members.copy")}
              </Button>
            )}
          </CopyButton>
          <Button size="xs" variant="default" onClick={close}>
            {t("common.dismiss")}
          </Button>
        </>
      }
    >
      {text}
      <div className={classes.link} data-testid="one-time-link">
        {link}
      </div>
    </Notice>
  );
}
