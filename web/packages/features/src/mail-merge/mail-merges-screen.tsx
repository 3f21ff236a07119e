import { Button, Skeleton } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { MailMerge } from "@tenon/api-client";
import { Blank, IconMailForward, IconPlus, Page, PageHeader, Panel } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { useCompose } from "../compose";
import { connectionsQuery, featureState, ProblemState, plain, useApi, useFormat, useTitle } from "../core";
import classes from "./mail-merge.module.css";
import { MergeState } from "./merge-state";
import { countOf, mailMergesQuery, wholeOf } from "./queries";
import { useTexts } from "./use-texts";

/** The member's mail merges. */
export function MailMergesScreen() {
  const m = useTexts();
  const api = useApi();
  const compose = useCompose();
  const merges = useInfiniteQuery(mailMergesQuery(api));
  const connections = useQuery(connectionsQuery(api));
  useTitle(m("mailmerge.title"));
  const mailbox =
    connections.data?.find((one) => featureState(one, "sending") === "on") ?? connections.data?.[0];
  const all = merges.data?.pages.flatMap(({ items }) => items);
  const begin = (
    <div className={classes.actions}>
      <Button variant="default" component={Link} to="/mail-merges/suppressions">
        {m("mailmerge.off.title")}
      </Button>
      {mailbox !== undefined && (
        <Button leftSection={<IconPlus size={16} />} onClick={() => compose.create(mailbox.id)}>
          {m("mailmerge.write")}
        </Button>
      )}
    </div>
  );
  return (
    <Page width="58rem">
      <PageHeader title={m("mailmerge.title")} lead={m("mailmerge.lead")} actions={begin} />
      {merges.isPending && <Skeleton height={160} radius="lg" aria-busy="true" />}
      {merges.isError && all === undefined && (
        <ProblemState error={merges.error} retry={() => void merges.refetch()} />
      )}
      {all?.length === 0 && (
        <Blank icon={IconMailForward} title={m("mailmerge.empty_title")}>
          {m("mailmerge.empty_text")}
        </Blank>
      )}
      {all !== undefined && all.length > 0 && (
        <Panel flush>
          <ul className={classes.rows}>
            {all.map((merge) => (
              <MergeRow key={merge.id} merge={merge} />
            ))}
          </ul>
        </Panel>
      )}
      {merges.hasNextPage && (
        <Button
          variant="default"
          mt="md"
          loading={merges.isFetchingNextPage}
          onClick={() => void merges.fetchNextPage()}
        >
          {m("mailmerge.more")}
        </Button>
      )}
    </Page>
  );
}

function MergeRow({ merge }: { merge: MailMerge }) {
  const { t } = useTranslation();
  const m = useTexts();
  const format = useFormat();
  const whole = wholeOf(merge);
  return (
    <li className={classes.row}>
      <div className={classes.rowText}>
        <Link to="/mail-merges/$id" params={{ id: merge.id }} className={classes.rowTitle}>
          {plain(merge.name) || t("mail.no_subject")}
        </Link>
        <div className={classes.rowNote}>
          {merge.state === "draft"
            ? m("mailmerge.people", { count: whole })
            : m("mailmerge.sent_of", {
                sent: format.number(countOf(merge, "sent")),
                whole: format.number(whole),
              })}
          {" · "}
          {format.medium(merge.finished_at ?? merge.started_at ?? merge.created_at)}
        </div>
        {merge.reason_text != null && <div className={classes.rowReason}>{merge.reason_text}</div>}
      </div>
      <MergeState merge={merge} />
    </li>
  );
}
