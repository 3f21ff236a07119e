/** Types of routes that the generated document does not hold yet. */
import type { components, paths } from "./schema";

type Address = { name: string; address: string };
type Schemas = components["schemas"];

export type ActionName =
  | "mark_read"
  | "mark_unread"
  | "star"
  | "unstar"
  | "archive"
  | "move_to_inbox"
  | "add_label"
  | "remove_label"
  | "move"
  | "spam"
  | "not_spam"
  | "trash"
  | "restore"
  | "delete_forever"
  | "important"
  | "not_important";
export type Matching = { connection: string; label?: string | null; unread?: boolean };
export type MailActionInput = {
  action: ActionName;
  threads?: string[];
  messages?: string[];
  matching?: Matching;
  label?: string;
  from?: string | null;
  confirm?: boolean;
};
export type MailAction = {
  id: string;
  connection_id: string;
  action: ActionName;
  label_id: string | null;
  state: "waiting" | "running" | "done" | "cancelled" | "failed";
  total: number;
  done: number;
  gone: number;
  failed: number;
  threads: number;
  undoable: boolean;
  undo_of: string | null;
  undone_by: string | null;
  reason: string | null;
  reason_text: string | null;
  created_at: string;
  finished_at: string | null;
};
export type ActionFailure = { message_id: string; thread_id: string; code: string; text: string };
export type LabelColor = { background: string; text: string };
export type ComposeOptions = {
  from: Array<{ address: string; name: string; is_default: boolean; signature_html: string }>;
  limits: { message_bytes: number; recipients: number };
};
export type DraftKind = "new" | "reply" | "reply_all" | "forward";
export type MessagePart = {
  message_id: string;
  part: string;
  name: string;
  content_type: string;
  size: number;
  inline: boolean;
};
export type ReplyStart = {
  connection_id: string;
  kind: DraftKind;
  message_id: string;
  thread_id: string;
  from: string;
  to: Address[];
  cc: Address[];
  subject: string;
  html: string;
  signature_html: string;
  quoted_html: string | null;
  attachments: MessagePart[];
};
export type Upload = {
  id: string;
  name: string;
  content_type: string;
  size: number;
  inline: boolean;
  url: string;
};
export type DraftInput = {
  connection_id?: string;
  kind?: DraftKind;
  message_id?: string | null;
  from: string | null;
  to: Address[];
  cc: Address[];
  bcc: Address[];
  subject: string;
  html: string;
  quoted_html: string | null;
  attachments: Array<{ id: string } | { message_id: string; part: string }>;
};
export type Draft = {
  id: string;
  connection_id: string;
  kind: DraftKind;
  message_id: string | null;
  thread_id: string | null;
  from: string | null;
  to: Address[];
  cc: Address[];
  bcc: Address[];
  subject: string;
  html: string;
  quoted_html: string | null;
  attachments: Upload[];
  saved_at: string;
  etag: string;
};
export type SendDecision = "check" | "sent" | "send_again" | "keep_draft";
export type Send = {
  id: string;
  draft_id: string;
  connection_id: string;
  state: "scheduled" | "sending" | "sent" | "refused" | "doubtful" | "cancelled";
  send_at: string;
  subject: string;
  to: Address[];
  cc: Address[];
  bcc: Address[];
  reason: string | null;
  reason_text: string | null;
  known: Array<{ code: string; text: string; at: string }>;
  decisions: SendDecision[];
  message_id: string | null;
  thread_id: string | null;
  created_at: string;
  finished_at: string | null;
};
type Page<Item> = { items: Item[]; next: string | null };

type Op<Given, Answer, Body = undefined> = {
  parameters: Given;
  responses: { 200: { content: { "application/json": Answer } } };
} & (Body extends undefined
  ? { requestBody?: never }
  : { requestBody: { content: { "application/json": Body } } });
type Id = { path: { id: string } };
type Paging = { query?: { limit?: number; after?: string } };
type Keyed = { header?: { "Idempotency-Key"?: string; "If-Match"?: string } };

type Acting = {
  "/api/v1/mail/actions": { get: Op<Paging, Page<MailAction>>; post: Op<Keyed, MailAction, MailActionInput> };
  "/api/v1/mail/actions/{id}": { get: Op<Id, MailAction> };
  "/api/v1/mail/actions/{id}/failures": { get: Op<Id & Paging, Page<ActionFailure>> };
  "/api/v1/mail/actions/{id}/cancel": { post: Op<Id, MailAction> };
  "/api/v1/mail/actions/{id}/undo": { post: Op<Id, MailAction> };
  "/api/v1/connections/{id}/labels": {
    get: paths["/api/v1/connections/{id}/labels"]["get"];
    post: Op<Id, Schemas["Label"], { name: string; color?: LabelColor | null }>;
  };
  "/api/v1/labels/{id}": {
    patch: Op<Id, Schemas["Label"], { name?: string; color?: LabelColor | null }>;
    delete: Op<Id, undefined>;
  };
  "/api/v1/connections/{id}/label-colors": { get: Op<Id, { items: LabelColor[] }> };
  "/api/v1/connections/{id}/compose": { get: Op<Id, ComposeOptions> };
  "/api/v1/messages/{id}/compose": { get: Op<Id & { query: { kind: DraftKind } }, ReplyStart> };
  "/api/v1/uploads/{id}": { delete: Op<Id, undefined> };
  "/api/v1/drafts": { post: Op<Keyed, Draft, DraftInput> };
  "/api/v1/drafts/{id}": {
    get: Op<Id, Draft>;
    put: Op<Id & Keyed, Draft, DraftInput>;
    delete: Op<Id, undefined>;
  };
  "/api/v1/messages/{id}/draft": { post: Op<Id, Draft> };
  "/api/v1/drafts/{id}/send": { post: Op<Id & Keyed, Send, { undo_seconds?: number }> };
  "/api/v1/sends": { get: Op<{ query?: { state?: string; limit?: number; after?: string } }, Page<Send>> };
  "/api/v1/sends/{id}": { get: Op<Id, Send> };
  "/api/v1/sends/{id}/cancel": { post: Op<Id, Send> };
  "/api/v1/sends/{id}/resolve": { post: Op<Id, Send, { decision: SendDecision }> };
  "/api/v1/me": {
    patch: Op<
      object,
      Schemas["Me"],
      { name?: string; locale?: string; time_zone?: string; undo_send_seconds?: number }
    >;
  };
};

export type Paths = Omit<paths, keyof Acting> & Acting;
