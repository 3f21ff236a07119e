/** Drafts and sending, in memory. */
import type {
  ComposeOptions,
  Draft,
  DraftInput,
  DraftKind,
  ReplyStart,
  Send,
  SendAt,
  SendDecision,
  Upload,
} from "@tenon/api-client";
import {
  countLabels,
  draftThread,
  type MailboxData,
  type StoredMessage,
  type StoredThread,
} from "./data/mailbox";
import { me } from "./data/people";
import { composeOptions, replyTo } from "./data/replies";
import type { FakeServer } from "./fake";
import { momentOf } from "./hours";

const MAIN = "con_demo00000001";

export class FakeComposing {
  readonly uploads = new Map<string, { view: Upload; bytes: ArrayBuffer }>();
  readonly drafts = new Map<string, Draft>();
  sends: Send[] = [];
  /** How the next message goes when its time has come. */
  nextSend: "sent" | "refused" | "doubtful" = "sent";
  /** How many drafts were ever made: a repeated attempt must not make a second one. */
  created = 0;
  readonly #fake: FakeServer;
  readonly #byKey = new Map<string, string>();
  /** Drafts that another program has written last. */
  readonly #unmarked = new Set<string>();

  constructor(fake: FakeServer) {
    this.#fake = fake;
  }

  options(connection: string): ComposeOptions {
    return composeOptions(this.#fake.connection(connection)?.aliases ?? []);
  }

  reply(stored: StoredMessage, kind: DraftKind): ReplyStart {
    const thread = this.#fake.findThread(stored.message.thread_id)?.thread;
    return replyTo(stored, kind, thread?.connection_id ?? "");
  }

  upload(name: string, content_type: string, inline: boolean, bytes: ArrayBuffer): Upload {
    const id = this.#fake.nextId("att");
    const view = { id, name, content_type, size: bytes.byteLength, inline, url: `/api/v1/uploads/${id}` };
    this.uploads.set(id, { view, bytes });
    return view;
  }

  create(input: DraftInput, key: string): Draft | "attachment_gone" {
    const known = this.drafts.get(this.#byKey.get(key) ?? "");
    if (known !== undefined) return known;
    if (!this.#hasFiles(input)) return "attachment_gone";
    const id = this.#fake.nextId("drf");
    this.created += 1;
    this.#byKey.set(key, id);
    return this.#save(id, input, {
      connection_id: input.connection_id ?? "",
      kind: input.kind ?? "new",
      message_id: input.message_id ?? null,
    });
  }

  update(
    id: string,
    input: DraftInput,
    etag: string | null,
  ): Draft | "attachment_gone" | "draft_gone" | "draft_changed" | "draft_sending" {
    const draft = this.drafts.get(id);
    if (draft === undefined) return "draft_gone";
    if (this.isSending(id)) return "draft_sending";
    if (etag !== null && etag !== draft.etag) return "draft_changed";
    return this.#hasFiles(input, draft) ? this.#save(id, input, draft) : "attachment_gone";
  }

  /** The server was started anew: what it held in memory is gone. What is in drafts stays. */
  restart(): void {
    this.uploads.clear();
  }

  #hasFiles(input: DraftInput, draft?: Draft): boolean {
    return (input.attachments ?? []).every(
      ({ id }) => id == null || this.uploads.has(id) || draft?.attachments.some((one) => one.id === id),
    );
  }

  /** Whether a file is in memory, or in the draft at the provider. */
  hasFile(draft: string, file: string): boolean {
    return (
      this.uploads.has(file) || this.drafts.get(draft)?.attachments.some(({ id }) => id === file) === true
    );
  }

  /** Messages of a mailbox that are confirmed and have not gone for certain. */
  unsent(connection: string): number {
    const open = new Set<Send["state"]>(["scheduled", "sending", "doubtful"]);
    return this.sends.filter((send) => send.connection_id === connection && open.has(send.state)).length;
  }

  /** Another program makes a draft. */
  begunElsewhere(html: string, connection = MAIN): void {
    const to = [{ name: "Ana Ferreira", address: "ana.ferreira@hotelmiramar.example" }];
    const text = {
      from: null,
      to,
      cc: [],
      bcc: [],
      subject: "Prices for the lobby",
      html,
      quoted_html: null,
    };
    const input = { ...text, connection_id: connection, attachments: [] };
    const draft = this.create(input, this.#fake.nextId("key"));
    if (typeof draft !== "string") this.#unmarked.add(draft.id);
  }

  /** Another program changes the newest draft. */
  changeElsewhere(): void {
    const newest = [...this.drafts.values()].at(-1);
    if (newest === undefined) return;
    const { id, to, cc, bcc, subject, quoted_html } = newest;
    const html = "<p>Written in another program.</p>";
    const attachments = newest.attachments.map((one) => ({ id: one.id }));
    this.update(id, { from: null, to, cc, bcc, subject, html, quoted_html, attachments }, null);
    this.#unmarked.add(id);
  }

  isSending(id: string): boolean {
    return this.sends.some(
      (send) => send.draft_id === id && (send.state === "scheduled" || send.state === "sending"),
    );
  }

  remove(id: string): void {
    const draft = this.drafts.get(id);
    this.drafts.delete(id);
    if (draft === undefined) return;
    this.#change(draft.connection_id, (data) => {
      data.threads = data.threads.filter(({ thread }) => thread.id !== `thr_${id}`);
    });
    this.#fake.emit("drafts_changed", draft.connection_id);
  }

  /** The draft a message in the drafts folder is. */
  ofMessage(messageId: string): Draft | undefined {
    return this.drafts.get(messageId.replace(/^msg_/, ""));
  }

  /** `at`: it waits for that hour, instead of for `undoSeconds`. */
  send(
    id: string,
    key: string,
    undoSeconds: number,
    etag: string | null = null,
    at: SendAt | null = null,
  ): Send | "draft_gone" | "draft_changed" | "draft_sending" {
    const known = this.sends.find((send) => send.id === this.#byKey.get(key));
    if (known !== undefined) return known;
    const draft = this.drafts.get(id);
    if (draft === undefined) return "draft_gone";
    if (this.isSending(id)) return "draft_sending";
    if (etag !== null && etag !== draft.etag) return "draft_changed";
    // The server's own mark is put into a draft that another program has written: that changes it.
    if (this.#unmarked.delete(id)) draft.etag = `"${this.#fake.nextId("etag")}"`;
    const send: Send = {
      id: this.#fake.nextId("snd"),
      draft_id: id,
      connection_id: draft.connection_id,
      state: "scheduled",
      send_at: at === null ? this.#fake.iso(-1000 * undoSeconds) : momentOf(at),
      scheduled: at,
      subject: draft.subject,
      to: draft.to,
      cc: draft.cc,
      bcc: draft.bcc,
      reason: null,
      reason_text: null,
      known: [],
      decisions: [],
      message_id: null,
      thread_id: draft.thread_id,
      created_at: this.#fake.iso(),
      finished_at: null,
    };
    this.#byKey.set(key, send.id);
    this.sends = [send, ...this.sends];
    this.#fake.emit("send_changed", send.id);
    draft.send_id = send.id;
    if (at === null) setTimeout(() => this.#go(send), 1000 * undoSeconds);
    return send;
  }

  /** One message of each kind of end, without waiting for them. */
  addSamples(connection: string): void {
    const write = (subject: string, address: string, outcome: "sent" | "refused" | "doubtful") => {
      const to = [{ name: "", address }];
      const content = { from: null, to, cc: [], bcc: [], subject, html: "<p>…</p>", quoted_html: null };
      const draft = this.create({ ...content, connection_id: connection, attachments: [] }, subject);
      if (typeof draft === "string") return;
      this.nextSend = outcome;
      const send = this.send(draft.id, `send ${subject}`, 3600);
      if (typeof send !== "string") this.#go(send);
    };
    write("Offer for eighteen tables", "ana.ferreira@hotelmiramar.example", "sent");
    write("Photographs of the workshop, full size", "mira@studiokovac.example", "refused");
    write("Delivery on Tuesday", "sarah.whitfield@harbourpine.example", "doubtful");
  }

  /** Another hour, or at once. */
  move(id: string, at: SendAt | undefined): Send | "too_late" | undefined {
    const send = this.sends.find((candidate) => candidate.id === id);
    if (send === undefined) return undefined;
    if (send.state !== "scheduled") return "too_late";
    if (at !== undefined) return this.#become(send, { scheduled: at, send_at: momentOf(at) });
    this.#become(send, { send_at: this.#fake.iso() });
    this.#go(send);
    return send;
  }

  cancel(id: string): Send | "too_late" | undefined {
    const send = this.sends.find((candidate) => candidate.id === id);
    if (send === undefined) return undefined;
    if (send.state !== "scheduled") return "too_late";
    return this.#become(send, { state: "cancelled", finished_at: this.#fake.iso() });
  }

  resolve(id: string, decision: SendDecision): Send | "too_late" | undefined {
    const send = this.sends.find((candidate) => candidate.id === id);
    if (send === undefined) return undefined;
    if (send.state !== "doubtful") return "too_late";
    const at = this.#fake.iso();
    if (decision === "check")
      return this.#become(send, {
        known: [...send.known, { code: "sent_copy_absent", text: "There is still no copy in Sent.", at }],
      });
    if (decision === "keep_draft")
      return this.#become(send, { state: "cancelled", finished_at: at, decisions: [] });
    const draft = this.drafts.get(send.draft_id);
    if (decision === "send_again" && draft !== undefined) this.#sent(draft);
    this.remove(send.draft_id);
    return this.#become(send, { state: "sent", finished_at: at, decisions: [] });
  }

  #go(send: Send): void {
    if (send.state !== "scheduled") return;
    const outcome = this.nextSend;
    this.nextSend = "sent";
    const at = this.#fake.iso();
    const draft = this.drafts.get(send.draft_id);
    if (outcome === "refused") {
      this.#become(send, {
        state: "refused",
        reason: "provider_refused",
        reason_text: "The provider refused the message: it is larger than it allows.",
        finished_at: at,
      });
    } else if (outcome === "doubtful") {
      this.#become(send, {
        state: "doubtful",
        reason: "answer_lost",
        reason_text: "The provider's answer was lost on the way.",
        known: [
          { code: "answer_lost", text: "The request was sent, its answer never came.", at },
          { code: "draft_present", text: "The draft is still in your mailbox.", at },
          { code: "sent_copy_absent", text: "No copy of it is in Sent.", at },
        ],
        decisions: ["check", "sent", "send_again", "keep_draft"],
      });
    } else {
      if (draft !== undefined) this.#sent(draft);
      this.remove(send.draft_id);
      this.#become(send, { state: "sent", finished_at: at });
    }
  }

  #become(send: Send, change: Partial<Send>): Send {
    Object.assign(send, change);
    const draft = this.drafts.get(send.draft_id);
    if (draft !== undefined && !this.isSending(draft.id)) draft.send_id = null;
    this.#fake.emit("send_changed", send.id);
    return send;
  }

  #save(id: string, input: DraftInput, of: Pick<Draft, "connection_id" | "kind" | "message_id">): Draft {
    const attachments = (input.attachments ?? []).map((ref): Upload => {
      const known =
        this.uploads.get(ref.id ?? "")?.view ??
        this.drafts.get(id)?.attachments.find((one) => one.id === ref.id);
      if (known !== undefined) return { ...known, url: `/api/v1/drafts/${id}/attachments/${known.id}` };
      const part = ref.id ?? `att_${ref.part}`;
      return {
        id: part,
        name: "file",
        content_type: "application/octet-stream",
        size: 1,
        inline: false,
        url: `/api/v1/drafts/${id}/attachments/${part}`,
      };
    });
    const draft: Draft = {
      id,
      connection_id: of.connection_id,
      kind: of.kind,
      message_id: of.message_id,
      thread_id:
        of.message_id === null ? null : (this.#fake.findMessage(of.message_id)?.message.thread_id ?? null),
      from: { name: me.name, address: input.from ?? me.address },
      to: input.to ?? [],
      cc: input.cc ?? [],
      bcc: input.bcc ?? [],
      subject: input.subject ?? "",
      html: input.html ?? "",
      quoted_html: input.quoted_html ?? null,
      attachments,
      saved_at: this.#fake.iso(),
      etag: `"${this.#fake.nextId("etag")}"`,
      send_id: null,
      mail_merge_id: null,
    };
    this.drafts.set(id, draft);
    this.#unmarked.delete(id);
    this.#put(draftThread(draft, this.#fake.iso()), "drafts");
    this.#fake.emit("drafts_changed", draft.connection_id);
    return draft;
  }

  /** The row of a draft or of a copy, new or anew. */
  #put(stored: StoredThread, role: "drafts" | "sent"): void {
    this.#change(stored.thread.connection_id, (data) => {
      const label = data.labels.find((candidate) => candidate.role === role)?.id ?? "";
      stored.thread.label_ids = [label];
      for (const { message } of stored.messages) message.label_ids = [label];
      data.threads = [stored, ...data.threads.filter(({ thread }) => thread.id !== stored.thread.id)];
    });
  }

  /** A copy of what was sent: in its conversation, else in one of its own. */
  #sent(draft: Draft): void {
    const copy = draftThread({ ...draft, id: this.#fake.nextId("sent") }, this.#fake.iso());
    const found = draft.thread_id === null ? undefined : this.#fake.findThread(draft.thread_id);
    if (found === undefined) {
      this.#put(copy, "sent");
      return;
    }
    this.#change(draft.connection_id, (data) => {
      const label = data.labels.find(({ role }) => role === "sent")?.id ?? "";
      for (const { message } of copy.messages) {
        message.thread_id = found.thread.id;
        message.label_ids = [label];
      }
      found.messages.push(...copy.messages);
      found.thread.message_count += 1;
      found.thread.last_at = this.#fake.iso();
      found.thread.label_ids = [...new Set([...found.thread.label_ids, label])];
      data.threads = [...data.threads];
    });
  }

  #change(connection: string, change: (data: MailboxData) => void): void {
    const data = this.#fake.mail.get(connection);
    if (data === undefined) return;
    change(data);
    countLabels(data);
    this.#fake.emit("threads_changed", connection);
  }
}
