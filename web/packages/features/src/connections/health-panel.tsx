import { Button, Skeleton } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type Connection, type Health, type Quota, send } from "@tenon/api-client";
import {
  Facts,
  IconAlertTriangle,
  IconCheck,
  IconClock,
  IconRefresh,
  Panel,
  ProgressBar,
  useToast,
} from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { type Format, healthQuery, ProblemState, useApi, useFormat, useProblemText } from "../core";
import classes from "./connections.module.css";

type Translate = ReturnType<typeof useTranslation>["t"];

/** The proof that the mailbox is complete here: listed, stored, skipped and why. */
export function HealthPanel({ connection }: { connection: Connection }) {
  const { t } = useTranslation();
  const api = useApi();
  const toast = useToast();
  const problemText = useProblemText();
  const health = useQuery({ ...healthQuery(api, connection.id), enabled: connection.mailbox != null });
  const check = useMutation({
    mutationFn: () =>
      send(api.POST("/api/v1/connections/{id}/sync", { params: { path: { id: connection.id } } })),
    onSuccess: () => toast(t("health.checking")),
    onError: (error) => toast(problemText(error), "danger"),
  });
  if (connection.mailbox == null) return null;
  return (
    <Panel
      title={t("health.title")}
      aside={
        connection.status === "active" && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={14} />}
            loading={check.isPending}
            onClick={() => check.mutate()}
          >
            {t("health.check_now")}
          </Button>
        )
      }
    >
      {health.isPending && (
        <div aria-busy="true">
          <Skeleton height={20} width="70%" mb="lg" />
          <Skeleton height={150} />
        </div>
      )}
      {health.isError && <ProblemState error={health.error} retry={() => void health.refetch()} />}
      {health.data !== undefined && <HealthDetails health={health.data} />}
    </Panel>
  );
}

function HealthDetails({ health }: { health: Health }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      <Proof health={health} />
      <dl className={`${classes.figures} ${classes.four}`}>
        {(["listed", "stored", "skipped", "gone"] as const).map((what) => (
          <div key={what} className={classes.figure}>
            <dt>{t(`health.${what}`)}</dt>
            <dd>{format.number(health[what])}</dd>
          </div>
        ))}
      </dl>
      <h3 className={classes.sub2}>{t("health.freshness")}</h3>
      <Facts entries={freshness(t, format, health)} />
      <h3 className={classes.sub2}>{t("push.title")}</h3>
      <PushFacts push={health.push} />
      <h3 className={classes.sub2}>{t("health.quota")}</h3>
      <Allowance quota={health.quota} />
      <SkippedTable health={health} />
      <RunsTable health={health} />
    </>
  );
}

/** What the provider allows a minute; both null and 0 say that there is no limit. */
function Allowance({ quota }: { quota: Quota }) {
  const { t } = useTranslation();
  const format = useFormat();
  const used = format.number(quota.used_last_minute);
  const limit = quota.units_per_minute === 0 ? null : quota.units_per_minute;
  return (
    <>
      {limit !== null && (
        <ProgressBar value={(100 * quota.used_last_minute) / limit} label={t("health.quota")} />
      )}
      <p className={`${classes.progressText} tn-tabular`}>
        {limit === null
          ? t("health.quota_unlimited", { count: quota.used_last_minute, used })
          : t("health.quota_text", {
              used,
              limit: format.number(limit),
              reserve: format.number(quota.reserve),
            })}
        {quota.refused_last_hour > 0 && ` ${t("health.quota_refused", { count: quota.refused_last_hour })}`}
      </p>
    </>
  );
}

function Proof({ health }: { health: Health }) {
  const { t } = useTranslation();
  const format = useFormat();
  const numbers = { stored: format.number(health.stored), listed: format.number(health.listed) };
  if (health.complete) {
    return (
      <p className={classes.proof} data-tone="ok">
        <IconCheck size={20} />
        {health.skipped === 0
          ? t("health.complete", numbers)
          : t("health.complete_skipped", {
              ...numbers,
              count: health.skipped,
              skipped: format.number(health.skipped),
            })}
      </p>
    );
  }
  if (health.state === "stalled" || health.state === "parked") {
    return (
      <p className={classes.proof} data-tone="warn">
        <IconAlertTriangle size={20} />
        {health.reason_text ?? t("health.stopped", numbers)}
      </p>
    );
  }
  return (
    <p className={classes.proof}>
      <IconClock size={20} />
      {health.since == null
        ? t("health.incomplete", {
            stored: numbers.stored,
            total: format.number(Math.max(health.listed, health.provider_total ?? 0)),
          })
        : t("health.incomplete_box", { stored: numbers.stored, since: format.medium(health.since) })}
    </p>
  );
}

/** Whether the provider announces new mail, or it is asked for by the minute. */
function PushFacts({ push }: { push: Health["push"] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const entries: Array<[string, string | undefined]> = [
    [t("push.last"), push.last_push_at == null ? t("push.none") : format.ago(push.last_push_at)],
    [t("push.renewed"), push.renewed_at == null ? t("health.never") : format.ago(push.renewed_at)],
    [t("push.next"), push.next_renewal_at == null ? undefined : format.ago(push.next_renewal_at)],
    [t("push.ends"), push.expires_at == null ? undefined : format.ago(push.expires_at)],
  ];
  return (
    <>
      <p className={classes.proof} data-tone={push.alarm ? "warn" : push.state === "live" ? "ok" : undefined}>
        {push.alarm ? (
          <IconAlertTriangle size={20} />
        ) : push.state === "live" ? (
          <IconCheck size={20} />
        ) : (
          <IconClock size={20} />
        )}
        {push.reason_text ?? t(`push.state.${push.state}`)}
      </p>
      {push.state !== "off" && <Facts entries={entries} />}
    </>
  );
}

function freshness(t: Translate, format: Format, health: Health): Array<[string, string | undefined]> {
  const since = (seconds: number | null | undefined) =>
    seconds == null ? undefined : format.duration(seconds);
  return [
    [
      t("health.provider_total"),
      health.provider_total == null ? undefined : format.number(health.provider_total),
    ],
    [t("health.since"), health.since == null ? undefined : format.medium(health.since)],
    [t("health.lag"), since(health.lag_seconds)],
    [
      t("health.last_sync"),
      health.last_sync_at == null ? t("health.never") : format.ago(health.last_sync_at),
    ],
    [t("health.next_sync"), health.next_sync_at == null ? undefined : format.ago(health.next_sync_at)],
    [t("health.cursor_age"), since(health.cursor_age_seconds)],
  ];
}

function SkippedTable({ health }: { health: Health }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (health.skipped_items.length === 0) return null;
  return (
    <>
      <h3 className={classes.sub2} id="skipped">
        {t("health.skipped_title")}
      </h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-labelledby="skipped">
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t("health.message")}</th>
              <th scope="col">{t("health.why")}</th>
              <th scope="col">{t("health.when")}</th>
            </tr>
          </thead>
          <tbody>
            {health.skipped_items.map((item) => (
              <tr key={item.provider_id}>
                <td className={classes.mono}>{item.provider_id}</td>
                <td>{item.reason_text}</td>
                <td className={classes.nowrap}>{format.medium(item.at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

const OUTCOMES = ["ok", "running", "failed", "interrupted"] as const;
type Outcome = (typeof OUTCOMES)[number];
const isOutcome = (outcome: string): outcome is Outcome => (OUTCOMES as readonly string[]).includes(outcome);

function RunsTable({ health }: { health: Health }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (health.runs.length === 0) return null;
  return (
    <>
      <h3 className={classes.sub2} id="runs">
        {t("health.runs")}
      </h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-labelledby="runs">
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t("health.run_kind")}</th>
              <th scope="col">{t("health.when")}</th>
              <th scope="col">{t("health.outcome")}</th>
              <th scope="col" className={classes.number}>
                {t("health.added")}
              </th>
              <th scope="col" className={classes.number}>
                {t("health.changed")}
              </th>
              <th scope="col" className={classes.number}>
                {t("health.removed")}
              </th>
            </tr>
          </thead>
          <tbody>
            {health.runs.map((run) => (
              <tr key={`${run.kind} ${run.started_at}`}>
                <td className={classes.nowrap}>{t(`health.run.${run.kind}`)}</td>
                <td className={classes.nowrap}>{format.medium(run.started_at)}</td>
                <td>{isOutcome(run.outcome) ? t(`health.outcomes.${run.outcome}`) : run.outcome}</td>
                <td className={classes.number}>{format.number(run.added)}</td>
                <td className={classes.number}>{format.number(run.changed)}</td>
                <td className={classes.number}>{format.number(run.removed)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
