/**
 * Shapes that the server answers and `openapi.json` does not tell yet, in one place: with the next `npm run gen` they
 * come from the schema, and this file goes away.
 */
import type { components } from "./schema";

type Schemas = components["schemas"];

/** `units_per_minute` is null where the provider sets no limit; older servers say 0. */
export type Quota = Omit<Schemas["Quota"], "units_per_minute"> & { units_per_minute: number | null };
export type Health = Omit<Schemas["Health"], "quota"> & { quota: Quota };

export type PolicyCheck = {
  id: string;
  /** What it does, and when it passes. */
  text: string;
  /** With every change of the program, as a longer proof, or in a real browser. */
  runs: "every_change" | "proof" | "browser";
  /** Whoever runs a server can have it done there too. */
  live: boolean;
};
export type PolicySentence = Schemas["Sentence"] & {
  section?: string;
  feature?: string | null;
  /** A term is an agreement: nothing can check it. */
  ground?: "checked" | "term";
  /** Ids of its checks. */
  checks?: string[];
};
export type Policy = Omit<Schemas["Policy"], "sentences" | "terms"> & {
  sentences: PolicySentence[];
  terms: PolicySentence[];
  checks?: PolicyCheck[];
};

export type AuditAction =
  | "signed_in"
  | "second_factor_failed"
  | "locked_out"
  | "session_ended"
  | "sessions_ended"
  | "password_changed"
  | "password_reset"
  | "reset_made"
  | "reset_used"
  | "second_factor_on"
  | "second_factor_off"
  | "recovery_codes_renewed"
  | "passkey_added"
  | "passkey_removed"
  | "passkey_renamed"
  | "identity_added"
  | "identity_removed"
  | "workspace_created"
  | "member_invited"
  | "invitation_withdrawn"
  | "member_joined"
  | "role_changed"
  | "member_disabled"
  | "member_enabled"
  | "domain_allowed"
  | "domain_forbidden"
  | "connection_made"
  | "connection_renewed"
  | "scopes_changed"
  | "disconnected"
  | "grant_withdrawn"
  | "retention_changed"
  | "mail_deleted"
  | "key_made"
  | "key_destroyed"
  | "value_not_opened";
export type AuditGroup = "access" | "members" | "mail" | "security";
export type AuditActor = {
  kind: "member" | "operator" | "server" | "unknown";
  /** Null with the kind `member`: erased since. */
  member_id: string | null;
  name: string | null;
  own: boolean;
};
export type AuditTarget = {
  kind:
    | "member"
    | "connection"
    | "invitation"
    | "passkey"
    | "identity"
    | "domain"
    | "session"
    | "key"
    | "record";
  id: string | null;
  name: string | null;
  own: boolean;
};
export type AuditEntry = {
  /** Its number in the workspace's chain, from 1, without gaps. */
  seq: number;
  at: string;
  action: AuditAction;
  /** A short name of the action in the asked language. */
  title: string;
  actor: AuditActor;
  target: AuditTarget | null;
  details: Array<{ what: string; value: string }>;
  request_id: string | null;
};
export type AuditActionName = { action: AuditAction; title: string; group: AuditGroup };
export type AuditCheckpoint = {
  /** Entries in the chain now. */
  count: number;
  /** The seal of the newest entry, 64 hex digits. */
  head: string | null;
  at: string | null;
  /** The last one that was written; `line` is signed and can be kept anywhere. */
  checkpoint: { count: number; head: string; at: string; line: string } | null;
  /** Base64 of an Ed25519 public key. */
  public_key: string;
  command: string;
};
export type AuditQuery = {
  limit?: number;
  after?: string;
  /** One action, or several with commas. */
  action?: string;
  /** Entries by this member, or about them. */
  member?: string;
  /** RFC 3339, included. */
  from?: string;
  /** RFC 3339, not included. */
  to?: string;
};

type Get<Query, Answer> = {
  parameters: { query?: Query; header?: never; path?: never; cookie?: never };
  get: {
    parameters: { query?: Query; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: { 200: { headers: Record<string, unknown>; content: { "application/json": Answer } } };
  };
};

export interface AheadPaths {
  "/api/v1/audit": Get<AuditQuery & { locale?: string }, { items: AuditEntry[]; next: string | null }>;
  "/api/v1/audit/actions": Get<{ locale?: string }, { items: AuditActionName[] }>;
  "/api/v1/audit/checkpoint": Get<never, AuditCheckpoint>;
}
