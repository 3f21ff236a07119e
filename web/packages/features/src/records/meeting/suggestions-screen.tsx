/** People that one writes with and who are no contacts yet. */
import { Button, Skeleton } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import {
  Blank,
  backLinkClass,
  IconAddressBook,
  IconArrowLeft,
  IconPlug,
  Page,
  PageHeader,
  Panel,
} from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { connectionsQuery, LinkButton, ProblemState, useApi, useMe, useTitle } from "../../core";
import type { Suggestion } from "../core/next-types";
import { suggestionsQuery } from "./queries";
import { SuggestionRow } from "./suggestion-row";
import classes from "./suggestions.module.css";
import { useFirstFew } from "./use-first-few";
import { useSuggested } from "./use-suggested";

export function SuggestionsScreen() {
  const { t } = useTranslation();
  const api = useApi();
  const may = useMe()?.member.role !== "viewer";
  useTitle(t("threads.suggestions.title"));
  const query = useInfiniteQuery(suggestionsQuery(api));
  useFirstFew(query);
  const connections = useQuery(connectionsQuery(api)).data;
  const acting = useSuggested();
  const all = query.data?.pages.flatMap((page) => page.items) ?? [];
  const shown = all.filter(({ address }) => !acting.hidden.has(address));
  return (
    <Page width="62rem">
      <PageHeader
        back={
          <Link to="/contacts" className={backLinkClass}>
            <IconArrowLeft size={16} aria-hidden="true" />
            {t("records.kinds.contact")}
          </Link>
        }
        title={t("threads.suggestions.title")}
        lead={t("threads.suggestions.lead")}
      />
      {query.isPending && <Skeleton height={160} />}
      {query.isError && all.length === 0 && (
        <ProblemState error={query.error} retry={() => void query.refetch()} />
      )}
      {query.isSuccess &&
        (shown.length === 0 && !query.hasNextPage ? (
          <Panel>
            <Nobody connected={(connections?.length ?? 1) > 0} />
          </Panel>
        ) : (
          shown.length > 0 && <List shown={shown} acting={acting} may={may} />
        ))}
      {query.hasNextPage && (
        <Button
          variant="default"
          mt="md"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t("threads.suggestions.more")}
        </Button>
      )}
    </Page>
  );
}

function Nobody({ connected }: { connected: boolean }) {
  const { t } = useTranslation();
  if (!connected)
    return (
      <Blank
        icon={IconPlug}
        title={t("threads.suggestions.no_mailbox")}
        action={<LinkButton to="/connect">{t("connect.title")}</LinkButton>}
      >
        {t("threads.suggestions.no_mailbox_text")}
      </Blank>
    );
  return (
    <Blank
      icon={IconAddressBook}
      title={t("threads.suggestions.none")}
      action={
        <LinkButton to="/contacts" variant="default">
          {t("records.page.to_contacts")}
        </LinkButton>
      }
    >
      {t("threads.suggestions.none_text")}
    </Blank>
  );
}

type ListProps = { shown: Suggestion[]; acting: ReturnType<typeof useSuggested>; may: boolean };

function List({ shown, acting, may }: ListProps) {
  const { t } = useTranslation();
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const chosen = shown.filter(({ address }) => picked.has(address));
  const pick = (address: string) =>
    setPicked((now) => {
      const next = new Set(now);
      if (!next.delete(address)) next.add(address);
      return next;
    });
  const all = chosen.length === shown.length;
  return (
    <Panel flush>
      {may && (
        <div className={classes.bulk}>
          <label className={classes.all}>
            <input
              type="checkbox"
              checked={all && shown.length > 0}
              ref={(box) => {
                if (box !== null) box.indeterminate = chosen.length > 0 && !all;
              }}
              onChange={() => setPicked(all ? new Set() : new Set(shown.map(({ address }) => address)))}
            />
            {chosen.length === 0
              ? t("threads.suggestions.choose_all")
              : t("threads.suggestions.chosen", { count: chosen.length })}
          </label>
          {chosen.length > 0 && (
            <>
              <Button
                size="xs"
                loading={acting.adding !== undefined}
                onClick={() => void acting.addAll(chosen).then(() => setPicked(new Set()))}
              >
                {t("threads.suggestions.add_many", { count: chosen.length })}
              </Button>
              <Button size="xs" variant="default" onClick={() => acting.never(chosen)}>
                {t("threads.suggestions.never")}
              </Button>
            </>
          )}
          <span role="status" className={classes.progress}>
            {acting.adding !== undefined &&
              t("threads.suggestions.adding", { done: acting.adding.done, of: acting.adding.of })}
          </span>
        </div>
      )}
      <ul className={classes.list} aria-label={t("threads.suggestions.title")}>
        {shown.map((one) => (
          <SuggestionRow
            key={one.address}
            one={one}
            picked={picked.has(one.address)}
            pick={() => pick(one.address)}
            acting={acting}
            may={may}
          />
        ))}
      </ul>
    </Panel>
  );
}
