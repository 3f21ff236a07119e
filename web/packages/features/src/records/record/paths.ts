import type { Kind } from "../core/types";

/** Where the records of a kind are listed. */
export const KIND_PATHS = {
  contact: "/contacts",
  company: "/companies",
  lead: "/leads/{-$pipeline}",
  deal: "/deals/{-$pipeline}",
  case: "/cases/{-$pipeline}",
  card: "/boards/{-$pipeline}",
  task: "/tasks",
  activity: "/contacts",
  note: "/contacts",
} as const satisfies Record<Kind, string>;
