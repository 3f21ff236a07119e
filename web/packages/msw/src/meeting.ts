/** What the fake server knows of mail that meets records. */
import type {
  JoinedBox,
  MailRule,
  NamedMember,
  RecordThread,
  Suggestion,
  ThreadPerson,
  ThreadRecords,
  ThreadSharing,
} from "../../features/src/records/core/next-types";
import type { Kind, RecordRef, Sharing } from "../../features/src/records/core/types";
import type { StoredMessage, StoredThread } from "./data/mailbox";
import { LEAS_MAILBOX, LEAS_THREAD, leasThread, unknownPeople } from "./data/meeting";
import { hugo, lea, me } from "./data/people";
import { HUGO, LEA, ME } from "./data/records";
import type { FakeServer } from "./fake";
import type { Stored } from "./records";

const PRIVATE: ThreadSharing = { scope: "private", shares: [], records: false };
const MEMBERS: Record<string, NamedMember> = {
  [me.address]: { id: ME, name: me.name },
  [lea.address]: { id: LEA, name: lea.name },
  [hugo.address]: { id: HUGO, name: hugo.name },
};
const LEA_NAMED: NamedMember = { id: LEA, name: lea.name };
const TOUCHED = new Set<Kind>(["contact", "company", "deal", "lead", "case", "card"]);

export class FakeMeeting {
  /** By conversation; taken off by hand ones stay, so that no rule joins them again. */
  readonly boxes = new Map<string, Map<string, Pick<JoinedBox, "by" | "cause" | "at"> & { off?: true }>>();
  readonly sharings = new Map<string, ThreadSharing>();
  readonly rules = new Map<string, MailRule[]>();
  readonly dismissed = new Set<string>();
  readonly defaults = new Map<Kind, Sharing>();
  /** What colleagues share with this member. */
  readonly foreign = new Map<string, StoredThread>();
  readonly #fake: FakeServer;
  #touches: Map<string, string> | undefined;

  constructor(fake: FakeServer) {
    this.#fake = fake;
    const shared = leasThread((ago) => fake.iso(ago));
    this.foreign.set(LEAS_THREAD, shared);
    this.join(LEAS_THREAD, "rec_deal00000006", LEA, "hand");
  }

  /** A colleague stops sharing. */
  revoke(thread: string): void {
    this.foreign.delete(thread);
    this.#fake.emit("thread_changed", thread);
  }

  thread(id: string): StoredThread | undefined {
    return this.foreign.get(id);
  }

  message(id: string): StoredMessage | undefined {
    for (const { messages } of this.foreign.values())
      for (const stored of messages) if (stored.message.id === id) return stored;
    return undefined;
  }

  sharedBy(thread: string): NamedMember | null {
    return this.foreign.has(thread) ? LEA_NAMED : null;
  }

  join(thread: string, record: string, by: string, cause: "hand" | "rule"): void {
    const boxes = this.boxes.get(thread) ?? new Map();
    boxes.set(record, { by, cause, at: this.#fake.iso() });
    this.boxes.set(thread, boxes);
    this.#touches = undefined;
    this.#fake.emit("record_changed", record);
  }

  part(thread: string, record: string): void {
    const box = this.boxes.get(thread)?.get(record);
    if (box !== undefined) box.off = true;
    this.#touches = undefined;
    this.#fake.emit("record_changed", record);
  }

  ofThread({ thread, messages }: StoredThread): ThreadRecords {
    const people = new Map(thread.participants.map(({ address, name }) => [address, name]));
    for (const { message } of messages)
      for (const { address, name } of [...message.to, ...message.cc])
        if (!people.has(address)) people.set(address, name);
    return {
      people: [...people]
        .filter(([address]) => address !== (this.foreign.has(thread.id) ? lea : me).address)
        .map(([address, name]) => this.#person(address, name)),
      boxes: [...(this.boxes.get(thread.id) ?? [])].flatMap(([id, { off, ...box }]): JoinedBox[] => {
        const record = this.#fake.records.get(id);
        if (off === true || record === undefined || record.deleted_at !== null) return [];
        const { pipelines } = this.#fake.records;
        const stage = this.#fake.records.stage(own(record, "stage"));
        const pipeline = pipelines.find((one) => one.id === own(record, "pipeline"));
        return [
          {
            ...box,
            record: ref(record),
            stage: stage === undefined ? null : { id: stage.id, name: stage.name, color: stage.color },
            pipeline: pipeline === undefined ? null : { id: pipeline.id, name: pipeline.name },
          },
        ];
      }),
      sharing: this.foreign.has(thread.id) ? null : (this.sharings.get(thread.id) ?? PRIVATE),
    };
  }

  share(thread: string, sharing: ThreadSharing): ThreadSharing {
    const kept = sharing.scope === "private" ? PRIVATE : sharing;
    this.sharings.set(thread, kept);
    this.#fake.emit("thread_changed", thread);
    return kept;
  }

  /** Newest first. */
  threadsOf(record: Stored): RecordThread[] {
    const { records } = this.#fake;
    const addresses = new Set([record, ...linkedContacts(record, (id) => records.get(id))].flatMap(emails));
    const mine = this.#fake.allConnections().flatMap(({ id }) => this.#fake.threads(id));
    const domain = own(record, "domain");
    return [...mine, ...this.foreign.values()]
      .flatMap(({ thread }): RecordThread[] => {
        const box = this.boxes.get(thread.id)?.get(record.id);
        const joined = box !== undefined && box.off !== true ? box.cause : undefined;
        const met = thread.participants.some(
          ({ address }) => addresses.has(address) || (domain !== null && address.endsWith(`@${domain}`)),
        );
        const shared = this.sharedBy(thread.id);
        if (joined === undefined && (!met || shared !== null)) return [];
        const { id, subject, participants, message_count, last_at } = thread;
        const connection = shared === null ? thread.connection_id : null;
        return [
          {
            thread: { id, connection, subject, participants, message_count, last_at },
            shared_by: shared,
            joined: joined ?? "address",
          },
        ];
      })
      .sort((a, b) => b.thread.last_at.localeCompare(a.thread.last_at));
  }

  setRules(record: Stored, rules: MailRule[]): void {
    this.rules.set(record.id, rules);
    const contacts = linkedContacts(record, (id) => this.#fake.records.get(id));
    const company = own(record, "company");
    const domain = company === null ? null : own(this.#fake.records.get(company), "domain");
    for (const { id: connection } of this.#fake.allConnections())
      for (const { thread } of this.#fake.threads(connection)) {
        const fits = rules.some(({ from, label }) => {
          if (from === "label") return label !== null && thread.label_ids.includes(label);
          if (from === "domain")
            return (
              domain !== null && thread.participants.some(({ address }) => address.endsWith(`@${domain}`))
            );
          return thread.participants.some(({ address }) => contacts.flatMap(emails).includes(address));
        });
        if (fits && this.boxes.get(thread.id)?.has(record.id) !== true)
          this.join(thread.id, record.id, ME, "rule");
      }
  }

  suggestions(): Suggestion[] {
    const known = new Set(
      [...this.#fake.records.all.values()]
        .filter(({ kind, deleted_at }) => kind === "contact" && deleted_at === null)
        .flatMap(emails),
    );
    const [first] = this.#fake.allConnections();
    if (first === undefined) return [];
    const threads = this.#fake.mail.get(first.id)?.threads ?? [];
    return unknownPeople((ago) => this.#fake.iso(ago))
      .filter(({ address }) => !known.has(address) && !this.dismissed.has(address))
      .map((one) => ({
        ...one,
        company: this.#company(one.address),
        thread: threads[one.thread]?.thread.id ?? "",
      }));
  }

  /** Of mail, calls, meetings and notes; what is still to come does not count. */
  lastTouch(record: Stored): string | null | undefined {
    if (!TOUCHED.has(record.kind)) return undefined;
    this.#touches ??= this.#allTouches();
    const direct = this.#touches.get(record.id);
    const mail = emails(record).flatMap((address) => this.#touches?.get(address) ?? []);
    return [...(direct === undefined ? [] : [direct]), ...mail].sort().at(-1) ?? null;
  }

  #allTouches(): Map<string, string> {
    const touches = new Map<string, string>();
    const now = this.#fake.iso();
    const touch = (id: string, at: string) => {
      if (at <= now && at > (touches.get(id) ?? "")) touches.set(id, at);
    };
    for (const { kind, values, created_at, deleted_at } of this.#fake.records.all.values()) {
      if (deleted_at !== null || (kind !== "note" && kind !== "activity")) continue;
      const at = kind === "activity" && typeof values.start === "string" ? values.start : created_at;
      for (const ids of [values.about, values.attendees])
        for (const id of Array.isArray(ids) ? (ids as string[]) : []) touch(id, at);
    }
    for (const { id } of this.#fake.allConnections())
      for (const { thread } of this.#fake.threads(id)) {
        for (const { address } of thread.participants) touch(address, thread.last_at);
        for (const box of this.boxes.get(thread.id)?.keys() ?? []) touch(box, thread.last_at);
      }
    // Good for one answer: whatever changes next is counted again.
    setTimeout(() => {
      this.#touches = undefined;
    }, 0);
    return touches;
  }

  #person(address: string, name: string): ThreadPerson {
    const contact = [...this.#fake.records.all.values()].find(
      (record) => record.kind === "contact" && record.deleted_at === null && emails(record).includes(address),
    );
    const company = own(contact, "company");
    const record = company === null ? undefined : this.#fake.records.get(company);
    return {
      address,
      name,
      contact: contact === undefined ? null : ref(contact),
      company: record === undefined ? this.#company(address) : ref(record),
      member: MEMBERS[address] ?? null,
    };
  }

  #company(address: string): RecordRef | null {
    const domain = address.split("@")[1];
    const found = [...this.#fake.records.all.values()].find(
      ({ kind, values }) => kind === "company" && values.domain === domain,
    );
    return found === undefined ? null : ref(found);
  }
}

export { LEAS_MAILBOX, LEAS_THREAD };

const ref = ({ id, kind, title }: Stored): RecordRef => ({ id, kind, title });
const own = (record: Stored | undefined, key: string): string | null => {
  const value = record?.values[key];
  return typeof value === "string" ? value : null;
};
const emails = ({ values }: Stored): string[] =>
  Array.isArray(values.emails)
    ? values.emails.flatMap((one) => (typeof one === "object" && "address" in one ? [one.address] : []))
    : [];
const linkedContacts = ({ values }: Stored, get: (id: string) => Stored | undefined): Stored[] =>
  (Array.isArray(values.contacts) ? (values.contacts as string[]) : []).flatMap((id) => get(id) ?? []);
