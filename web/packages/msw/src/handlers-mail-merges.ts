/** Mail merges, answered by a `FakeServer`: the list comes from contacts, and a message goes with each look at a running one. */
import type {
  Draft,
  MailMerge,
  MailMergeChange,
  MailMergeRecipient,
  MailMergeRecipientState,
} from "@tenon/api-client";
import { problem } from "./answers";
import type { FakeServer } from "./fake";
import { json, missing, nothing, type On } from "./handlers";

export type FakeMerge = Omit<MailMerge, "counts"> & { people: MailMergeRecipient[] };

const STATES: Record<string, { from: MailMerge["state"][]; to: MailMerge["state"] }> = {
  start: { from: ["draft"], to: "running" },
  pause: { from: ["running"], to: "paused" },
  resume: { from: ["paused"], to: "running" },
  cancel: { from: ["draft", "running", "paused"], to: "cancelled" },
  retry: { from: ["done", "running", "paused"], to: "running" },
};

/** A mail merge whose letter is this draft. */
export function beginMerge(fake: FakeServer, draft: Draft): FakeMerge {
  const merge: FakeMerge = {
    id: fake.nextId("mmg"),
    connection_id: draft.connection_id,
    draft_id: draft.id,
    state: "draft",
    reason: null,
    reason_text: null,
    name: draft.subject,
    columns: [],
    daily_cap: 400,
    gap_min_seconds: 20,
    gap_max_seconds: 60,
    working_hours_only: false,
    unsubscribe: true,
    replied: 0,
    auto_replied: 0,
    bounced: 0,
    unsubscribed: 0,
    next_at: null,
    ends_at: null,
    created_at: fake.iso(),
    started_at: null,
    finished_at: null,
    people: [],
  };
  draft.mail_merge_id = merge.id;
  fake.mailMerges.push(merge);
  return merge;
}

/** Those of all contacts who are not in the list; how many have no address. */
export function addContacts(fake: FakeServer, merge: FakeMerge): number {
  let without = 0;
  for (const record of fake.records.all.values()) {
    if (record.kind !== "contact") continue;
    const [email] = (record.values.emails ?? []) as Array<{ address: string }>;
    if (email === undefined) without += 1;
    else if (merge.people.every(({ address }) => address !== email.address))
      merge.people.push(person(merge.people.length + 1, record.title, email.address, record.id));
  }
  return without;
}

const person = (number: number, name: string, address: string, record: string): MailMergeRecipient => ({
  number,
  name,
  address,
  record_id: record,
  state: "waiting",
  reason: null,
  reason_text: null,
  missing: [],
  send_id: null,
  settled_at: null,
  replied_at: null,
  auto_replied_at: null,
  bounced_at: null,
  failure: null,
  unsubscribed_at: null,
});

export function mailMerges(fake: FakeServer, on: On): void {
  const shown = ({ people, ...merge }: FakeMerge): MailMerge => {
    const counts = new Map<string, MailMerge["counts"][number]>();
    for (const { state, reason, reason_text } of people) {
      const key = `${state} ${reason}`;
      const known = counts.get(key) ?? { state, reason, reason_text, count: 0 };
      counts.set(key, { ...known, count: known.count + 1 });
    }
    const many = (at: keyof MailMergeRecipient) => people.filter((one) => one[at] !== null).length;
    const back = {
      replied: many("replied_at"),
      bounced: many("bounced_at"),
      unsubscribed: many("unsubscribed_at"),
    };
    return { ...merge, ...back, counts: [...counts.values()] };
  };
  const find = (id: string | undefined) => fake.mailMerges.find((one) => one.id === id);
  on("get", "/mail-merges", () => json({ items: fake.mailMerges.map(shown).reverse(), next: null }));
  on("post", "/mail-merges", ({ body }) => {
    const draft = fake.composing.drafts.get(String(body.draft_id));
    if (draft === undefined) return missing();
    const known = fake.mailMerges.find((one) => one.draft_id === draft.id && one.finished_at === null);
    if (known !== undefined) return json(shown(known), 201);
    const merge = beginMerge(fake, draft);
    return json(shown(merge), 201);
  });
  on("get", "/mail-merges/:id", ({ params }) => {
    const merge = find(params.id);
    return merge === undefined ? missing() : json(shown(merge));
  });
  on("patch", "/mail-merges/:id", ({ params, body }) => {
    const merge = find(params.id);
    if (merge === undefined) return missing();
    const change = body as MailMergeChange;
    const { gap_min_seconds: least, gap_max_seconds: most } = { ...merge, ...change };
    if ((least ?? 0) > (most ?? 0))
      return problem(422, "validation", {
        fields: [{ name: "gap_min_seconds", detail: "must not be longer than gap_max_seconds" }],
      });
    Object.assign(merge, change);
    return json(shown(merge));
  });
  on("delete", "/mail-merges/:id", ({ params }) => {
    fake.mailMerges = fake.mailMerges.filter(({ id }) => id !== params.id);
    return nothing();
  });
  on("get", "/mail-merges/:id/recipients", ({ params, url }) => {
    const merge = find(params.id);
    if (merge === undefined) return missing();
    const state = url.searchParams.get("state") as MailMergeRecipientState | null;
    const response = url.searchParams.get("response");
    const has = (one: MailMergeRecipient) =>
      response === null || (response === "bounce" ? one.bounced_at : one.replied_at) !== null;
    const items = merge.people.filter((one) => (state === null || one.state === state) && has(one));
    return json({ items, next: null });
  });
  on("post", "/mail-merges/:id/recipients", ({ params }) => {
    const merge = find(params.id);
    if (merge === undefined) return missing();
    const before = merge.people.length;
    const without = addContacts(fake, merge);
    const left_out = without === 0 ? [] : [{ code: "no_address", count: without }];
    return json({ added: merge.people.length - before, left_out, rows: [] });
  });
  on("delete", "/mail-merges/:id/recipients/:number", ({ params }) => {
    const merge = find(params.id);
    if (merge === undefined) return missing();
    merge.people = merge.people.filter(({ number }) => number !== Number(params.number));
    return nothing();
  });
  on("delete", "/mail-merges/:id/recipients", ({ params }) => {
    const merge = find(params.id);
    if (merge === undefined) return missing();
    merge.people = [];
    return json(shown(merge));
  });
  on("post", "/mail-merges/:id/preview", ({ params, body }) => {
    const merge = find(params.id);
    const one = merge?.people.find(({ number }) => number >= Number(body.number));
    const draft = fake.composing.drafts.get(merge?.draft_id ?? "");
    if (one === undefined || draft === undefined) return missing();
    return json({
      number: one.number,
      to_name: one.name,
      to_address: one.address,
      from_name: draft.from.name,
      from_address: draft.from.address,
      subject: draft.subject.replace("{{ contact.name }}", one.name),
      html: draft.html,
      missing: one.missing,
      attachments: [],
    });
  });
  on("post", "/mail-merges/:id/check", ({ params }) => {
    const merge = find(params.id);
    if (merge === undefined) return missing();
    const problems = merge.people
      .filter((one) => one.missing.length > 0)
      .map(({ number, name, address, missing: lacking }) => ({
        number,
        name,
        address,
        code: "missing_values",
        text: "A variable of the letter has no value for this person.",
        missing: lacking,
      }));
    return json({ looked_at: merge.people.length, problems, next: null });
  });
  for (const [step, { from, to }] of Object.entries(STATES))
    on("post", `/mail-merges/:id/${step}`, ({ params }) => {
      const merge = find(params.id);
      if (merge === undefined) return missing();
      if (!from.includes(merge.state)) return problem(409, "too_late");
      merge.state = to;
      merge.reason_text = null;
      if (step === "start") merge.started_at = fake.iso();
      if (to === "cancelled") merge.finished_at = fake.iso();
      return json(shown(merge));
    });
}
