/** The words of the HTTP contract, as types. Everything else imports them from here. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type {
  AuditAction,
  AuditActionName,
  AuditActor,
  AuditCheckpoint,
  AuditEntry,
  AuditGroup,
  AuditQuery,
  AuditTarget,
  Health,
  Policy,
  PolicyCheck,
  PolicySentence,
  Quota,
} from "./ahead";

export type Me = Schemas["Me"];
export type Member = Me["member"];
export type Session = Schemas["Session"];
export type Provider = Schemas["Provider"];
export type Profile = Provider["profiles"][number];
export type ProfileId = "sales" | "type";
export type Feature = Provider["features"][number];
export type Scope = Feature["scopes"][number];
export type Connection = Schemas["Connection"];
export type Mailbox = Schemas["Mailbox"];
export type Progress = NonNullable<Mailbox["progress"]>;
export type DisconnectPreview = Schemas["DisconnectPreview"];
export type Alarm = Schemas["Alarm"];
export type Receipt = Schemas["Receipt"];
export type Consent = Schemas["Consent"];
export type Label = Schemas["Label"];
export type Thread = Schemas["Thread"];
export type FoundThread = Schemas["FoundThread"];
export type MailRetention = Schemas["MailRetention"];
export type ThreadDetail = Schemas["ThreadDetail"];
export type Message = Schemas["Message"];
export type MessageContent = Schemas["MessageContent"];
export type Attachment = MessageContent["attachments"][number];
export type Role = Member["role"];
export type Person = Schemas["Person"];
export type Invitation = Schemas["Invitation"];
export type Domain = Schemas["Domain"];
export type Passkey = Schemas["Passkey"];
export type PasskeyRequestOptions = Schemas["PasskeyRequestOptions"];
export type SignInAccount = Schemas["SignInAccount"];
export type SignInWays = Schemas["SignInWays"];
export type Problem = Schemas["Problem"];
export type Page<Item> = { items: Item[]; next?: string | null };
export type ActionName = Schemas["MailActionKind"];
export type MailAction = Schemas["MailAction"];
export type MailActionInput = Schemas["MailActionInput"];
export type Matching = Schemas["Matching"];
export type LabelColor = Schemas["LabelColor"];
export type ComposeOptions = Schemas["Compose"];
export type ReplyStart = Schemas["ComposeAnswer"];
export type MessagePart = Schemas["PartOfMessage"];
export type Upload = Schemas["DraftFile"];
export type Draft = Schemas["Draft"];
export type DraftInput = Schemas["DraftInput"];
export type DraftKind = Schemas["DraftKind"];
export type Send = Schemas["Send"];
export type SendDecision = Schemas["SendDecision"];
