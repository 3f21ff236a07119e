import { ActionIcon, Button, Menu } from "@mantine/core";
import type { Message, ThreadDetail } from "@tenon/api-client";
import {
  Avatar,
  IconArrowBackUp,
  IconArrowBackUpDouble,
  IconArrowForwardUp,
  IconDots,
  IconPaperclip,
  IconPencil,
  IconStar,
  IconStarFilled,
} from "@tenon/ui";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useActing } from "../acting";
import type { Roles } from "../acting/change";
import { useCompose } from "../compose";
import { useFormat } from "../core";
import { useShortcuts } from "../keyboard";
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

type Kind = "reply" | "reply_all" | "forward";
const KINDS = [
  ["reply", IconArrowBackUp, "r"],
  ["reply_all", IconArrowBackUpDouble, "a"],
  ["forward", IconArrowForwardUp, "f"],
] as const;

/** Whether anyone besides its sender and oneself got it. */
const hasOthers = (message: Message) => message.to.length + message.cc.length > 1;

export function Messages({ thread, roles }: { thread: ThreadDetail; roles: Roles }) {
  const { t } = useTranslation();
  const compose = useCompose();
  const isDraft = (message: Message) =>
    roles.drafts !== undefined && message.label_ids.includes(roles.drafts);
  const written = thread.messages.filter((message) => !isDraft(message));
  const [open, setOpen] = useState(() => openAtFirst(written));
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
  const newest = written.at(-1);
  const answer = (kind: Kind, message = newest) => {
    if (message !== undefined) compose.answer(thread.connection_id, message.id, kind);
  };
  const group = t("keys.group.write");
  useShortcuts(
    KINDS.map(([kind, , keys]) => ({
      keys,
      label: t(`compose.kind.${kind}`),
      group,
      run: () => answer(kind),
    })),
  );
  return (
    <>
      <ol className={classes.messages} ref={list}>
        {thread.messages.map((message) =>
          isDraft(message) ? (
            <li key={message.id} className={classes.message}>
              <DraftHead message={message} open={() => compose.draft(thread.connection_id, message.id)} />
            </li>
          ) : (
            <li key={message.id} className={classes.message}>
              <div className={classes.headLine}>
                <MessageHead
                  message={message}
                  open={open.has(message.id)}
                  toggle={() => toggle(message.id)}
                />
                <MessageTools
                  message={message}
                  connection={thread.connection_id}
                  roles={roles}
                  answer={(kind) => answer(kind, message)}
                />
              </div>
              {open.has(message.id) && <MessageBody id={message.id} connection={thread.connection_id} />}
            </li>
          ),
        )}
      </ol>
      {newest !== undefined && (
        <div className={classes.answers}>
          {KINDS.filter(([kind]) => kind !== "reply_all" || hasOthers(newest)).map(([kind, Icon]) => (
            <Button
              key={kind}
              variant="default"
              leftSection={<Icon size={16} stroke={1.8} />}
              onClick={() => answer(kind)}
            >
              {t(`compose.kind.${kind}`)}
            </Button>
          ))}
        </div>
      )}
    </>
  );
}

export function MessageHead({
  message,
  open,
  toggle,
}: {
  message: Message;
  open: boolean;
  toggle: () => void;
}) {
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
      <span className={classes.people}>
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

type MessageToolsProps = {
  message: Message;
  connection: string;
  roles: Roles;
  answer: (kind: Kind) => void;
};

/** What can be done with one message alone. */
function MessageTools({ message, connection, roles, answer }: MessageToolsProps) {
  const { t } = useTranslation();
  const { act } = useActing();
  const Star = message.starred ? IconStarFilled : IconStar;
  return (
    <span className={classes.headTools}>
      <ActionIcon
        variant="subtle"
        color="gray"
        c={message.starred ? "var(--tn-star)" : "var(--tn-text-3)"}
        aria-label={t("mail.starred")}
        aria-pressed={message.starred}
        onClick={() =>
          act({
            connection,
            roles,
            change: { action: message.starred ? "unstar" : "star" },
            target: { messages: [message] },
            quiet: true,
          })
        }
      >
        <Star size={17} stroke={1.6} />
      </ActionIcon>
      <Menu position="bottom-end" width={200} withinPortal={false} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" c="var(--tn-text-2)" aria-label={t("acting.more")}>
            <IconDots size={17} stroke={1.6} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {KINDS.map(([kind, Icon]) => (
            <Menu.Item key={kind} leftSection={<Icon size={16} />} onClick={() => answer(kind)}>
              {t(`compose.kind.${kind}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}

/** What is still being written; it opens to be written on. */
function DraftHead({ message, open }: { message: Message; open: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const recipients = [...message.to, ...message.cc].map(shortName);
  return (
    <button type="button" className={classes.head} onClick={open} data-draft={message.id}>
      <span className={classes.draftMark}>
        <IconPencil size={18} stroke={1.6} aria-hidden="true" />
      </span>
      <span className={classes.people}>
        <span className={`${classes.from} ${classes.draft}`}>{t("compose.draft")}</span>
        <span className={classes.to}>
          {recipients.length > 0
            ? t("mail.to_people", { people: recipients.slice(0, 3).join(", ") })
            : t("mail.to_nobody")}
        </span>
      </span>
      <span className={classes.meta}>
        <time dateTime={message.received_at}>{format.short(message.received_at)}</time>
      </span>
    </button>
  );
}
