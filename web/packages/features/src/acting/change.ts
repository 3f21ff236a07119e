import type { ActionName, Label, Message, Thread, ThreadDetail } from "@tenon/api-client";

/** An action on conversations, with the label it is about. */
export type Change = { action: ActionName; label?: string; from?: string | null };

type Role = NonNullable<Label["role"]>;
/** Ids of the mailbox's own labels by what they are for. */
export type Roles = Partial<Record<Role, string>>;

export const rolesOf = (labels: Label[] | undefined): Roles =>
  Object.fromEntries(
    (labels ?? []).flatMap((label) =>
      label.role == null || label.role === "category" ? [] : [[label.role, label.id]],
    ),
  );

/** A thread as it looks after changes that the server may not have told of yet. */
export type LocalThread = Thread & { changed?: true; deleted?: true };

/** Labels to put on and to take off; the same table as the server's. */
function labelsOf(
  change: Change,
  roles: Roles,
): { add: Array<string | undefined>; remove: Array<string | undefined> } {
  const { inbox, spam, trash, starred, unread, important } = roles;
  switch (change.action) {
    case "mark_read":
      return { add: [], remove: [unread] };
    case "mark_unread":
      return { add: [unread], remove: [] };
    case "star":
      return { add: [starred], remove: [] };
    case "unstar":
      return { add: [], remove: [starred] };
    case "important":
      return { add: [important], remove: [] };
    case "not_important":
      return { add: [], remove: [important] };
    case "archive":
      return { add: [], remove: [inbox] };
    case "move_to_inbox":
      return { add: [inbox], remove: [trash, spam] };
    case "add_label":
      return { add: [change.label], remove: [] };
    case "remove_label":
      return { add: [], remove: [change.label] };
    case "move":
      return {
        add: [change.label],
        remove: [change.from === undefined ? inbox : (change.from ?? undefined)],
      };
    case "spam":
      return { add: [spam], remove: [inbox] };
    case "not_spam":
      return { add: [inbox], remove: [spam] };
    case "trash":
      return { add: [trash], remove: [inbox] };
    case "restore":
      return { add: [inbox], remove: [trash] };
    case "delete_forever":
      return { add: [], remove: [] };
  }
}

function relabel(ids: string[], change: Change, roles: Roles): string[] {
  const { add, remove } = labelsOf(change, roles);
  const kept = ids.filter((id) => !remove.includes(id));
  return [...kept, ...add.filter((id): id is string => id !== undefined && !kept.includes(id))];
}

export function changeThread<T extends Thread>(thread: T, change: Change, roles: Roles): T & LocalThread {
  const { action } = change;
  return {
    ...thread,
    changed: true,
    label_ids: relabel(thread.label_ids, change, roles),
    ...(action === "mark_read" ? { unread_count: 0 } : {}),
    ...(action === "mark_unread" ? { unread_count: Math.max(1, thread.unread_count) } : {}),
    ...(action === "star" || action === "unstar" ? { starred: action === "star" } : {}),
    ...(action === "delete_forever" ? { deleted: true as const } : {}),
  };
}

function changeMessage(message: Message, change: Change, roles: Roles): Message {
  const { action } = change;
  return {
    ...message,
    label_ids: relabel(message.label_ids, change, roles),
    ...(action === "mark_read" || action === "mark_unread" ? { unread: action === "mark_unread" } : {}),
    ...(action === "star" || action === "unstar" ? { starred: action === "star" } : {}),
  };
}

/** An opened conversation: `star` and `mark_unread` touch its newest message only, as at the server. */
export function changeDetail(detail: ThreadDetail, change: Change, roles: Roles): ThreadDetail & LocalThread {
  const last = detail.messages.length - 1;
  const newestOnly = change.action === "star" || change.action === "mark_unread";
  return {
    ...changeThread(detail, change, roles),
    messages: detail.messages.map((message, at) =>
      newestOnly && at !== last ? message : changeMessage(message, change, roles),
    ),
  };
}

/** Single messages of an opened conversation. */
export function changeMessages(
  detail: ThreadDetail,
  ids: ReadonlySet<string>,
  change: Change,
  roles: Roles,
): ThreadDetail & LocalThread {
  const messages = detail.messages.map((message) =>
    ids.has(message.id) ? changeMessage(message, change, roles) : message,
  );
  return {
    ...detail,
    changed: true,
    messages,
    starred: messages.some((message) => message.starred),
    unread_count: messages.filter((message) => message.unread).length,
    label_ids: [...new Set(messages.flatMap((message) => message.label_ids))],
  };
}

export type ListFilter = { label?: string | undefined; unread?: boolean | undefined };

/** Whether a changed thread still belongs into a list; of unchanged ones the server's answer holds. */
export function belongs(thread: LocalThread, filter: ListFilter, roles: Roles, open?: string): boolean {
  if (thread.changed !== true) return true;
  if (thread.deleted === true) return false;
  const has = (id: string | undefined) => id !== undefined && thread.label_ids.includes(id);
  for (const away of [roles.trash, roles.spam]) if (has(away) && filter.label !== away) return false;
  if (filter.label !== undefined && !has(filter.label)) return false;
  // What was just read stays where it is being read.
  return filter.unread !== true || thread.unread_count > 0 || thread.id === open;
}
