import { Button, Skeleton } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { AuditActionName, AuditEntry } from "@tenon/api-client";
import { Blank, backLinkClass, IconChevronLeft, IconHistory, IconLock, Page, PageHeader } from "@tenon/ui";
import { useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import {
  auditActionsQuery,
  auditQuery,
  managesWorkspace,
  ProblemNotice,
  ProblemState,
  providersQuery,
  signInWaysQuery,
  useApi,
  useFormat,
  useLocale,
  useMe,
  useTitle,
} from "../core";
import classes from "./audit.module.css";
import { CheckpointPanel } from "./checkpoint-panel";
import { Entries } from "./entries";
import { type AuditSearch, actionsOf, Filters, GROUPS } from "./filters";
import { isBackwards, rangeOf } from "./period";
import type { Telling } from "./sentences";

type AuditScreenProps = { search: AuditSearch; setSearch: (search: AuditSearch) => void };

/** What was done in the workspace that concerns its safety; for those who answer for it. */
export function AuditScreen({ search, setSearch }: AuditScreenProps) {
  const { t } = useTranslation();
  const me = useMe();
  useTitle(t("audit.title"));
  return (
    <Page>
      <PageHeader
        title={t("audit.title")}
        lead={t("audit.lead")}
        back={
          <Link to="/settings" className={backLinkClass}>
            <IconChevronLeft size={16} />
            {t("nav.settings")}
          </Link>
        }
      />
      {me !== undefined && managesWorkspace(me) ? (
        <Log search={search} setSearch={setSearch} />
      ) : (
        <Blank icon={IconLock} title={t("audit.not_yours_title")}>
          {t("audit.not_yours")}
        </Blank>
      )}
    </Page>
  );
}

const NO_ACTIONS: AuditActionName[] = [];

function Log({ search, setSearch }: AuditScreenProps) {
  const { t } = useTranslation();
  const api = useApi();
  const locale = useLocale();
  const telling = useTelling();
  const list = useRef<HTMLDivElement>(null);
  const known = useQuery(auditActionsQuery(api, locale));
  const actions = known.data ?? NO_ACTIONS;
  const filter = useFilter(search, actions);
  // A whole group can be asked for only when it is known what is in it.
  const waits = GROUPS.some((group) => group === search.action) && known.data === undefined;
  const log = useInfiniteQuery({
    ...auditQuery(api, filter, locale),
    enabled: !waits && !isBackwards(search),
    placeholderData: keepPreviousData,
  });
  const entries = log.data?.pages.flatMap(({ items }) => items) ?? [];
  const error = log.error ?? (waits ? known.error : null);
  const filtered = Object.values(search).some((value) => value !== undefined);
  const showMore = async () => {
    const { data } = await log.fetchNextPage();
    const first = data?.pages.at(-1)?.items[0];
    // What was asked for is where the keyboard and the screen reader go on.
    if (first !== undefined)
      requestAnimationFrame(() =>
        list.current?.querySelector<HTMLElement>(`[data-entry="${first.seq}"]`)?.focus(),
      );
  };
  return (
    <>
      <Filters search={search} setSearch={setSearch} actions={actions} />
      <p className="tn-sr-only" role="status">
        {log.isSuccess && !log.isPlaceholderData && t("audit.shown", { count: entries.length })}
      </p>
      {error !== null && log.data === undefined ? (
        <ProblemState error={error} retry={() => void (waits ? known : log).refetch()} />
      ) : log.data === undefined ? (
        <LogSkeleton />
      ) : (
        <div ref={list} data-stale={log.isPlaceholderData || undefined} className={classes.log}>
          {error !== null && <ProblemNotice error={error} title={t("audit.more_failed")} />}
          <Entries entries={entries} telling={telling} groups={groupsOf(actions)} />
          {entries.length === 0 && <Nothing filtered={filtered} clear={() => setSearch({})} />}
          {log.hasNextPage && (
            <div className={classes.older}>
              <Button variant="default" loading={log.isFetchingNextPage} onClick={() => void showMore()}>
                {t("audit.older")}
              </Button>
            </div>
          )}
          {entries.length > 0 && !log.hasNextPage && (
            <p className={classes.end}>{isBeginning(entries) ? t("audit.beginning") : t("audit.end")}</p>
          )}
        </div>
      )}
      <CheckpointPanel />
    </>
  );
}

const groupsOf = (actions: AuditActionName[]) => new Map(actions.map(({ action, group }) => [action, group]));
const isBeginning = (entries: AuditEntry[]) => entries.at(-1)?.seq === 1;

function useFilter(search: AuditSearch, actions: AuditActionName[]) {
  const zone = useMe()?.member.time_zone;
  const { action, member, period, from, to } = search;
  // The last day ends when it is asked for, not anew with every stroke.
  return useMemo(() => {
    const words = actionsOf(action, actions);
    return {
      ...(words === undefined ? {} : { action: words }),
      ...(member === undefined ? {} : { member }),
      ...rangeOf({ period, from, to }, zone, Date.now()),
    };
  }, [action, actions, member, period, from, to, zone]);
}

/** The names that the server has for what stands in the entries as words. */
function useTelling(): Telling {
  const { t } = useTranslation();
  const api = useApi();
  const format = useFormat();
  const locale = useLocale();
  const providers = useQuery(providersQuery(api, locale)).data;
  const issuers = useQuery(signInWaysQuery(api)).data?.issuers;
  return useMemo(() => {
    const features = providers?.flatMap((provider) => provider.features) ?? [];
    const named = (all: ReadonlyArray<{ id: string; name: string }> | undefined) => (id: string) =>
      all?.find((one) => one.id === id)?.name ?? id;
    const issuer = (name: string) => issuers?.find((one) => one.name === name)?.label ?? name;
    return {
      t,
      format,
      locale,
      names: { provider: named(providers), feature: named(features), issuer },
    };
  }, [t, format, locale, providers, issuers]);
}

function Nothing({ filtered, clear }: { filtered: boolean; clear: () => void }) {
  const { t } = useTranslation();
  return (
    <Blank
      icon={IconHistory}
      title={filtered ? t("audit.nothing_title") : t("audit.empty_title")}
      action={
        filtered ? (
          <Button variant="default" onClick={clear}>
            {t("audit.clear")}
          </Button>
        ) : undefined
      }
    >
      {filtered ? t("audit.nothing") : t("audit.empty")}
    </Blank>
  );
}

function LogSkeleton() {
  return (
    <div aria-busy="true">
      {[220, 160].map((height) => (
        <Skeleton key={height} height={height} radius="lg" mb="lg" />
      ))}
    </div>
  );
}
