/** A small stand-in for the server: enough state to walk through every screen. */
import type {
  Alarm,
  Connection,
  Consent,
  Health,
  Mailbox,
  MailRetention,
  MailTemplate,
  Me,
  Receipt,
  Session,
  Suppression,
} from "@tenon/api-client";
import { FakeAccess } from "./access";
import { FakeActing } from "./acting";
import { FakeAudit } from "./audit";
import { FakeComposing } from "./composing";
import { consent, freshMe, receipt, retention, session } from "./data/account";
import { connection, troubles } from "./data/connections";
import { health } from "./data/health";
import { arrival, type MailboxData, mailbox, type StoredMessage, type StoredThread } from "./data/mailbox";
import { me as person } from "./data/people";
import { scopesOf } from "./data/providers";
import { FakeDrive } from "./drive";
import { FakeExchange } from "./exchange";
import type { FakeMerge } from "./handlers-mail-merges";
import { FakeMeeting } from "./meeting";
import { FakeMerging } from "./merging";
import { FakeRecords } from "./records";

export type Scenario = "new" | "signed_out" | "empty" | "connected" | "syncing" | "trouble";
export type FakeOptions = {
  now?: () => number;
  /** Conversations of the sample mailbox. */
  threads?: number;
  /** How long the first sync takes. */
  syncMs?: number;
  /** Where the provider's consent page is. */
  consentUrl?: string;
  /** Contacts among the sample records. */
  contacts?: number;
};

export const FAKE_PASSWORD = "a tenon fits its mortise";
export const FAKE_TOTP = "123456";
export const SETUP_TOKEN = "first-start-token";

type Flow = {
  state: string;
  features: string[];
  profile: "sales" | "type" | null;
  connection: string | undefined;
  consent: Consent;
};
type Listener = (event: string, id: string) => void;

const DAY = 86_400_000;
const MAIN = "con_demo00000001";

export class FakeServer {
  me: Me;
  signedIn = false;
  set = true;
  connections = new Map<string, Connection>();
  mail = new Map<string, MailboxData>();
  alarms: Alarm[] = [];
  receipts: Receipt[] = [];
  consents: Consent[] = [];
  sessions: Session[] = [];
  access: FakeAccess;
  flows = new Map<string, Flow>();
  policyEdition = 1;
  retention: MailRetention;
  templates: MailTemplate[] = [];
  mailMerges: FakeMerge[] = [];
  suppressions: Suppression[] = [];
  /** Units a minute that the provider allows; null for no limit. */
  allowance: number | null = 6000;
  acting = new FakeActing(this);
  audit: FakeAudit;
  composing = new FakeComposing(this);
  #records: FakeRecords | undefined;
  #meeting: FakeMeeting | undefined;
  #drive: FakeDrive | undefined;
  exchange = new FakeExchange(this);
  merging = new FakeMerging(this);
  /** Nothing reaches the server. */
  offline = false;
  /** Requests that are carried out, but whose answer does not come. */
  lost: Array<{ path: string; method: string }> = [];
  /** Calls to be refused by the next matching request: path part -> status and code; 0 is no network. */
  failures: Array<{
    path: string;
    method?: string;
    status: number;
    code: string;
    retryAfter?: number;
    fields?: unknown;
    detail?: string;
  }> = [];
  readonly #options: Required<FakeOptions>;
  readonly #listeners = new Set<Listener>();
  readonly #syncStart = new Map<string, number>();
  readonly #sorted = new WeakMap<StoredThread[], StoredThread[]>();
  #counter = 0;

  constructor(options: FakeOptions = {}) {
    this.#options = {
      now: Date.now,
      threads: 240,
      syncMs: 5000,
      consentUrl: "http://127.0.0.1:4174/consent",
      contacts: 60,
      ...options,
    };
    this.me = freshMe();
    this.access = new FakeAccess(this);
    this.audit = new FakeAudit(this);
    this.retention = retention((ago) => this.iso(ago));
  }

  now(): number {
    return this.#options.now();
  }

  iso(ago = 0): string {
    return new Date(this.now() - ago).toISOString();
  }

  nextId(prefix: string): string {
    this.#counter += 1;
    return `${prefix}_fake${String(this.#counter).padStart(8, "0")}`;
  }

  load(scenario: Scenario): this {
    this.me = freshMe();
    this.access = new FakeAccess(this);
    this.retention = retention((ago) => this.iso(ago));
    this.allowance = 6000;
    this.connections.clear();
    this.mail.clear();
    this.#syncStart.clear();
    this.flows.clear();
    this.failures = [];
    this.lost = [];
    this.offline = false;
    this.acting = new FakeActing(this);
    this.audit = new FakeAudit(this);
    this.composing = new FakeComposing(this);
    this.#records = undefined;
    this.#meeting = undefined;
    this.#drive = undefined;
    this.exchange = new FakeExchange(this);
    this.merging = new FakeMerging(this);
    this.receipts = [];
    this.consents = [];
    this.set = scenario !== "new";
    this.signedIn = scenario !== "new" && scenario !== "signed_out";
    this.sessions = [
      this.#session("Chrome · Linux", "passkey", 40 * 60_000, true),
      this.#session("Safari · iOS", "password", 6 * DAY, false),
    ];
    if (scenario === "connected" || scenario === "syncing" || scenario === "trouble") {
      this.#addConnection(MAIN, person.address, 40 * DAY);
      this.consents = [this.#consent(["mail"], MAIN, 40 * DAY)];
      this.receipts = [this.#receipt(9 * DAY)];
      if (scenario === "syncing") this.#syncStart.set(MAIN, this.now() - 0.12 * this.#options.syncMs);
    }
    if (scenario === "trouble") this.#addTrouble();
    return this;
  }

  /** Made when they are first asked for: most tests never do. */
  get records(): FakeRecords {
    this.#records ??= new FakeRecords(this, this.#options.contacts);
    return this.#records;
  }

  get meeting(): FakeMeeting {
    this.#meeting ??= new FakeMeeting(this);
    return this.#meeting;
  }

  get drive(): FakeDrive {
    this.#drive ??= new FakeDrive(this);
    return this.#drive;
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: string, id: string): void {
    for (const listener of this.#listeners) listener(event, id);
  }

  // --- connecting ---------------------------------------------------------------------------------

  authorize(
    features: string[],
    profile: "sales" | "type" | null,
    locale: string,
    connection: string | undefined,
  ): Flow {
    const flow: Flow = {
      state: this.nextId("state"),
      features,
      profile,
      connection,
      consent: { ...this.#consent(features, null, 0), id: this.nextId("cns"), locale },
    };
    this.flows.set(flow.state, flow);
    this.consents = [flow.consent, ...this.consents];
    return flow;
  }

  consentUrl(flow: Flow): string {
    const url = new URL(this.#options.consentUrl);
    url.searchParams.set("state", flow.state);
    url.searchParams.set("scope", scopesOf(flow.features).join(" "));
    return url.href;
  }

  /** The provider's page on which files are chosen. */
  pickerUrl(state: string): string {
    const url = new URL(this.#options.consentUrl);
    url.searchParams.set("state", state);
    url.searchParams.set("scope", scopesOf(["files"]).join(" "));
    url.searchParams.set("trigger_onepick", "true");
    return url.href;
  }

  /** The provider sent the browser back; where the server sends it then. */
  callback(params: URLSearchParams): string {
    const pick = this.drive.picks.get(params.get("state") ?? "");
    if (pick !== undefined) return this.drive.picked(pick, params);
    const flow = this.flows.get(params.get("state") ?? "");
    if (flow === undefined) return "/connect?error=state_invalid";
    this.flows.delete(flow.state);
    const error = params.get("error");
    if (error !== null) return `/connect?error=${error}`;
    const granted = (params.get("scope") ?? scopesOf(flow.features).join(" ")).split(" ");
    const id = flow.connection ?? this.nextId("con");
    const existing = this.connections.get(id);
    if (existing === undefined) {
      this.#addConnection(id, person.address, 0);
      this.#syncStart.set(id, this.now());
    }
    const connection = this.connections.get(id);
    if (connection !== undefined) {
      connection.status = "active";
      connection.scopes_granted = granted;
      connection.profile = flow.profile;
      connection.features = ["identity", ...flow.features].map((feature) => ({
        id: feature,
        state: scopesOf([feature]).every((scope) => granted.includes(scope)) ? "on" : "needs_reauthorization",
      }));
    }
    flow.consent.connection_id = id;
    this.emit("connection_changed", id);
    return `/connections/${id}?connected=1`;
  }

  // --- reading ------------------------------------------------------------------------------------

  connection(id: string): Connection | undefined {
    const connection = this.connections.get(id);
    if (connection?.mailbox != null) connection.mailbox = this.#mailboxState(id, connection.mailbox);
    return connection;
  }

  allConnections(): Connection[] {
    return [...this.connections.keys()].flatMap((id) => this.connection(id) ?? []);
  }

  /** Newest first; during a first sync only what came in so far. */
  threads(id: string): StoredThread[] {
    const all = this.mail.get(id)?.threads ?? [];
    const known = this.#sorted.get(all);
    const sorted =
      known?.length === all.length
        ? known
        : [...all].sort(
            ({ thread: a }, { thread: b }) => b.last_at.localeCompare(a.last_at) || b.id.localeCompare(a.id),
          );
    this.#sorted.set(all, sorted);
    const share = this.#share(id);
    return share >= 1 ? sorted : sorted.slice(0, Math.ceil(sorted.length * share));
  }

  /** What a list shows: by label; spam and bin only in their own lists. */
  listed(id: string, label: string | null, unread: boolean): StoredThread[] {
    const labels = this.mail.get(id)?.labels ?? [];
    const away = labels.filter(({ role }) => role === "trash" || role === "spam").map((one) => one.id);
    return this.threads(id).filter(
      ({ thread }) =>
        (label === null || thread.label_ids.includes(label)) &&
        (!unread || thread.unread_count > 0) &&
        !away.some((one) => one !== label && thread.label_ids.includes(one)),
    );
  }

  findThread(threadId: string): StoredThread | undefined {
    for (const { threads } of this.mail.values()) {
      const found = threads.find(({ thread }) => thread.id === threadId);
      if (found !== undefined) return found;
    }
    return this.meeting.thread(threadId);
  }

  findMessage(messageId: string): StoredMessage | undefined {
    for (const { threads } of this.mail.values()) {
      for (const { messages } of threads) {
        const found = messages.find(({ message }) => message.id === messageId);
        if (found !== undefined) return found;
      }
    }
    return this.meeting.message(messageId);
  }

  /** New mail comes in, as if the provider had pushed. */
  deliver(id = MAIN): StoredThread | undefined {
    const data = this.mail.get(id);
    if (data === undefined) return undefined;
    this.#counter += 1;
    const stored = arrival(data, id, "demo", this.#counter, this.now());
    data.threads.unshift(stored);
    const inbox = data.labels.find((label) => label.role === "inbox");
    if (inbox !== undefined) {
      inbox.threads += 1;
      inbox.unread += 1;
    }
    this.emit("threads_changed", id);
    this.emit("mailbox_changed", id);
    return stored;
  }

  /** The outbox with one message of each kind of end. */
  addSends(id = MAIN): void {
    this.composing.addSamples(id);
  }

  health(id: string): Health | undefined {
    const connection = this.connection(id);
    if (connection?.mailbox == null) return undefined;
    const paused = connection.status === "paused";
    const answer = health(connection.mailbox, paused, this.#total(id), (ago) => this.iso(ago));
    return { ...answer, quota: { ...answer.quota, units_per_minute: this.allowance } };
  }

  disconnect(id: string): Receipt | undefined {
    const connection = this.connections.get(id);
    if (connection === undefined) return undefined;
    const receipt: Receipt = {
      ...this.#receipt(0),
      id: this.nextId("rcp"),
      connected_at: connection.created_at,
      counts: this.counts(id),
    };
    this.connections.delete(id);
    this.mail.delete(id);
    this.receipts = [receipt, ...this.receipts];
    this.emit("receipt_added", receipt.id);
    this.emit("connection_changed", id);
    return receipt;
  }

  counts(id: string): Receipt["counts"] {
    const total = this.#total(id);
    return [
      { what: "keys", count: 1 },
      { what: "tokens", count: 2 },
      { what: "mailboxes", count: 1 },
      { what: "messages", count: total },
      { what: "threads", count: Math.round(total * 0.41) },
      { what: "thread_addresses", count: 1834 },
      { what: "labels", count: this.mail.get(id)?.labels.length ?? 0 },
      { what: "jobs", count: 1 },
      { what: "connections", count: 1 },
    ];
  }

  // --- inside -------------------------------------------------------------------------------------

  #total(id: string): number {
    return Math.max(10_000, (this.mail.get(id)?.threads.length ?? 0) * 2);
  }

  #share(id: string): number {
    const start = this.#syncStart.get(id);
    if (start === undefined) return 1;
    return Math.min(1, (this.now() - start) / this.#options.syncMs);
  }

  #mailboxState(id: string, current: Mailbox): Mailbox {
    const share = this.#share(id);
    const total = this.#total(id);
    const inboxUnread = this.mail.get(id)?.labels.find((label) => label.role === "inbox")?.unread ?? 0;
    const numbers = {
      messages: Math.round(total * share),
      threads: Math.round(total * 0.41 * share),
      unread: Math.round(inboxUnread * share),
      last_sync_at: this.iso(42_000),
      next_sync_at: this.iso(-18_000),
    };
    if (share >= 1) {
      return current.state === "first_sync"
        ? { ...current, ...numbers, state: "live", progress: null }
        : { ...current, ...numbers };
    }
    const done = Math.round(total * share);
    return {
      ...current,
      ...numbers,
      state: "first_sync",
      progress: {
        done,
        total,
        percent: 100 * share,
        eta_seconds: Math.round(((1 - share) * total * 20) / 120),
        units_left: (total - done) * 20,
      },
    };
  }

  #addConnection(id: string, address: string, age: number): void {
    this.connections.set(
      id,
      connection(id, address, age, (ago) => this.iso(ago)),
    );
    this.mail.set(id, mailbox(id, id === MAIN ? "demo" : id.slice(-4), this.#options.threads, this.now()));
  }

  /** One connection for each kind of trouble. */
  #addTrouble(): void {
    for (const [name, change] of Object.entries(troubles((ago) => this.iso(ago)))) {
      const id = `con_trouble_${name}`;
      this.#addConnection(id, `${name}@ateliernord.example`, 20 * DAY);
      const added = this.connections.get(id);
      if (added !== undefined) change(added);
    }
  }

  #session(device: string, method: string, age: number, current: boolean): Session {
    return session(this.nextId("ses"), device, method, age, current, (ago) => this.iso(ago));
  }

  #consent(features: string[], connection: string | null, age: number): Consent {
    return consent(features, connection, age, this.policyEdition, (ago) => this.iso(ago));
  }

  #receipt(age: number): Receipt {
    return receipt(age, (ago) => this.iso(ago));
  }
}
