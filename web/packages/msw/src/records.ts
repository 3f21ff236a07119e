/** What the fake server knows of records. */
import type {
  Cause,
  EditConflict,
  FieldChange,
  FieldValue,
  HistoryEntry,
  Kind,
  NewRecord,
  ObjectType,
  Pipeline,
  RecordAnswer,
  RecordItem,
  RecordRef,
  SavedView,
  Sharing,
  Stage,
  Team,
  TimelineAnswer,
  Values,
} from "../../features/src/records/core/types";
import { objectTypes } from "./data/record-fields";
import { HUGO, LEA, ME, samplePipelines, sampleRecords } from "./data/records";
import type { FakeServer } from "./fake";

export type Stored = RecordItem & { position: number };
export type Bulk = { id: string; before: Array<{ id: string; values: Values; deleted: boolean }> };

const SYSTEM = new Set(["created_at", "updated_at", "created_by"]);
export const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
export const same = (a: unknown, b: unknown): boolean =>
  (isEmpty(a) && isEmpty(b)) || JSON.stringify(a) === JSON.stringify(b);

export class FakeRecords {
  objects: ObjectType[] = objectTypes();
  pipelines: Pipeline[] = samplePipelines();
  teams: Team[] = [
    { id: "team_sales0000001", name: "Sales", members: [ME, LEA] },
    { id: "team_workshop00001", name: "Workshop", members: [HUGO] },
  ];
  views: SavedView[] = [];
  sharings = new Map<string, Sharing>();
  bulks = new Map<string, Bulk>();
  /** The key of each repeatable write, with what it made. */
  keys = new Map<string, unknown>();
  readonly all = new Map<string, Stored>();
  readonly history = new Map<string, HistoryEntry[]>();
  readonly #fake: FakeServer;
  #position = 0;

  constructor(fake: FakeServer, contacts = 60) {
    this.#fake = fake;
    for (const sample of sampleRecords(fake.now(), contacts)) {
      const { id, kind, values, age, by = ME } = sample;
      this.#add(id, kind, values, by, fake.iso(age), sample.sharing ?? "workspace");
    }
    const deal = this.all.get("rec_deal00000001");
    if (deal !== undefined) this.#sampleHistory(deal);
  }

  get(id: string): Stored | undefined {
    return this.all.get(id);
  }

  /** As the server answers it. */
  shown(record: Stored): RecordAnswer {
    const { position, ...item } = record;
    void position;
    const linked = new Map<string, RecordRef>();
    for (const value of Object.values(item.values))
      for (const id of Array.isArray(value) ? value : [value]) {
        const other = typeof id === "string" ? this.all.get(id) : undefined;
        if (other !== undefined) linked.set(other.id, { id: other.id, kind: other.kind, title: other.title });
      }
    const viewer = this.#fake.me.member.role === "viewer";
    const touch = this.#fake.meeting.lastTouch(record);
    return {
      ...item,
      ...(touch === undefined ? {} : { last_touch: touch }),
      linked: [...linked.values()],
      access: viewer ? "view" : item.access,
    };
  }

  stage(id: unknown): Stage | undefined {
    return this.pipelines.flatMap(({ stages }) => stages).find((stage) => stage.id === id);
  }

  create(kind: Kind, given: Values, sharing: NewRecord["sharing"]): Stored {
    const id = this.#fake.nextId("rec");
    const values: Values = { owner: ME, ...given };
    const pipelineKind = { deal: "deals", lead: "leads", case: "cases", card: "board" }[kind as "deal"];
    if (pipelineKind !== undefined && isEmpty(values.stage)) {
      const pipeline =
        this.pipelines.find((one) => one.id === values.pipeline) ??
        this.pipelines.find((one) => one.kind === pipelineKind && !one.archived);
      values.pipeline = pipeline?.id;
      values.stage = pipeline?.stages[0]?.id;
    }
    if (sharing !== undefined) this.sharings.set(id, { scope: sharing, shares: [] });
    const made = this.#add(id, kind, values, ME, this.#fake.iso(), sharing ?? "workspace");
    this.#fake.emit("record_changed", id);
    return made;
  }

  /** Writes fields and remembers what they were. */
  write(record: Stored, values: Values, by: string = ME, cause: Cause = "edited"): Stored {
    const changes: FieldChange[] = [];
    for (const [field, to] of Object.entries(values)) {
      const from = record.values[field] ?? null;
      if (same(from, to)) continue;
      changes.push({ field, from, to: to ?? null });
      record.values = { ...record.values, [field]: isEmpty(to) ? null : (to as FieldValue) };
    }
    return this.note(record, changes, cause, by);
  }

  note(record: Stored, changes: FieldChange[], cause: Cause, by: string = ME): Stored {
    if (changes.length === 0 && cause === "edited") return record;
    record.version += 1;
    record.updated_at = this.#fake.iso();
    record.title = titleOf(record.kind, record.values);
    const entry: HistoryEntry = { version: record.version, at: record.updated_at, by, cause, changes };
    this.history.set(record.id, [entry, ...(this.history.get(record.id) ?? [])]);
    this.#fake.emit("record_changed", record.id);
    return record;
  }

  /** Somebody else changes a record meanwhile. */
  editElsewhere(id: string, values: Values, by = LEA): void {
    const record = this.all.get(id);
    if (record !== undefined) this.write(record, values, by);
  }

  /** The fields that others changed after the version that the person saw. */
  conflicts(record: Stored, seen: number, values: Values): EditConflict[] {
    return Object.entries(values).flatMap(([field, yours]): EditConflict[] => {
      const entry = (this.history.get(record.id) ?? []).find(
        ({ version, by, changes }) =>
          version > seen && by !== ME && changes.some((change) => change.field === field),
      );
      const theirs = record.values[field] ?? null;
      if (entry === undefined || same(theirs, yours)) return [];
      return [{ field, theirs, yours: yours ?? null, by: entry.by, at: entry.at }];
    });
  }

  move(record: Stored, stage: Stage, before: string | null): void {
    const pipeline = this.pipelines.find(({ stages }) => stages.includes(stage));
    const next = before === null ? undefined : this.all.get(before);
    const others = [...this.all.values()]
      .filter((one) => one.values.stage === stage.id && one !== record)
      .sort((a, b) => a.position - b.position);
    const at = next === undefined ? others.length : others.indexOf(next);
    const low = others[at - 1]?.position ?? (others[at]?.position ?? 0) - 2;
    const high = others[at]?.position ?? low + 2;
    record.position = (low + high) / 2;
    this.write(record, { stage: stage.id, pipeline: pipeline?.id });
  }

  timeline(record: Stored): TimelineAnswer[] {
    const about = [...this.all.values()].filter(
      ({ kind, values, deleted_at }) =>
        deleted_at === null &&
        (kind === "note" || kind === "task" || kind === "activity") &&
        [values.about, values.attendees].some(
          (ids) => Array.isArray(ids) && (ids as string[]).includes(record.id),
        ),
    );
    const entries: TimelineAnswer[] = about.map((one) => ({
      at: one.kind === "activity" && typeof one.values.start === "string" ? one.values.start : one.created_at,
      type: one.kind as "note",
      record: this.shown(one),
      change: null,
      thread: null,
    }));
    for (const change of this.history.get(record.id) ?? [])
      entries.push({ at: change.at, type: "change", record: null, change, thread: null });
    for (const { thread, shared_by, joined } of this.#fake.meeting.threadsOf(record)) {
      const full = this.#fake.findThread(thread.id)?.thread;
      if (full !== undefined)
        entries.push({
          at: full.last_at,
          type: "mail",
          record: null,
          change: null,
          thread: full,
          shared_by,
          joined,
        });
    }
    return entries.sort((a, b) => b.at.localeCompare(a.at));
  }

  #add(id: string, kind: Kind, values: Values, by: string, at: string, scope: Sharing["scope"]): Stored {
    this.#position += 1;
    const record: Stored = {
      id,
      kind,
      title: titleOf(kind, values),
      values,
      version: 1,
      access: "owner",
      sharing: scope,
      created_at: at,
      created_by: by,
      updated_at: at,
      deleted_at: null,
      linked: {},
      position: this.#position,
    };
    this.all.set(id, record);
    this.history.set(id, [{ version: 1, at, by, cause: "created", changes: [] }]);
    return record;
  }

  #sampleHistory(deal: Stored): void {
    const DAY = 86_400_000;
    const change = (ago: number, by: string, changes: FieldChange[]) => {
      deal.version += 1;
      const entry = {
        version: deal.version,
        at: this.#fake.iso(ago * DAY),
        by,
        cause: "edited" as const,
        changes,
      };
      this.history.set(deal.id, [entry, ...(this.history.get(deal.id) ?? [])]);
    };
    change(9, LEA, [{ field: "stage", from: "stg_sales2", to: deal.values.stage ?? null }]);
    change(4, ME, [
      { field: "amount", from: { amount: "900", currency: "EUR" }, to: deal.values.amount ?? null },
      { field: "close_date", from: null, to: deal.values.close_date ?? null },
    ]);
  }
}

export function titleOf(kind: Kind, values: Values): string {
  const text = (key: string) => (typeof values[key] === "string" ? (values[key] as string) : "");
  if (kind === "contact") {
    const name = `${text("first_name")} ${text("last_name")}`.trim();
    const first = Array.isArray(values.emails) ? values.emails[0] : undefined;
    return name !== "" ? name : typeof first === "object" && "address" in first ? first.address : "";
  }
  return kind === "note" ? (text("body").split("\n")[0] ?? "").slice(0, 80) : text("name");
}

export const systemValue = (record: RecordItem, field: string): unknown =>
  field === "title"
    ? (record.values.title ?? record.title)
    : SYSTEM.has(field)
      ? record[field as "created_at"]
      : record.values[field];
