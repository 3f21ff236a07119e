/** The words of the HTTP contract, as types. Everything else imports them from here. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Me = Schemas["Me"];
export type Member = Me["member"];
export type Session = Schemas["Session"];
export type Provider = Schemas["Provider"];
export type Profile = Provider["profiles"][number];
export type ProfileId = "sales" | "type";
export type Feature = Provider["features"][number];
export type Scope = Feature["scopes"][number];
export type Policy = Schemas["Policy"];
export type Connection = Schemas["Connection"];
export type Mailbox = Schemas["Mailbox"];
export type Progress = NonNullable<Mailbox["progress"]>;
export type Health = Schemas["Health"];
export type DisconnectPreview = Schemas["DisconnectPreview"];
export type Receipt = Schemas["Receipt"];
export type Consent = Schemas["Consent"];
export type Label = Schemas["Label"];
export type Thread = Schemas["Thread"];
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
export type {
  ComposeOptions,
  Draft,
  DraftInput,
  DraftKind,
  MessagePart,
  ReplyStart,
  Send,
  SendDecision,
  Upload,
} from "./composing";
