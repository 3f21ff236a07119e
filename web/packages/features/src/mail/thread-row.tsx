import type { Label, Thread } from "@tenon/api-client";
import { Avatar, IconCheck, IconPaperclip, IconStarFilled } from "@tenon/ui";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Offer, offers } from "../acting";
import type { Roles } from "../acting/change";
import { OFFER_ICONS } from "../acting/offer-parts";
import { type Format, plain } from "../core";
import { LabelChip, LabelDot } from "./label-chip";
import { chipLabels } from "./label-order";
import { facePerson, participantsText, shortName } from "./people";
import classes from "./thread-list.module.css";

type ThreadRowProps = {
  thread: Thread;
  labels: Label[] | undefined;
  list: string | undefined;
  roles: Roles;
  open: boolean;
  selected: boolean;
  /** Something is chosen: the boxes are shown, and a tap on a row's face chooses. */
  selecting: boolean;
  selectable: boolean;
  /** One row at a time is in the tab order; j, k and the arrows move it. */
  tabbable: boolean;
  format: Format;
  href: string;
  onOpen: (id: string) => void;
  onSelect: (id: string, toHere: boolean) => void;
  onOffer: (offer: Offer, id: string) => void;
};

/** A conversation in the list. Only metadata: nothing of a message's text is known before it is opened. */
export const ThreadRow = memo(function ThreadRow(props: ThreadRowProps) {
  const { thread, labels, list, open, selected, selecting, selectable, tabbable, format, href } = props;
  const { t } = useTranslation();
  const [hovered, setHovered] = useState(false);
  const face = facePerson(thread);
  const chips = chipLabels(labels, thread.label_ids, list).slice(0, 4);
  const unread = thread.unread_count > 0;
  const subject = plain(thread.subject) || t("mail.no_subject");
  return (
    <div
      className={classes.rowBox}
      data-selected={selected ? "" : undefined}
      data-selecting={selecting ? "" : undefined}
      onPointerEnter={(event) => {
        if (event.pointerType === "mouse") setHovered(true);
      }}
      onPointerLeave={() => setHovered(false)}
    >
      {/* A plain link: the router's own one costs too much where dozens appear in each frame of scrolling. */}
      <a
        className={classes.row}
        href={href}
        onClick={(event) => {
          if (event.button !== 0 || event.metaKey || event.ctrlKey || event.altKey) return;
          event.preventDefault();
          if (event.shiftKey && selectable) props.onSelect(thread.id, true);
          else props.onOpen(thread.id);
        }}
        aria-current={open ? "true" : undefined}
        data-thread={thread.id}
        data-unread={unread ? "" : undefined}
        tabIndex={tabbable ? 0 : -1}
      >
        <Avatar name={shortName(face)} seed={face.address} size={34} />
        <span className={classes.text}>
          <span className={classes.who}>
            {selected && <span className="tn-sr-only">{t("acting.is_selected")}</span>}
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
            <span className={classes.subject}>{subject}</span>
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
      {selectable && (
        // Over the face; not in the tab order, because x does the same for the row that has the focus.
        <button
          type="button"
          className={classes.pick}
          tabIndex={-1}
          aria-pressed={selected}
          aria-label={t("acting.select_named", { subject })}
          data-pick={thread.id}
          onClick={(event) => props.onSelect(thread.id, event.shiftKey)}
        >
          <span className={classes.box}>{selected && <IconCheck size={14} stroke={3} />}</span>
        </button>
      )}
      {hovered && !selecting && selectable && (
        <RowActions thread={thread} list={list} roles={props.roles} onOffer={props.onOffer} />
      )}
    </div>
  );
});

type RowActionsProps = Pick<ThreadRowProps, "thread" | "list" | "roles" | "onOffer">;

/** Under the mouse only; touch and keyboard have the toolbar and the keys. */
function RowActions({ thread, list, roles, onOffer }: RowActionsProps) {
  const { t } = useTranslation();
  const offered = offers([thread], list, roles);
  const star: Offer = thread.starred ? "unstar" : "star";
  const shown = [...offered.slice(0, 3), ...(offered.includes(star) ? [star] : [])];
  return (
    <span className={classes.rowActions}>
      {shown.map((offer) => {
        const Icon = OFFER_ICONS[offer];
        const name = t(`acting.offer.${offer}`);
        return (
          <button
            key={offer}
            type="button"
            tabIndex={-1}
            title={name}
            aria-label={name}
            onClick={() => onOffer(offer, thread.id)}
          >
            <Icon size={18} stroke={1.6} />
          </button>
        );
      })}
    </span>
  );
}
