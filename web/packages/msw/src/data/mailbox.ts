/** Turns the sample conversations into what the server would answer. */
import type { Draft, Label, Message, MessageContent, Thread } from "@tenon/api-client";
import { me, type Person } from "./people";
import { fillerThread, SAMPLE_THREADS, type SampleMessage, type SampleThread } from "./threads";

export type StoredMessage = { message: Message; sample: SampleMessage };
export type StoredThread = { thread: Thread; messages: StoredMessage[] };
export type MailboxData = { labels: Label[]; threads: StoredThread[] };

type SystemRole = NonNullable<Label["role"]>;
const SYSTEM: Array<[string, SystemRole]> = [
  ["INBOX", "inbox"],
  ["STARRED", "starred"],
  ["SENT", "sent"],
  ["DRAFT", "drafts"],
  ["SPAM", "spam"],
  ["TRASH", "trash"],
];
const OWN: Array<[string, Label["color"]]> = [
  ["Clients", null],
  ["Clients/Annecy", { background: "#a4c2f4", text: "#1c4587" }],
  ["Clients/Harbour & Pine", { background: "#b9e4d0", text: "#0b4f30" }],
  ["Clients/Hotel Miramar", { background: "#fbc8d9", text: "#711a36" }],
  ["Clients/O’Connor", { background: "#d0bcf1", text: "#41236d" }],
  ["Clients/Oaks & Co", { background: "#fce8b3", text: "#594c05" }],
  ["Fournisseurs", { background: "#ffd6a2", text: "#7a4706" }],
  ["Legal", { background: "#e7e7e7", text: "#464646" }],
  ["Newsletters", null],
  ["Quotes", { background: "#16a766", text: "#ffffff" }],
];

const id = (prefix: string, space: string, at: number | string) =>
  `${prefix}_${space}${String(at).padStart(8, "0")}`;

export function labelId(space: string, name: string): string {
  return id("lbl", space, name.toLowerCase().replace(/[^a-z0-9]/g, ""));
}

function storedThread(
  sample: SampleThread,
  index: number,
  connection: string,
  space: string,
  now: number,
): StoredThread {
  const threadId = id("thr", space, index);
  const own = (sample.labels ?? []).map((name) => labelId(space, name));
  const messages = sample.messages.map((raw, at): StoredMessage => {
    const mine = raw.from === me;
    const received = new Date(now - raw.ago * 60_000).toISOString();
    const labels = [...own, ...(mine ? [labelId(space, "SENT")] : [labelId(space, "INBOX")])];
    const starred = sample.starred === true && at === sample.messages.length - 1;
    return {
      sample: raw,
      message: {
        id: id("msg", space, `${index}x${at}`),
        thread_id: threadId,
        from: [raw.from],
        to: raw.to ?? [me],
        cc: raw.cc ?? [],
        reply_to: [],
        subject: sample.subject,
        date: received,
        received_at: received,
        size: 4200 + raw.html.length + (raw.files ?? []).reduce((sum, file) => sum + file.size, 0),
        unread: raw.unread === true,
        starred,
        has_attachments: (raw.files ?? []).length > 0,
        label_ids: starred ? [...labels, labelId(space, "STARRED")] : labels,
        message_id_header: `<${space}-${index}-${at}@mail.example>`,
      },
    };
  });
  const people = new Map<string, Person>();
  for (const { message } of messages) for (const person of message.from) people.set(person.address, person);
  if (people.size === 1 && people.has(me.address))
    for (const to of messages[0]?.message.to ?? []) people.set(to.address, to);
  return {
    messages,
    thread: {
      id: threadId,
      connection_id: connection,
      subject: sample.subject,
      participants: [...people.values()].map((person) => ({ ...person, me: person.address === me.address })),
      last_at: messages.at(-1)?.message.received_at ?? new Date(now).toISOString(),
      message_count: messages.length,
      unread_count: messages.filter(({ message }) => message.unread).length,
      starred: sample.starred === true,
      has_attachments: messages.some(({ message }) => message.has_attachments),
      label_ids: [...new Set(messages.flatMap(({ message }) => message.label_ids))],
    },
  };
}

/** `threads` conversations in all, the hand-written ones first. */
export function mailbox(connection: string, space: string, threads: number, now: number): MailboxData {
  const stored = Array.from({ length: threads }, (_, index) =>
    storedThread(
      SAMPLE_THREADS[index] ?? fillerThread(index - SAMPLE_THREADS.length),
      index,
      connection,
      space,
      now,
    ),
  );
  const count = (label: string) => {
    const inside = stored.filter(({ thread }) => thread.label_ids.includes(label));
    return { threads: inside.length, unread: inside.filter(({ thread }) => thread.unread_count > 0).length };
  };
  const labels: Label[] = [
    ...SYSTEM.map(
      ([name, role]): Label => ({
        id: labelId(space, name),
        provider_id: name,
        name,
        type: "system",
        role,
        color: null,
        ...count(labelId(space, name)),
      }),
    ),
    ...OWN.map(
      ([name, color], at): Label => ({
        id: labelId(space, name),
        provider_id: `Label_${at + 1}`,
        name,
        type: "user",
        role: null,
        color: color ?? null,
        ...count(labelId(space, name)),
      }),
    ),
  ];
  return { labels, threads: stored };
}

/** A conversation that comes in now. */
export function arrival(
  data: MailboxData,
  connection: string,
  space: string,
  index: number,
  now: number,
): StoredThread {
  const sample = fillerThread(index);
  const messages = sample.messages
    .slice(0, 1)
    .map((message) => ({ ...message, ago: 0, unread: true as const }));
  return storedThread({ ...sample, messages }, data.threads.length + 100_000 + index, connection, space, now);
}

/** Labels' counts follow the conversations. */
export function countLabels({ labels, threads }: MailboxData): void {
  for (const label of labels) {
    const inside = threads.filter(({ thread }) => thread.label_ids.includes(label.id));
    label.threads = inside.length;
    label.unread = inside.filter(({ thread }) => thread.unread_count > 0).length;
  }
}

/** A draft, or what was sent of it, as a conversation of its own. */
export function draftThread(draft: Draft, now: string): StoredThread {
  const thread_id = `thr_${draft.id}`;
  const has_attachments = draft.attachments.some((attachment) => !attachment.inline);
  const message: Message = {
    id: `msg_${draft.id}`,
    thread_id,
    from: [me],
    to: draft.to,
    cc: draft.cc,
    reply_to: [],
    subject: draft.subject,
    date: now,
    received_at: now,
    size: draft.html.length,
    unread: false,
    starred: false,
    has_attachments,
    label_ids: [],
    message_id_header: `<${draft.id}@mail.example>`,
  };
  const files = draft.attachments.map(({ name, content_type, size }) => ({ name, type: content_type, size }));
  return {
    messages: [{ message, sample: { from: me, to: draft.to, ago: 0, html: draft.html, files } }],
    thread: {
      id: thread_id,
      connection_id: draft.connection_id,
      subject: draft.subject,
      participants: [{ ...me, me: true }],
      last_at: now,
      message_count: 1,
      unread_count: 0,
      starred: false,
      has_attachments,
      label_ids: [],
    },
  };
}

export function content({ message, sample }: StoredMessage): MessageContent {
  const base = `/api/v1/messages/${message.id}`;
  return {
    ...message,
    body: {
      kind: sample.html === "" ? "none" : "html",
      url: `${base}/body`,
      remote_images_blocked: sample.images ?? 0,
      images_shown: false,
      images_url: `${base}/body?images=true`,
      quoted: false,
      problem: sample.problem === undefined ? null : { code: "damaged_part", text: sample.problem },
    },
    attachments: (sample.files ?? []).map((file, at) => ({
      id: `att_${at}`,
      name: file.name,
      content_type: file.type,
      size: file.size,
      inline: false,
      url: `${base}/attachments/att_${at}`,
    })),
    headers: [
      { name: "From", value: message.from.map((from) => `${from.name} <${from.address}>`).join(", ") },
      { name: "To", value: message.to.map((to) => `${to.name} <${to.address}>`).join(", ") },
      { name: "Subject", value: message.subject },
      { name: "Date", value: new Date(message.received_at).toUTCString() },
      { name: "Message-ID", value: message.message_id_header ?? "" },
      {
        name: "Received",
        value: `from mx1.mail.example by mx.ateliernord.example; ${new Date(message.received_at).toUTCString()}`,
      },
      {
        name: "DKIM-Signature",
        value: "v=1; a=rsa-sha256; c=relaxed/relaxed; d=mail.example; s=s1; h=from:to:subject:date",
      },
    ],
    original_url: `${base}/original`,
  };
}

/** The document the frame shows: colours follow the theme, nothing in it can run or load. */
export function bodyDocument({ sample }: StoredMessage, theme: string): string {
  const dark = theme === "dark";
  return `<!doctype html><html><head><meta charset="utf-8"><style>
:root{color-scheme:${dark ? "dark" : "light"}}
body{margin:0;font:14px/1.6 -apple-system,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",Arial,sans-serif;color:${dark ? "#ececea" : "#1d1c1a"};background:${dark ? "#17181a" : "#ffffff"};overflow-wrap:anywhere}
p{margin:0 0 12px}a{color:${dark ? "#6cc9b5" : "#10604f"}}
</style></head><body>${sample.html}</body></html>`;
}
