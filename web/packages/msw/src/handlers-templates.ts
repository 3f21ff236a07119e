/** Templates, answered by a `FakeServer`. Of the language only plain variables with a fallback are understood. */
import type { FillInput, MailTemplate, MailTemplateInput, TemplateVariable } from "@tenon/api-client";
import { problem } from "./answers";
import type { FakeServer } from "./fake";
import { json, missing, nothing, type On } from "./handlers";

export const VARIABLES: TemplateVariable[] = [
  { name: "company.name", kind: "company", field: "name", label: null },
  { name: "contact.first_name", kind: "contact", field: "first_name", label: null },
  { name: "contact.name", kind: "contact", field: "name", label: null },
  { name: "contact.title", kind: "contact", field: "title", label: null },
  { name: "me.name", kind: null, field: "name", label: null },
];
const PLACEHOLDER = /\{\{\s*([\w.]+)\s*(?:\|\s*default\("([^"]*)"\)\s*)?\}\}/g;

const asMeant = (html: string) => html.replaceAll("&quot;", '"').replaceAll("&nbsp;", " ");
const unknownIn = (...texts: string[]) =>
  texts
    .flatMap((text) => [...asMeant(text).matchAll(PLACEHOLDER)].map(([, name = ""]) => name))
    .filter((name) => !VARIABLES.some((one) => one.name === name));
const refused = (names: string[]) =>
  problem(422, "validation", {
    fields: [{ name: "variables", detail: `do not exist: ${names.join(", ")}` }],
  });

export function templates(fake: FakeServer, on: On): void {
  const all = () => fake.templates;
  const read = (body: MailTemplateInput): Omit<MailTemplate, "id" | "version"> => ({
    kind: body.kind,
    name: body.name,
    folder: body.folder ?? "",
    subject: body.subject ?? "",
    html: body.html,
    shared: body.shared ?? false,
    owner: fake.me.member.id,
    editable: true,
    updated_at: fake.iso(),
  });
  on("get", "/templates", () => json({ items: all(), next: null }));
  on("get", "/template-variables", () => json({ items: VARIABLES, next: null }));
  on("post", "/templates", ({ body }) => {
    const input = body as unknown as MailTemplateInput;
    const unknown = unknownIn(input.subject ?? "", input.html);
    if (unknown.length > 0) return refused(unknown);
    const made = { ...read(input), id: fake.nextId("tpl"), version: 1 };
    fake.templates = [...all(), made];
    return json(made, 201);
  });
  on("put", "/templates/:id", ({ params, body }) => {
    const input = body as unknown as MailTemplateInput;
    const known = all().find(({ id }) => id === params.id);
    if (known === undefined) return missing();
    if (known.version !== input.version) return problem(412, "template_changed");
    const unknown = unknownIn(input.subject ?? "", input.html);
    if (unknown.length > 0) return refused(unknown);
    Object.assign(known, read(input), { owner: known.owner, version: known.version + 1 });
    return json(known);
  });
  on("delete", "/templates/:id", ({ params }) => {
    fake.templates = all().filter(({ id }) => id !== params.id);
    return nothing();
  });
  on("post", "/templates/fill", ({ body }) => {
    const { subject = "", html = "", address, record_id } = body as FillInput;
    const unknown = unknownIn(subject, html);
    if (unknown.length > 0) return refused(unknown);
    const contact = record_id == null ? undefined : fake.records.get(record_id);
    const first = contact?.values.first_name ?? (address == null ? "" : address.split("@")[0]);
    const values: Record<string, string> = {
      "me.name": fake.me.member.name,
      "contact.first_name": String(first ?? ""),
      "contact.name": contact?.title ?? String(first ?? ""),
    };
    const lacking = new Set<string>();
    const fill = (text: string) =>
      asMeant(text).replaceAll(PLACEHOLDER, (_all, name: string, fallback?: string) => {
        const value = values[name] || fallback;
        if (value !== undefined && value !== "") return value;
        lacking.add(name);
        return `{{ ${name} }}`;
      });
    const filled = { subject: fill(subject), html: fill(html) };
    return json({ ...filled, missing: [...lacking].sort() });
  });
}
