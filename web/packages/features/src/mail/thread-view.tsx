import { ActionIcon, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Label, Message, ThreadDetail } from "@tenon/api-client";
import { Avatar, IconArrowLeft, IconPaperclip, IconStarFilled, IconX } from "@tenon/ui";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemState, plain, threadQuery, useApi, useFormat, useTitle } from "../core";
import { LabelChip } from "./label-chip";
import { chipLabels } from "./label-order";
import mailClasses from "./mail.module.css";
import { MessageBody } from "./message-content";
import { shortName } from "./people";
import classes from "./thread-view.module.css";

/** Each opened message is a call at the provider: of many unread ones only the newest open by themselves. */
const OPEN_UNREAD = 5;

/** The newest message, and unread ones before it. */
export function openAtFirst(messages: Message[]): Set<string> {
  const unread = messages.filter((message) => message.unread).slice(-OPEN_UNREAD);
  const newest = messages.at(-1);
  return new Set([...unread, ...(newest === undefined ? [] : [newest])].map((message) => message.id));
}

type ThreadViewProps = { id: string; labels: Label[] | undefined; close: () => void };

export function ThreadView({ id, labels, close }: ThreadViewProps) {
  const { t } = useTranslation();
  const api = useApi();
  const thread = useQuery(threadQuery(api, id));
  const heading = useRef<HTMLHeadingElement>(null);
  const loaded = thread.data !== undefined;
  useTitle(thread.data === undefined ? undefined : plain(thread.data.subject) || t("mail.no_subject"));

  // biome-ignore lint/correctness/useExhaustiveDependencies: focus follows each newly opened thread
  useEffect(() => {
    if (loaded) heading.current?.focus({ preventScroll: true });
  }, [loaded, id]);

  return (
    <article className={classes.view} aria-busy={thread.isPending}>
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
        <span className={classes.barText}>
          {thread.data !== undefined && t("mail.messages", { count: thread.data.message_count })}
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
      {thread.isPending && <ViewSkeleton />}
      {thread.isError && !loaded && <ProblemState error={thread.error} retry={() => void thread.refetch()} />}
      {thread.data !== undefined && (
        <>
          <h2 className={classes.subject} ref={heading} tabIndex={-1}>
            {plain(thread.data.subject) || t("mail.no_subject")}
          </h2>
          <ThreadLabels thread={thread.data} labels={labels} />
          <Messages key={id} thread={thread.data} />
        </>
      )}
    </article>
  );
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

function Messages({ thread }: { thread: ThreadDetail }) {
  const [open, setOpen] = useState(() => openAtFirst(thread.messages));
  const list = useRef<HTMLOListElement>(null);
  const firstOpen = useMemo(
    () => thread.messages.find((message) => open.has(message.id))?.id,
    [thread.messages, open],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the thread is opened, not on each toggle
  useEffect(() => {
    const index = thread.messages.findIndex((message) => message.id === firstOpen);
    if (index > 2) list.current?.children[index]?.scrollIntoView({ block: "center" });
  }, []);

  const toggle = (id: string) =>
    setOpen((current) => {
      const next = new Set(current);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  return (
    <ol className={classes.messages} ref={list}>
      {thread.messages.map((message) => (
        <li key={message.id} className={classes.message}>
          <MessageHead message={message} open={open.has(message.id)} toggle={() => toggle(message.id)} />
          {open.has(message.id) && <MessageBody id={message.id} connection={thread.connection_id} />}
        </li>
      ))}
    </ol>
  );
}

function MessageHead({ message, open, toggle }: { message: Message; open: boolean; toggle: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [from] = message.from;
  const sender = from === undefined ? t("mail.nobody") : shortName(from);
  const recipients = [...message.to, ...message.cc].map(shortName);
  return (
    <button
      type="button"
      className={classes.head}
      aria-expanded={open}
      onClick={toggle}
      data-message={message.id}
    >
      <Avatar name={sender} seed={from?.address ?? sender} size={36} />
      <span style={{ minWidth: 0 }}>
        <span className={classes.from}>
          {message.unread && <span className="tn-sr-only">{t("mail.unread")} </span>}
          {sender}
        </span>
        <span className={classes.to}>
          {open && from !== undefined && from.address !== ""
            ? from.address
            : recipients.length > 0
              ? t("mail.to_people", { people: recipients.slice(0, 3).join(", ") })
              : t("mail.to_nobody")}
        </span>
      </span>
      <span className={classes.meta}>
        {message.has_attachments && (
          <IconPaperclip size={14} aria-label={t("mail.has_attachments")} role="img" />
        )}
        {message.starred && (
          <IconStarFilled size={14} className={classes.star} aria-label={t("mail.starred")} role="img" />
        )}
        <time
          dateTime={message.date ?? message.received_at}
          title={format.full(message.date ?? message.received_at)}
        >
          {open
            ? format.medium(message.date ?? message.received_at)
            : format.short(message.date ?? message.received_at)}
        </time>
        {message.unread && <span className={classes.unreadDot} aria-hidden="true" />}
      </span>
    </button>
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
