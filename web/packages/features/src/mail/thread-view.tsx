import { ActionIcon, Skeleton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import type { Label, ThreadDetail } from "@tenon/api-client";
import { IconArrowLeft, IconX } from "@tenon/ui";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { type Commands, type Offer, offers, overDetail, Toolbar, usePending } from "../acting";
import {
  late,
  ProblemState,
  plain,
  threadQuery,
  useApi,
  useFeature,
  useTitle,
  WaitingForNetwork,
} from "../core";
import { withTexts } from "../i18n";
import { LabelChip } from "./label-chip";
import { chipLabels } from "./label-order";
import mailClasses from "./mail.module.css";
import { Messages } from "./messages";
import classes from "./thread-view.module.css";

/** Who of the workspace's customers this is with. Nobody waits for it to read. */
const Customers = late(
  () => withTexts("records", () => withTexts("threads", () => import("../records/meeting/customers"))),
  () => <div className={classes.customersRoom} aria-busy="true" />,
);

type ThreadViewProps = {
  id: string;
  labels: Label[] | undefined;
  list: string | undefined;
  commands: Commands;
  close: () => void;
};

export function ThreadView({ id, labels, list, commands, close }: ThreadViewProps) {
  const { t } = useTranslation();
  const api = useApi();
  const query = useQuery(threadQuery(api, id));
  const pending = usePending();
  const thread = useMemo(
    () => (query.data === undefined ? undefined : overDetail(query.data, pending)),
    [query.data, pending],
  );
  const heading = useRef<HTMLHeadingElement>(null);
  const wide = useMediaQuery("(min-width: 48em)", undefined, { getInitialValueInEffect: false });
  const loaded = thread !== undefined;
  useTitle(thread === undefined ? undefined : plain(thread.subject) || t("mail.no_subject"));
  useMarkRead(query.data, commands);

  // biome-ignore lint/correctness/useExhaustiveDependencies: focus follows each newly opened thread
  useEffect(() => {
    if (loaded) heading.current?.focus({ preventScroll: true });
  }, [loaded, id]);

  const run = (offer: Offer) => {
    if (query.data === undefined) return;
    commands.run(offer, { threads: [query.data] });
    // Staying on it would read it again at once.
    if (offer === "mark_unread") close();
  };
  return (
    <article className={classes.view} aria-busy={query.isPending}>
      <div className={classes.bar}>
        <ActionIcon
          className={mailClasses.onlyPhone}
          variant="subtle"
          color="gray"
          c="var(--tn-text-2)"
          size="lg"
          aria-label={t("mail.back_to_list")}
          onClick={close}
        >
          <IconArrowLeft size={20} />
        </ActionIcon>
        {thread !== undefined && (
          <Toolbar
            offers={offers([thread], list, commands.roles)}
            room={wide ? 7 : 4}
            run={run}
            label={t("acting.actions")}
          />
        )}
        <span className={classes.barText}>
          {thread !== undefined && t("mail.messages", { count: thread.message_count })}
        </span>
        <ActionIcon
          variant="subtle"
          color="gray"
          c="var(--tn-text-2)"
          aria-label={t("mail.close_thread")}
          onClick={close}
          visibleFrom="sm"
        >
          <IconX size={18} />
        </ActionIcon>
      </div>
      {query.isPending && (query.isPaused ? <WaitingForNetwork /> : <ViewSkeleton />)}
      {query.isError && !loaded && <ProblemState error={query.error} retry={() => void query.refetch()} />}
      {thread !== undefined && (
        <div className={classes.parts}>
          <div className={classes.top}>
            <h2 className={classes.subject} ref={heading} tabIndex={-1}>
              {plain(thread.subject) || t("mail.no_subject")}
            </h2>
            <ThreadLabels thread={thread} labels={labels} />
          </div>
          <div className={classes.beside}>
            <Customers thread={thread} />
          </div>
          <div className={classes.written}>
            <Messages key={id} thread={thread} roles={commands.roles} />
          </div>
        </div>
      )}
    </article>
  );
}

/** What is opened is read; said to the provider once per opening, and only where that is allowed. */
function useMarkRead(thread: ThreadDetail | undefined, commands: Commands): void {
  const allowed = useFeature(thread?.connection_id ?? "", "organizing") === "on";
  const marked = useRef<string>(undefined);
  useEffect(() => {
    if (thread === undefined || !allowed || marked.current === thread.id) return;
    marked.current = thread.id;
    if (thread.unread_count > 0)
      commands.act({ action: "mark_read" }, { threads: [thread] }, { quiet: true });
  }, [thread, allowed, commands]);
}

function ThreadLabels({ thread, labels }: { thread: ThreadDetail; labels: Label[] | undefined }) {
  const { t } = useTranslation();
  const chips = chipLabels(labels, thread.label_ids, undefined);
  if (chips.length === 0) return null;
  return (
    <ul className={classes.labels} aria-label={t("mail.labels")}>
      {chips.map((label) => (
        <li key={label.id}>
          <LabelChip label={label} />
        </li>
      ))}
    </ul>
  );
}

function ViewSkeleton() {
  return (
    <div aria-busy="true">
      <Skeleton height={22} width="65%" mt={12} mb={36} />
      {[0, 1].map((row) => (
        <div key={row} style={{ display: "flex", gap: 12, marginBottom: 28 }}>
          <Skeleton circle height={36} />
          <div style={{ flex: 1 }}>
            <Skeleton height={11} width="30%" mb={10} />
            <Skeleton height={11} width="50%" />
          </div>
        </div>
      ))}
    </div>
  );
}
