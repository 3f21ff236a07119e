/** The standard fields of each kind, and two custom ones. */
import type {
  Field,
  FieldOption,
  FieldType,
  Kind,
  ObjectType,
} from "../../../features/src/records/core/types";

type Extra = Partial<Pick<Field, "required" | "options" | "links_to" | "id" | "label">>;

const field = (key: string, type: FieldType, extra: Extra = {}): Field => ({
  key,
  id: null,
  label: null,
  type,
  required: false,
  options: [],
  links_to: null,
  archived: false,
  ...extra,
});
const must = { required: true };
const options = (...values: string[]): FieldOption[] =>
  values.map((value) => ({ value, label: null, color: null }));
const named = (label: string, value: string, color: number): FieldOption => ({ value, label, color });

const owner = field("owner", "person");
const description = field("description", "long_text");
const emails = field("emails", "emails");
const phones = field("phones", "phones");
const addresses = field("addresses", "addresses");
const company = field("company", "link", { links_to: "company" });
const contacts = field("contacts", "links", { links_to: "contact" });
const amount = field("amount", "money");
const lost = field("lost_reason", "text");
const about = field("about", "links");
const box = [field("pipeline", "pipeline", must), field("stage", "stage", must)];
const priority = field("priority", "choice", { options: options("low", "normal", "high", "urgent") });

const PRIORITY_COLORS: Record<string, number> = { low: 0, normal: 1, high: 3, urgent: 5 };
for (const option of priority.options) option.color = PRIORITY_COLORS[option.value] ?? null;

const FIELDS: Record<Kind, Field[]> = {
  contact: [
    field("salutation", "text"),
    field("first_name", "text"),
    field("last_name", "text"),
    field("title", "text"),
    company,
    emails,
    phones,
    addresses,
    owner,
    description,
    field("c_newsletter", "boolean", { id: "fld_newsletter0001", label: "Newsletter" }),
  ],
  company: [
    field("name", "text", must),
    field("domain", "text"),
    field("website", "url"),
    field("industry", "text"),
    field("employees", "number"),
    emails,
    phones,
    addresses,
    owner,
    description,
    field("c_tier", "choice", {
      id: "fld_tier00000001",
      label: "Tier",
      options: [named("Gold", "gold", 7), named("Silver", "silver", 0), named("New", "new", 6)],
    }),
  ],
  deal: [
    field("name", "text", must),
    ...box,
    amount,
    field("probability", "number"),
    field("close_date", "date"),
    company,
    contacts,
    owner,
    lost,
    description,
    field("c_wood", "choices", {
      id: "fld_wood00000001",
      label: "Wood",
      options: [named("Oak", "oak", 3), named("Ash", "ash", 7), named("Larch", "larch", 5)],
    }),
  ],
  lead: [
    field("name", "text", must),
    ...box,
    field("source", "choice", {
      options: options("web", "mail", "phone", "referral", "event", "import", "other"),
    }),
    field("contact_name", "text"),
    field("company_name", "text"),
    emails,
    phones,
    amount,
    contacts,
    company,
    owner,
    lost,
    description,
  ],
  case: [
    field("name", "text", must),
    ...box,
    priority,
    field("due_date", "date"),
    company,
    contacts,
    owner,
    description,
  ],
  card: [
    field("name", "text", must),
    ...box,
    field("due_date", "date"),
    company,
    contacts,
    owner,
    description,
  ],
  task: [
    field("name", "text", must),
    field("done", "boolean"),
    field("due_date", "date"),
    priority,
    owner,
    about,
    description,
  ],
  activity: [
    field("type", "choice", { options: options("call", "meeting") }),
    field("name", "text", must),
    field("start", "datetime"),
    field("end", "datetime"),
    field("location", "text"),
    field("attendees", "links", { links_to: "contact" }),
    about,
    field("outcome", "text"),
    owner,
    description,
  ],
  note: [field("body", "long_text", must), about, field("mentions", "people"), owner],
};

export const objectTypes = (): ObjectType[] =>
  (Object.keys(FIELDS) as Kind[]).map((kind) => ({ kind, fields: structuredClone(FIELDS[kind]) }));
