/** Types of the routes for composing, which the generated document does not hold yet. */
import type { paths } from "./schema";

type Address = { name: string; address: string };

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
type Keyed = { header?: { "Idempotency-Key"?: string; "If-Match"?: string } };

type Acting = {
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
};

export type Paths = Omit<paths, keyof Acting> & Acting;
