import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconExternalLink } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { connectionQuery, useApi } from "../core";

/** Leads to the drafts of this mailbox in Gmail; nothing where the mailbox is elsewhere. */
export function GmailLink({ connection }: { connection: string }) {
  const { t } = useTranslation();
  const api = useApi();
  const { data } = useQuery(connectionQuery(api, connection));
  if (data === undefined || data.provider !== "google") return null;
  return (
    <Button
      component="a"
      variant="default"
      href={`https://mail.google.com/mail/?authuser=${encodeURIComponent(data.address)}#drafts`}
      target="_blank"
      rel="noreferrer"
      rightSection={<IconExternalLink size={14} />}
    >
      {t("compose.open_in_gmail")}
    </Button>
  );
}
