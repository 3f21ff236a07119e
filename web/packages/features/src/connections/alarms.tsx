import { useQuery } from "@tanstack/react-query";
import { Notice } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { alarmsQuery, useApi, useFormat, useMe } from "../core";

/** What the provider refuses this server for: owners and administrators see it, for they can have it mended. */
export function Alarms() {
  const { t } = useTranslation();
  const api = useApi();
  const format = useFormat();
  const role = useMe()?.member.role;
  const alarms = useQuery({ ...alarmsQuery(api), enabled: role === "owner" || role === "admin" });
  return alarms.data?.map(({ code, provider, text, since, last_at }) => (
    <Notice key={`${code} ${provider}`} tone="danger" title={t("connections.alarm.title")}>
      {text} {t("connections.alarm.since", { since: format.medium(since), last: format.ago(last_at) })}
    </Notice>
  ));
}
