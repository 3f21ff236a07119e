import type { Label, Thread } from "@tenon/api-client";
import { Avatar, IconPaperclip, IconStarFilled } from "@tenon/ui";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { type Format, plain } from "../core";
import { LabelChip, LabelDot } from "./label-chip";
import { chipLabels } from "./label-order";
import { facePerson, participantsText, shortName } from "./people";
import classes from "./thread-list.module.css";

type ThreadRowProps = {
  thread: Thread;
  labels: Label[] | undefined;
  currentLabel: string | undefined;
  open: boolean;
  /** One row at a time is in the tab order; j, k and the arrows move it. */
  tabbable: boolean;
  format: Format;
  href: string;
  onOpen: (id: string) => void;
};

/** A conversation in the list. Only metadata: nothing of a message's text is known before it is opened. */
export const ThreadRow = memo(function ThreadRow({
  thread,
  labels,
  currentLabel,
  open,
  tabbable,
  format,
  href,
  onOpen,
}: ThreadRowProps) {
  const { t } = useTranslation();
  const face = facePerson(thread);
  const chips = chipLabels(labels, thread.label_ids, currentLabel).slice(0, 4);
  const unread = thread.unread_count > 0;
  return (
    // A plain link: the router's own one costs too much where dozens appear in each frame of scrolling.
    <a
      className={classes.row}
      href={href}
      onClick={(event) => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        onOpen(thread.id);
      }}
      aria-current={open ? "true" : undefined}
      data-thread={thread.id}
      data-unread={unread ? "" : undefined}
      tabIndex={tabbable ? 0 : -1}
    >
      <Avatar name={shortName(face)} seed={face.address} size={34} />
      <span className={classes.text}>
        <span className={classes.who}>
          {unread && <span className="tn-sr-only">{t("mail.unread")}</span>}
          <span className={classes.names}>{participantsText(thread, t("mail.me"), t("mail.nobody"))}</span>
          {thread.message_count > 1 && (
            <span className={classes.count}>
              <span aria-hidden="true">{thread.message_count}</span>
              <span className="tn-sr-only">{t("mail.messages", { count: thread.message_count })}</span>
            </span>
          )}
        </span>
        <span className={classes.subjectLine}>
          <span className={classes.subject}>{plain(thread.subject) || t("mail.no_subject")}</span>
          {chips.map((label, at) =>
            at === 0 ? (
              <LabelChip key={label.id} label={label} short />
            ) : (
              <LabelDot key={label.id} label={label} />
            ),
          )}
        </span>
      </span>
      <span className={classes.side}>
        <time className={classes.date} dateTime={thread.last_at} title={format.full(thread.last_at)}>
          {format.short(thread.last_at)}
        </time>
        <span className={classes.marks}>
          {thread.has_attachments && (
            <>
              <IconPaperclip size={14} aria-hidden="true" />
              <span className="tn-sr-only">{t("mail.has_attachments")}</span>
            </>
          )}
          {thread.starred && (
            <>
              <IconStarFilled size={14} className={classes.star} aria-hidden="true" />
              <span className="tn-sr-only">{t("mail.starred")}</span>
            </>
          )}
          {unread && <span className={classes.unreadDot} aria-hidden="true" />}
        </span>
      </span>
    </a>
  );
});
