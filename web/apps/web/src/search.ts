/** What addresses may carry behind the `?`; anything else in them is ignored. */

type Raw = Record<string, unknown>;

const text = (value: unknown): string | undefined => {
  // The router reads numbers and booleans out of addresses; ids and codes stay text.
  if (typeof value === "string") return value === "" ? undefined : value;
  return typeof value === "number" ? String(value) : undefined;
};
const flag = (value: unknown): boolean | undefined =>
  value === true || value === 1 || value === "1" || value === "true" ? true : undefined;

/** Absent keys stay absent, so that addresses stay short. */
function compact<Search extends Raw>(search: Search): Partial<Search> {
  return Object.fromEntries(
    Object.entries(search).filter(([, value]) => value !== undefined),
  ) as Partial<Search>;
}

export const signInSearch = (raw: Raw) => compact({ next: text(raw.next), error: text(raw.error) });

/** What came of adding a sign-in account. */
export const settingsSearch = (raw: Raw) => compact({ added: flag(raw.added), error: text(raw.error) });

/** What of the audit log is looked at. */
export const auditSearch = (raw: Raw) =>
  compact({
    action: text(raw.action),
    member: text(raw.member),
    period: PERIODS.find((one) => one === raw.period),
    from: text(raw.from),
    to: text(raw.to),
  });

const PERIODS = ["day", "week", "month", "days"] as const;

/** A list of records: which saved view, which record beside it. Never what is searched or filtered for. */
export const recordsSearch = (raw: Raw) =>
  compact({
    view: text(raw.view),
    open: text(raw.open),
    layout: LAYOUTS.find((one) => one === raw.layout),
    new: flag(raw.new),
  });

/** What came of choosing files at their provider. */
export const recordSearch = (raw: Raw) =>
  compact({ picked: text(raw.picked), pick_error: text(raw.pick_error) });

const LAYOUTS = ["table", "board"] as const;

const RECORD_KINDS = [
  "contact",
  "company",
  "deal",
  "lead",
  "case",
  "card",
  "task",
  "activity",
  "note",
] as const;

/** Of which kind records are imported, or compared. */
export const kindSearch = (raw: Raw) => compact({ kind: RECORD_KINDS.find((one) => one === raw.kind) });

export const tasksSearch = (raw: Raw) =>
  compact({
    open: text(raw.open),
    whose: raw.whose === "all" ? ("all" as const) : undefined,
    new: flag(raw.new),
  });

export const scheduledSearch = (raw: Raw) =>
  compact({ view: raw.view === "month" ? ("month" as const) : undefined, month: text(raw.month) });

export const connectSearch = (raw: Raw) => {
  const profile = text(raw.profile);
  return compact({
    provider: text(raw.provider),
    profile: profile === "sales" || profile === "type" ? (profile as "sales" | "type") : undefined,
    // Empty is a choice as well: everything was switched off.
    features: typeof raw.features === "string" ? raw.features : undefined,
    review: flag(raw.review),
    connection: text(raw.connection),
    error: text(raw.error),
  });
};

export const connectionSearch = (raw: Raw) => compact({ connected: flag(raw.connected) });

export const mailSearch = (raw: Raw) => compact({ thread: text(raw.thread), unread: flag(raw.unread) });
