/** Acting on mail: what the server does with labels, in memory. */
import type { ActionName, Label, MailAction, MailActionInput } from "@tenon/api-client";
import { countLabels, type StoredMessage, type StoredThread } from "./data/mailbox";
import type { FakeServer } from "./fake";

/** More than this many messages are a job that reports its progress. */
const AT_ONCE = 300;
const CHUNK = 120;
const STEP_MS = 250;

type Before = {
  stored: StoredMessage;
  thread: StoredThread;
  labels: string[];
  unread: boolean;
  starred: boolean;
};
type Work = {
  view: MailAction;
  todo: Array<{ stored: StoredMessage; thread: StoredThread }>;
  before: Before[];
  input: MailActionInput;
};

export class FakeActing {
  readonly actions: MailAction[] = [];
  /** The next action that is asked for ends like this. */
  nextOutcome: Partial<MailAction> | undefined;
  readonly #fake: FakeServer;
  readonly #work = new Map<string, Work>();
  readonly #byKey = new Map<string, string>();

  constructor(fake: FakeServer) {
    this.#fake = fake;
  }

  begin(input: MailActionInput, key: string | null): MailAction | undefined {
    const known = key === null ? undefined : this.#byKey.get(key);
    if (known !== undefined) return this.find(known);
    const threads = this.#threadsOf(input);
    const connection = threads[0]?.thread.connection_id ?? input.matching?.connection;
    if (connection === undefined) return undefined;
    const wanted = new Set(input.messages ?? []);
    const todo = threads.flatMap((thread) =>
      this.#messagesOf(thread, input.action)
        .filter(({ message }) => input.messages == null || wanted.has(message.id))
        .map((stored) => ({ stored, thread })),
    );
    const view = this.#view(connection, input.action, input.label ?? null, todo.length, threads.length);
    if (key !== null) this.#byKey.set(key, view.id);
    const work: Work = { view, todo, before: [], input };
    this.#work.set(view.id, work);
    this.actions.unshift(view);
    const outcome = this.nextOutcome;
    this.nextOutcome = undefined;
    if (outcome !== undefined) Object.assign(view, { finished_at: this.#fake.iso() }, outcome);
    else if (todo.length <= AT_ONCE) this.#run(work, todo.length);
    else this.#later(work);
    return view;
  }

  find(id: string): MailAction | undefined {
    return this.actions.find((action) => action.id === id);
  }

  cancel(id: string): boolean {
    const view = this.find(id);
    if (view === undefined || (view.state !== "running" && view.state !== "waiting")) return false;
    Object.assign(view, { state: "cancelled", finished_at: this.#fake.iso() });
    this.#fake.emit("mail_action_changed", id);
    return true;
  }

  undo(id: string): MailAction | undefined {
    const work = this.#work.get(id);
    if (work === undefined || !work.view.undoable) return undefined;
    this.cancel(id);
    for (const { stored, labels, unread, starred } of work.before) {
      stored.message.label_ids = labels;
      stored.message.unread = unread;
      stored.message.starred = starred;
    }
    const touched = new Set(work.before.map(({ thread }) => thread));
    const view = this.#view(
      work.view.connection_id,
      "undo",
      work.view.label_id,
      work.before.length,
      touched.size,
    );
    Object.assign(view, {
      undo_of: id,
      undoable: false,
      state: "done",
      done: view.total,
      finished_at: this.#fake.iso(),
    });
    Object.assign(work.view, { undoable: false, undone_by: view.id });
    this.actions.unshift(view);
    this.#settle(touched, view.connection_id);
    return view;
  }

  createLabel(connection: string, name: string, color: Label["color"]): Label | "label_exists" {
    const labels = this.#fake.mail.get(connection)?.labels ?? [];
    if (labels.some((label) => label.name.toLowerCase() === name.toLowerCase())) return "label_exists";
    const id = this.#fake.nextId("lbl");
    const label: Label = {
      id,
      provider_id: id,
      name,
      type: "user",
      role: null,
      color: color ?? null,
      threads: 0,
      unread: 0,
    };
    labels.push(label);
    this.#fake.emit("labels_changed", connection);
    return label;
  }

  findLabel(id: string): { label: Label; connection: string } | undefined {
    for (const [connection, data] of this.#fake.mail) {
      const label = data.labels.find((candidate) => candidate.id === id);
      if (label !== undefined) return { label, connection };
    }
    return undefined;
  }

  renameLabel(connection: string, label: Label, name: string): void {
    const old = label.name;
    for (const other of this.#fake.mail.get(connection)?.labels ?? [])
      if (other.name.startsWith(`${old}/`)) other.name = name + other.name.slice(old.length);
    label.name = name;
  }

  deleteLabel(connection: string, id: string): void {
    const data = this.#fake.mail.get(connection);
    if (data === undefined) return;
    data.labels = data.labels.filter((label) => label.id !== id);
    for (const { thread, messages } of data.threads) {
      if (!thread.label_ids.includes(id)) continue;
      for (const { message } of messages)
        message.label_ids = message.label_ids.filter((other) => other !== id);
      thread.label_ids = thread.label_ids.filter((other) => other !== id);
    }
    this.#fake.emit("labels_changed", connection);
  }

  /** Rows follow their messages, counts follow the rows. */
  #settle(threads: Iterable<StoredThread>, connection: string): void {
    const data = this.#fake.mail.get(connection);
    if (data === undefined) return;
    const touched = [...threads];
    for (const { thread, messages } of touched) {
      const all = messages.map(({ message }) => message);
      thread.unread_count = all.filter((message) => message.unread).length;
      thread.starred = all.some((message) => message.starred);
      thread.message_count = all.length;
      thread.label_ids = [...new Set(all.flatMap((message) => message.label_ids))];
    }
    if (touched.some(({ messages }) => messages.length === 0))
      data.threads = data.threads.filter(({ messages }) => messages.length > 0);
    countLabels(data);
    this.#fake.emit("threads_changed", connection);
  }

  #threadsOf(input: MailActionInput): StoredThread[] {
    if (input.threads != null) return input.threads.flatMap((id) => this.#fake.findThread(id) ?? []);
    if (input.messages != null) {
      const ids = new Set(
        input.messages.flatMap((id) => this.#fake.findMessage(id)?.message.thread_id ?? []),
      );
      return [...ids].flatMap((id) => this.#fake.findThread(id) ?? []);
    }
    const { connection = "", label, unread } = input.matching ?? {};
    return this.#fake.listed(connection, label ?? null, unread === true);
  }

  #messagesOf({ messages }: StoredThread, action: ActionName): StoredMessage[] {
    return action === "star" || action === "mark_unread" ? messages.slice(-1) : [...messages];
  }

  #later(work: Work): void {
    const tick = () => {
      if (work.view.state === "cancelled") return;
      this.#run(work, CHUNK);
      if (work.todo.length > 0) setTimeout(tick, STEP_MS);
    };
    setTimeout(tick, STEP_MS);
  }

  #run(work: Work, count: number): void {
    const { view, input } = work;
    const batch = work.todo.splice(0, count);
    for (const one of batch) {
      const { message } = one.stored;
      work.before.push({
        ...one,
        labels: message.label_ids,
        unread: message.unread,
        starred: message.starred,
      });
      this.#change(one.stored, one.thread, input);
    }
    view.done += batch.length;
    view.state = work.todo.length > 0 ? "running" : "done";
    if (view.state === "done") {
      view.finished_at = this.#fake.iso();
      view.undoable = view.action !== "delete_forever" && view.total > 0;
    }
    this.#settle(new Set(batch.map(({ thread }) => thread)), view.connection_id);
    this.#fake.emit("mail_action_changed", view.id);
  }

  #change({ message }: StoredMessage, thread: StoredThread, input: MailActionInput): void {
    const labels = this.#fake.mail.get(thread.thread.connection_id)?.labels ?? [];
    const role = (name: string) => labels.find((label) => label.role === name)?.id ?? "";
    const set = (on: string[], off: string[]) => {
      message.label_ids = [...new Set([...message.label_ids.filter((id) => !off.includes(id)), ...on])];
    };
    switch (input.action) {
      case "mark_read":
      case "mark_unread":
        message.unread = input.action === "mark_unread";
        break;
      case "star":
      case "unstar":
        message.starred = input.action === "star";
        set(message.starred ? [role("starred")] : [], message.starred ? [] : [role("starred")]);
        break;
      case "archive":
        set([], [role("inbox")]);
        break;
      case "move_to_inbox":
        set([role("inbox")], [role("trash"), role("spam")]);
        break;
      case "add_label":
        set([input.label ?? ""], []);
        break;
      case "remove_label":
        set([], [input.label ?? ""]);
        break;
      case "move":
        set([input.label ?? ""], [input.from ?? role("inbox")]);
        break;
      case "spam":
        set([role("spam")], [role("inbox")]);
        break;
      case "not_spam":
        set([role("inbox")], [role("spam")]);
        break;
      case "trash":
        set([role("trash")], [role("inbox")]);
        break;
      case "restore":
        set([role("inbox")], [role("trash")]);
        break;
      case "delete_forever":
        thread.messages = thread.messages.filter((stored) => stored.message !== message);
        break;
      case "important":
      case "not_important":
        break;
    }
  }

  #view(
    connection_id: string,
    action: MailAction["action"],
    label_id: string | null,
    total: number,
    threads: number,
  ): MailAction {
    return {
      id: this.#fake.nextId("mac"),
      connection_id,
      action,
      label_id,
      state: "running",
      total,
      done: 0,
      gone: 0,
      failed: 0,
      threads,
      undoable: action !== "delete_forever",
      undo_of: null,
      undone_by: null,
      reason: null,
      reason_text: null,
      created_at: this.#fake.iso(),
      finished_at: null,
    };
  }
}
