import type { ActionName, Thread } from "@tenon/api-client";
import type { Roles } from "./change";

/** What can be done, in the order of the toolbar. Labels and moving ask for the label first. */
export type Offer =
  | Exclude<ActionName, "add_label" | "remove_label" | "important" | "not_important">
  | "label"
  | "discard";

/**
 * What makes sense for these conversations in this list. `threads` is undefined when everything that
 * matches is chosen: then the list alone says what makes sense.
 */
export function offers(
  threads: ReadonlyArray<Thread> | undefined,
  list: string | undefined,
  roles: Roles,
): Offer[] {
  const every = (holds: (thread: Thread) => boolean) => threads?.every(holds) ?? false;
  const inbox = roles.inbox ?? "";
  const read: Offer = every((thread) => thread.unread_count === 0) ? "mark_unread" : "mark_read";
  const star: Offer = every((thread) => thread.starred) ? "unstar" : "star";
  // Only those that can be named: discarding cannot be undone.
  if (list === roles.drafts && list !== undefined) return threads === undefined ? [] : ["discard"];
  const inTrash = list === roles.trash && list !== undefined;
  const inSpam = list === roles.spam && list !== undefined;
  if (inTrash) return ["restore", "delete_forever", read, "label", "move"];
  if (inSpam) return ["not_spam", "delete_forever", read];
  const inInbox =
    threads === undefined ? list === inbox : threads.some((thread) => thread.label_ids.includes(inbox));
  return [inInbox ? "archive" : "move_to_inbox", "trash", read, "label", "move", star, "spam"];
}
