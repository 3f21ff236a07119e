import { Button, Skeleton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { Send } from "@tenon/api-client";
import { Blank, IconOutbound, Page, PageHeader, Panel } from "@tenon/ui";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemState, plain, sendsQuery, useApi, useTitle } from "../core";
import { isNewer, useAttention } from "./attention";
import classes from "./outbox.module.css";
import { Doubt, Row, State } from "./outbox-parts";

/** All in one state, once each. */
function together(own: Send[], listed: Send[], state: Send["state"]): Send[] {
  const all = [...own, ...listed.filter((one) => one.state === state)];
  return [...new Map(all.map((one) => [one.id, one])).values()];
}

/** What was sent, what waits, and what only a person can decide: that is first, however old it is. */
export function OutboxScreen() {
  const { t } = useTranslation();
  const api = useApi();
  const sends = useInfiniteQuery(sendsQuery(api));
  const { doubtful, refused, seen, markSeen } = useAttention();
  // What is new stays where it is while one looks at it.
  const [before] = useState(seen);
  useTitle(t("outbox.title"));
  useEffect(() => markSeen(refused), [markSeen, refused]);

  const listed = sends.data?.pages.flatMap(({ items }) => items) ?? [];
  // Whichever answer comes first: nothing jumps to the top later.
  const waiting = together(doubtful, listed, "doubtful");
  const failed = together(refused, listed, "refused").filter((one) => isNewer(one, before));
  const first = new Set([...waiting, ...failed].map(({ id }) => id));
  const others = listed.filter(({ id }) => !first.has(id));
  return (
    <Page>
      <PageHeader title={t("outbox.title")} lead={t("outbox.lead")} />
      {sends.isPending && <Skeleton height={160} radius="lg" aria-busy="true" />}
      {sends.isError && sends.data === undefined && (
        <ProblemState error={sends.error} retry={() => void sends.refetch()} />
      )}
      {sends.isSuccess && listed.length === 0 && first.size === 0 && (
        <Blank icon={IconOutbound} title={t("outbox.empty_title")}>
          {t("outbox.empty_text")}
        </Blank>
      )}
      {waiting.map((one) => (
        <Panel key={one.id} title={plain(one.subject) || t("mail.no_subject")} aside={<State one={one} />}>
          <Doubt one={one} />
        </Panel>
      ))}
      {failed.length > 0 && (
        <Panel title={t("outbox.failed")} lead={t("outbox.failed_lead")} flush>
          {failed.map((one) => (
            <Row key={one.id} one={one} />
          ))}
        </Panel>
      )}
      {others.length > 0 && (
        <Panel title={t("outbox.lately")} flush>
          {others.map((one) => (
            <Row key={one.id} one={one} />
          ))}
          {sends.hasNextPage && (
            <div className={classes.more}>
              <Button
                variant="default"
                loading={sends.isFetchingNextPage}
                onClick={() => void sends.fetchNextPage()}
              >
                {t("outbox.older")}
              </Button>
            </div>
          )}
        </Panel>
      )}
    </Page>
  );
}
