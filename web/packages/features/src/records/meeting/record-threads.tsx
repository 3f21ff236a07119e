/** The conversations of a record: joined to it, or with its people; colleagues' ones when they share them. */
import { Button, Skeleton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { IconMail, IconSettings } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { late, ProblemState, plain, useApi, useFormat, useMe } from "../../core";
import { isBox } from "../core/fields";
import type { RecordThread } from "../core/next-types";
import type { RecordItem } from "../core/types";
import { recordThreadsQuery } from "./queries";
import classes from "./record-threads.module.css";
import { ThreadLink } from "./thread-link";

const MailRulesDialog = late(() => import("./mail-rules-dialog"));

export default function RecordThreads({ record }: { record: RecordItem }) {
  const { t } = useTranslation();
  const api = useApi();
  const me = useMe();
  const query = useInfiniteQuery(recordThreadsQuery(api, record.id));
  const [rules, setRules] = useState(false);
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const box = isBox(record.kind);
  const mayRule = box && record.deleted_at === null && me?.member.role !== "viewer";
  return (
    <div>
      <div className={classes.head}>
        <p>{t(box ? "threads.list.lead_box" : "threads.list.lead_person")}</p>
        {mayRule && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconSettings size={15} />}
            onClick={() => setRules(true)}
          >
            {t("threads.rules.open")}
          </Button>
        )}
      </div>
      {query.isPending && (
        <div className={classes.waiting} aria-busy="true">
          {[72, 58, 66].map((width) => (
            <Skeleton key={width} height={34} width={`${width}%`} />
          ))}
        </div>
      )}
      {query.isError && items.length === 0 && (
        <ProblemState error={query.error} retry={() => void query.refetch()} />
      )}
      {query.isSuccess && items.length === 0 && (
        <p className={classes.empty}>{t(box ? "threads.list.empty_box" : "threads.list.empty_person")}</p>
      )}
      <ul className={classes.list}>
        {items.map((one) => (
          <Row key={one.thread.id} one={one} />
        ))}
      </ul>
      {query.hasNextPage && (
        <Button
          variant="default"
          size="sm"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t("records.timeline.older")}
        </Button>
      )}
      {rules && <MailRulesDialog record={record} close={() => setRules(false)} />}
    </div>
  );
}

function Row({ one }: { one: RecordThread }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { thread, shared_by, joined } = one;
  const others = thread.participants.filter(({ me }) => me !== true);
  const why = [
    joined === "rule" ? t("threads.by_rule") : joined === "hand" ? t("threads.list.by_hand") : undefined,
    shared_by === null ? undefined : t("threads.shared.by", { name: plain(shared_by.name) }),
  ].filter((text) => text !== undefined);
  return (
    <li className={classes.row}>
      <span className={classes.icon}>
        <IconMail size={16} stroke={1.7} aria-hidden="true" />
      </span>
      <div className={classes.text}>
        <ThreadLink
          id={thread.id}
          connection={shared_by === null ? thread.connection : null}
          subject={thread.subject}
        />
        <div className={classes.quiet}>
          {format.list(others.slice(0, 3).map(({ name, address }) => plain(name || address)))}
          {" · "}
          {t("records.timeline.messages", { count: thread.message_count })}
        </div>
        {why.length > 0 && <div className={classes.quiet}>{why.join(" · ")}</div>}
      </div>
      <time className={classes.time} dateTime={thread.last_at} title={format.full(thread.last_at)}>
        {format.short(thread.last_at)}
      </time>
    </li>
  );
}
