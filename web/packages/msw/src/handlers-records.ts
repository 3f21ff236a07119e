/** Records, answered by a `FakeServer`. */
import { HttpResponse } from "msw";
import type {
  Kind,
  Money,
  NewRecord,
  RecordsAsked,
  RecordsBody,
  RecordsCount,
  Sharing,
  Stage,
  Values,
} from "../../features/src/records/core/types";
import { problem } from "./answers";
import type { FakeServer } from "./fake";
import type { On } from "./handlers";
import { settingsOfRecords } from "./handlers-record-settings";
import { order, select } from "./record-filters";
import { find } from "./record-search";
import { type Bulk, isEmpty, type Stored } from "./records";

const json = (value: unknown, status = 200, headers: Record<string, string> = {}) =>
  HttpResponse.json(value as object, { status, headers });
const nothing = () => new HttpResponse(null, { status: 204 });
const missing = () => problem(404, "not_found");
const needs = (names: string[], code = "validation") =>
  problem(422, code, { fields: names.map((name) => ({ name, detail: "is needed" })) });

export function records(fake: FakeServer, on: On): void {
  const state = () => fake.records;
  const shown = (record: Stored, status = 200) =>
    json(state().shown(record), status, { ETag: `"${record.version}"` });
  const seen = (request: Request) =>
    Number(request.headers.get("If-Match")?.replace(/\D/g, "") || Number.NaN);
  const missingFields = (kind: Kind, values: Values) =>
    (state().objects.find((object) => object.kind === kind)?.fields ?? [])
      .filter(({ key, required, archived }) => required && !archived && isEmpty(values[key]))
      .map(({ key }) => key)
      .filter((key) => key !== "pipeline" && key !== "stage");

  settingsOfRecords(fake, on);

  on("post", "/records/query", ({ body }) => {
    const asked = body as unknown as RecordsBody;
    const exact = order(select(state(), asked), asked.sort?.[0], asked);
    const similar = exact.length === 0 && (asked.search ?? "") !== "";
    const { search: words = "", ...others } = asked;
    const alike = similar
      ? find(state(), { text: words, kinds: [asked.kind], limit: 50 }).map(({ record }) => record.id)
      : [];
    const found = similar ? select(state(), others).filter(({ id }) => alike.includes(id)) : exact;
    const start = asked.after === undefined ? 0 : Number(asked.after);
    const limit = asked.limit ?? 50;
    const next = start + limit < found.length ? String(start + limit) : null;
    return json({
      items: found.slice(start, start + limit).map((one) => state().shown(one)),
      next,
      similar: similar && found.length > 0,
    });
  });
  on("post", "/records/count", ({ body }) => {
    const asked = body as unknown as RecordsBody;
    const found = select(state(), asked);
    const answer: RecordsCount = { count: found.length };
    const pipeline = state().pipelines.find(({ id }) => id === asked.pipeline);
    if (pipeline !== undefined)
      answer.by_stage = pipeline.stages.map(({ id }) => {
        const inStage = found.filter(({ values }) => values.stage === id);
        return { stage: id, count: inStage.length, amounts: sums(inStage) };
      });
    return json(answer);
  });
  on("post", "/records/bulk", ({ body, request }) => {
    const key = request.headers.get("Idempotency-Key") ?? fake.nextId("key");
    const known = state().keys.get(key);
    if (known !== undefined) return json(known);
    const asked = body as unknown as RecordsBody & {
      ids?: string[];
      which?: RecordsAsked;
      set?: Values;
      delete?: boolean;
    };
    const chosen =
      asked.ids === undefined
        ? select(state(), asked.which ?? asked)
        : asked.ids.flatMap((id) => state().get(id) ?? []);
    const bulk: Bulk = { id: fake.nextId("blk"), before: [] };
    let left = 0;
    for (const record of chosen) {
      if (record.access === "view") {
        left += 1;
        continue;
      }
      bulk.before.push({ id: record.id, values: record.values, deleted: record.deleted_at !== null });
      if (asked.delete === true) {
        record.deleted_at = fake.iso();
        state().note(record, [], "deleted");
      } else state().write(record, asked.set ?? {}, fake.me.member.id, "bulk");
    }
    state().bulks.set(bulk.id, bulk);
    const answer = {
      id: bulk.id,
      changed: chosen.length - left,
      skipped: left,
      skipped_because: left === 0 ? [] : [{ code: "forbidden", count: left }],
    };
    state().keys.set(key, answer);
    return json(answer);
  });
  on("post", "/records/bulk/:id/undo", ({ params }) => {
    const bulk = state().bulks.get(params.id ?? "");
    if (bulk === undefined) return missing();
    for (const { id, values, deleted } of bulk.before) {
      const record = state().get(id);
      if (record === undefined) continue;
      record.deleted_at = deleted ? record.deleted_at : null;
      state().write(record, values, fake.me.member.id, "reverted");
    }
    return json({ changed: bulk.before.length, skipped: 0 });
  });

  on("post", "/records", ({ body, request }) => {
    const key = request.headers.get("Idempotency-Key");
    const known = key === null ? undefined : state().get(String(state().keys.get(key)));
    if (known !== undefined) return shown(known, 201);
    const { kind, values, sharing } = body as unknown as NewRecord;
    const lacking = missingFields(kind, values);
    if (lacking.length > 0) return needs(lacking);
    const made = state().create(kind, values, sharing);
    if (key !== null) state().keys.set(key, made.id);
    return shown(made, 201);
  });

  const one = (
    path: string,
    method: Parameters<On>[0],
    answer: (record: Stored, call: Parameters<Parameters<On>[2]>[0]) => Response,
  ) =>
    on(method, `/records/:id${path}`, (call) => {
      const record = state().get(call.params.id ?? "");
      return record === undefined ? missing() : answer(record, call);
    });

  one("", "get", (record) => {
    const into = fake.merging.into.get(record.id);
    return into === undefined ? shown(record) : problem(410, "record_merged", { more: { into } });
  });
  one("", "patch", (record, { request, body }) => {
    const version = seen(request);
    if (Number.isNaN(version)) return problem(428, "precondition_required");
    const values = (body.values ?? {}) as Values;
    const lacking = missingFields(record.kind, { ...record.values, ...values });
    if (lacking.length > 0) return needs(lacking);
    const conflicts = state().conflicts(record, version, values);
    if (conflicts.length > 0) return conflict(conflicts, record.version);
    const { last_touch: _, ...written } = state().shown(state().write(record, values));
    // Only reads tell of it.
    return json({ ...written, last_touch: null }, 200, { ETag: `"${record.version}"` });
  });
  one("", "delete", (record) => {
    record.deleted_at = fake.iso();
    state().note(record, [], "deleted");
    return nothing();
  });
  one("/restore", "post", (record) => {
    record.deleted_at = null;
    return shown(state().note(record, [], "restored"));
  });
  one("/forever", "delete", (record) => {
    if (record.deleted_at === null) return problem(409, "not_in_bin");
    state().all.delete(record.id);
    fake.emit("record_changed", record.id);
    return nothing();
  });
  one("/move", "post", (record, { body }) => {
    const stage = state().stage(body.stage);
    if (stage === undefined) return needs(["stage"]);
    const values = (body.values ?? {}) as Values;
    const lacking = stage.required.filter((key) => isEmpty({ ...record.values, ...values }[key]));
    if (lacking.length > 0) return needs(lacking, "stage_needs_fields");
    state().write(record, values);
    state().move(record, stage, (body.before as string | null) ?? null);
    return shown(record);
  });
  one("/history", "get", (record) => json({ items: state().history.get(record.id) ?? [], next: null }));
  one("/timeline", "get", (record, { url }) => {
    const all = state().timeline(record);
    const start = Number(url.searchParams.get("after") ?? 0);
    const limit = Number(url.searchParams.get("limit") ?? 50);
    return json({
      items: all.slice(start, start + limit),
      next: start + limit < all.length ? String(start + limit) : null,
    });
  });
  one("/revert", "post", (record, { body }) => {
    const entry = state()
      .history.get(record.id)
      ?.find(({ version }) => version === body.version);
    if (entry === undefined) return missing();
    const wanted = entry.changes.filter(
      ({ field }) => body.fields === undefined || (body.fields as string[]).includes(field),
    );
    const values = Object.fromEntries(wanted.map(({ field, from }) => [field, from]));
    return shown(state().write(record, values, fake.me.member.id, "reverted"));
  });
  one("/sharing", "get", (record) =>
    json(state().sharings.get(record.id) ?? { scope: record.sharing, shares: [] }),
  );
  one("/sharing", "put", (record, { body }) => {
    const sharing = body as unknown as Sharing;
    state().sharings.set(record.id, sharing);
    record.sharing = sharing.scope;
    fake.emit("record_changed", record.id);
    return json(sharing);
  });
  one("/convert", "post", (record, { body }) => {
    const { values } = record;
    const named = String(values.contact_name ?? "").split(" ");
    const told: Partial<Record<Kind, Values>> = {
      contact: {
        first_name: named[0] ?? null,
        last_name: named.slice(1).join(" "),
        emails: values.emails,
        phones: values.phones,
      },
      company: { name: values.company_name },
    };
    const part = (kind: Kind, value: unknown): Stored | null => {
      if (value == null) return null;
      const { existing } = value as { existing?: string };
      if (existing !== undefined) return state().get(existing) ?? null;
      const given = body[`${kind}_values`] as Values | undefined;
      return state().create(kind, { ...told[kind], ...given }, undefined);
    };
    const company = part("company", body.company);
    const contact = part("contact", body.contact);
    if (contact !== null && company !== null && isEmpty(contact.values.company))
      state().write(contact, { company: company.id });
    const wanted = body.deal as { pipeline: string; stage: string; values: Values } | null;
    const deal =
      wanted === null
        ? null
        : state().create(
            "deal",
            {
              ...wanted.values,
              pipeline: wanted.pipeline,
              stage: wanted.stage,
              company: company?.id ?? null,
              contacts: contact === null ? null : [contact.id],
            },
            undefined,
          );
    const won = wonStage(state().pipelines.find(({ id }) => id === record.values.pipeline)?.stages);
    state().write(
      record,
      {
        stage: won?.id ?? record.values.stage,
        company: company?.id,
        contacts: contact === null ? null : [contact.id],
      },
      fake.me.member.id,
      "converted",
    );
    const answer = (made: Stored | null) => (made === null ? null : state().shown(made));
    return json({
      contact: answer(contact),
      company: answer(company),
      deal: answer(deal),
      lead: answer(record),
    });
  });
}

const wonStage = (stages: Stage[] | undefined) => stages?.find(({ outcome }) => outcome === "won");

function conflict(conflicts: unknown, version: number) {
  return HttpResponse.json(
    {
      type: "https://tenon.example/problems/edit_conflict",
      title: "Conflict",
      status: 409,
      detail: "",
      code: "edit_conflict",
      request_id: "req_fake00000001",
      conflicts: conflicts as object[],
      version,
    },
    { status: 409, headers: { "Content-Type": "application/problem+json" } },
  );
}

function sums(found: Stored[]): Money[] {
  const byCurrency = new Map<string, number>();
  for (const { values } of found) {
    const amount = values.amount as Money | null | undefined;
    if (amount == null) continue;
    byCurrency.set(amount.currency, (byCurrency.get(amount.currency) ?? 0) + Number(amount.amount));
  }
  return [...byCurrency].map(([currency, amount]) => ({ amount: String(amount), currency }));
}
