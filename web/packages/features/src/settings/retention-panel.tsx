import { Button, NumberInput, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type MailRetention, send } from "@tenon/api-client";
import { Facts, Panel, useToast } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keys, ProblemNotice, ProblemState, retentionQuery, useApi, useFormat, useMe } from "../core";
import classes from "./settings.module.css";

/** How long senders, subjects and dates of mail are kept; older mail is found by the provider's search. */
export function RetentionPanel() {
  const { t } = useTranslation();
  const api = useApi();
  const retention = useQuery(retentionQuery(api));
  return (
    <Panel title={t("retention.title")} lead={t("retention.lead")}>
      {retention.isPending && <Skeleton height={80} />}
      {retention.isError && <ProblemState error={retention.error} retry={() => void retention.refetch()} />}
      {retention.data !== undefined && <Details retention={retention.data} />}
    </Panel>
  );
}

/** What a server keeps unless it is told otherwise. */
const STANDARD_DAYS = 180;

/** Who has decided it: the workspace, whoever runs the server, or nobody. */
function useReason({ mail_days, default_days }: MailRetention): string {
  const { t } = useTranslation();
  const me = useMe();
  const standard = t("retention.days", { count: STANDARD_DAYS });
  if (mail_days !== default_days) {
    const days =
      default_days === null ? t("retention.no_limit") : t("retention.days", { count: default_days });
    return t("retention.chosen", { days });
  }
  if (mail_days === STANDARD_DAYS) return t("retention.standard");
  if (mail_days !== null) return t("retention.by_server", { standard });
  return me?.server.demo === true
    ? t("retention.by_demo", { standard })
    : t("retention.by_server_no_limit", { standard });
}

function Details({ retention }: { retention: MailRetention }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reason = useReason(retention);
  return (
    <>
      <Facts
        entries={[
          [
            t("retention.kept"),
            <>
              <span>
                {retention.mail_days === null
                  ? t("retention.for_ever")
                  : t("retention.days", { count: retention.mail_days })}
              </span>
              <div className={classes.rowNote}>{reason}</div>
            </>,
          ],
          [t("retention.since"), retention.since == null ? undefined : format.medium(retention.since)],
          [t("retention.messages"), format.number(retention.messages)],
          [t("retention.due"), retention.since == null ? undefined : format.number(retention.due)],
          [t("retention.purged"), format.number(retention.purged)],
          [
            t("retention.next"),
            retention.next_purge_at == null ? undefined : format.medium(retention.next_purge_at),
          ],
        ]}
      />
      {retention.may_change && <Change retention={retention} />}
    </>
  );
}

function Change({ retention }: { retention: MailRetention }) {
  const { t } = useTranslation();
  const api = useApi();
  const toast = useToast();
  const client = useQueryClient();
  const [days, setDays] = useState<number | string>(retention.mail_days ?? STANDARD_DAYS);
  const change = useMutation({
    mutationFn: (mail_days: number) => send(api.PUT("/api/v1/retention", { body: { mail_days } })),
    onSuccess: (now) => {
      client.setQueryData(keys.retention, now);
      toast(t("settings.saved"));
    },
  });
  const wanted = typeof days === "number" && days >= 1 && days <= 3650 ? days : undefined;
  return (
    <form
      className={`${classes.form} ${classes.below}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (wanted !== undefined) change.mutate(wanted);
      }}
    >
      {change.error !== null && <ProblemNotice error={change.error} />}
      <NumberInput
        label={t("retention.change")}
        description={t("retention.change_hint")}
        value={days}
        onChange={setDays}
        min={1}
        max={3650}
        allowDecimal={false}
      />
      <div className={classes.actions}>
        <Button
          type="submit"
          loading={change.isPending}
          disabled={wanted === undefined || wanted === retention.mail_days}
        >
          {t("common.save")}
        </Button>
      </div>
    </form>
  );
}
