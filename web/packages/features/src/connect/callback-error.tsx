import { Button } from "@mantine/core";
import { Notice } from "@tenon/ui";
import { useTranslation } from "react-i18next";

const CODES = [
  "access_denied",
  "admin_policy",
  "state_invalid",
  "flow_expired",
  "exchange_failed",
  "no_refresh_token",
  "wrong_account",
  "already_connected",
  "provider_unavailable",
] as const;
type Code = (typeof CODES)[number];

const isCode = (code: string): code is Code => (CODES as readonly string[]).includes(code);

/** What went wrong on the way back from the provider, and what to do about it. */
export function CallbackError({ code, dismiss }: { code: string; dismiss: () => void }) {
  const { t } = useTranslation();
  const known = isCode(code) ? code : "unknown";
  return (
    <Notice
      tone={code === "access_denied" ? "warn" : "danger"}
      role="alert"
      title={t(`connect.error.${known}.title`)}
      actions={
        <Button size="xs" variant="default" onClick={dismiss}>
          {t("common.dismiss")}
        </Button>
      }
    >
      {t(`connect.error.${known}.text`)}
    </Notice>
  );
}
