/**
 * What a disconnect removes, by the server's words: the tables of its inventory whose rows go with a connection.
 * First what a person knows, then what Tenon needed to work on it.
 */
export const COUNTED = [
  "messages",
  "threads",
  "labels",
  "drafts",
  "sends",
  "mail_merges",
  "mail_merge_recipients",
  "deliveries",
  "responses",
  "thread_labels",
  "label_counts",
  "thread_addresses",
  "mail_actions",
  "mail_action_items",
  "visits",
  "shown_senders",
  "skipped",
  "runs",
  "mailboxes",
  "boxes",
  "watches",
  "file_cursors",
  "jobs",
  "flows",
  "connections",
  "tokens",
  "keys",
] as const;

export type Counted = (typeof COUNTED)[number];

const placeOf = (what: string): number => {
  const at = (COUNTED as readonly string[]).indexOf(what);
  return at < 0 ? COUNTED.length : at;
};

export const isCounted = (what: string): what is Counted => placeOf(what) < COUNTED.length;

/** In the order above; kinds this version does not know come last. */
export const inOrder = <Count extends { what: string }>(counts: readonly Count[]): Count[] =>
  [...counts].sort((a, b) => placeOf(a.what) - placeOf(b.what));
