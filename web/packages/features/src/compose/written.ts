import type { Draft, MessagePart, ReplyStart } from "@tenon/api-client";
import { splitSignature, toEditorHtml } from "./draft-html";
import { isAddress, type Recipient } from "./recipients";

/** A file of a draft, from picking it to its place at the server. */
export type WrittenFile = {
  key: string;
  name: string;
  type: string;
  size: number;
  inline: boolean;
  state: "uploading" | "ready" | "failed";
  /** 0 to 1 while it is on its way. */
  progress: number;
  /** The server's word for it; missing while it is not there yet. */
  ref?: { id: string } | { message_id: string; part: string };
  url?: string;
  /** Kept as long as the composer: the server holds files for a while only. */
  file?: File;
  problem?: string;
};

/** What was typed into the address fields and is no recipient yet. */
export type Typed = Record<"to" | "cc" | "bcc", string>;

/** All that stands in a composer. */
export type Written = {
  from: string | null;
  to: Recipient[];
  cc: Recipient[];
  bcc: Recipient[];
  subject: string;
  /** As the editor has it: pictures by `data-attachment`. */
  body: string;
  signature: string;
  quoted: string | null;
  files: WrittenFile[];
  /** Saved nowhere: it is no address before it is whole. */
  typed: Typed;
};

export const isTyping = ({ typed }: Written): boolean =>
  Object.values(typed).some((text) => text.trim() !== "");

export const EMPTY: Written = {
  from: null,
  to: [],
  cc: [],
  bcc: [],
  subject: "",
  body: "",
  signature: "",
  quoted: null,
  files: [],
  typed: { to: "", cc: "", bcc: "" },
};

const recipient = ({ name, address }: { name: string; address: string }): Recipient => ({
  name,
  address,
  valid: isAddress(address),
});

const partFile = (part: MessagePart): WrittenFile => ({
  key: `${part.message_id} ${part.part}`,
  name: part.name,
  type: part.content_type,
  size: part.size,
  inline: part.inline,
  state: "ready",
  progress: 1,
  ref: { message_id: part.message_id, part: part.part },
});

export function writtenFromReply(reply: ReplyStart): Written {
  return {
    ...EMPTY,
    from: reply.from,
    to: reply.to.map(recipient),
    cc: reply.cc.map(recipient),
    subject: reply.subject,
    body: reply.html,
    signature: reply.signature_html,
    quoted: reply.quoted_html,
    files: reply.attachments.map(partFile),
  };
}

export function writtenFromDraft(draft: Draft): Written {
  const { body, signature } = splitSignature(draft.html);
  const files = draft.attachments.map(
    (one): WrittenFile => ({
      key: one.id,
      name: one.name,
      type: one.content_type,
      size: one.size,
      inline: one.inline,
      state: "ready",
      progress: 1,
      ref: { id: one.id },
      url: one.url,
    }),
  );
  return {
    ...EMPTY,
    from: draft.from.address,
    to: draft.to.map(recipient),
    cc: draft.cc.map(recipient),
    bcc: draft.bcc.map(recipient),
    subject: draft.subject,
    body: toEditorHtml(body, (id) => files.find((file) => file.key === id)?.url),
    signature,
    quoted: draft.quoted_html,
    files,
  };
}

export const sizeOf = (files: ReadonlyArray<WrittenFile>): number =>
  files.reduce((sum, file) => sum + file.size, 0);
