import {
  IconAlertOctagon,
  IconArchive,
  IconArrowBackUp,
  IconFolderSymlink,
  IconInbox,
  IconMail,
  IconMailOpened,
  IconStar,
  IconStarFilled,
  IconTag,
  IconTrash,
  IconTrashX,
} from "@tenon/ui";
import type { Offer } from "./offered";

export const OFFER_ICONS = {
  mark_read: IconMailOpened,
  mark_unread: IconMail,
  star: IconStar,
  unstar: IconStarFilled,
  archive: IconArchive,
  move_to_inbox: IconInbox,
  move: IconFolderSymlink,
  label: IconTag,
  spam: IconAlertOctagon,
  not_spam: IconInbox,
  trash: IconTrash,
  restore: IconArrowBackUp,
  delete_forever: IconTrashX,
  discard: IconTrash,
} satisfies Record<Offer, unknown>;

/** The key that does the same; shown beside the name. */
export const OFFER_KEYS: Partial<Record<Offer, string>> = {
  mark_read: "I",
  mark_unread: "U",
  star: "s",
  unstar: "s",
  archive: "e",
  move: "v",
  label: "l",
  spam: "!",
  not_spam: "!",
  trash: "#",
  discard: "#",
};
