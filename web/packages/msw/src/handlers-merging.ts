/** Duplicates, merging and the bin as a whole, answered by a `FakeServer`. */
import type { MergeBody } from "../../features/src/records/core/next-types";
import type { Kind, Values } from "../../features/src/records/core/types";
import { problem } from "./answers";
import type { FakeServer } from "./fake";
import { json, missing, nothing, type On } from "./handlers";

export function merging(fake: FakeServer, on: On): void {
  const state = () => fake.merging;
  on("get", "/records/:id/duplicates", ({ params }) => {
    const record = fake.records.get(params.id ?? "");
    if (record === undefined) return missing();
    const items = state().of(record);
    return json({
      items: items.map((one) => ({ ...one, record: fake.records.shown(one.record) })),
    } as object);
  });
  on("get", "/records/:id/merges", ({ params }) => {
    const items = [...state().merges.values()].filter(({ keep }) => keep === params.id);
    return json({ items: items.map((one) => state().shown(one)) } as object);
  });
  on("get", "/duplicates", ({ url }) => {
    const groups = state().groups((url.searchParams.get("kind") ?? "contact") as Kind);
    const start = Number(url.searchParams.get("after") ?? 0);
    const limit = Number(url.searchParams.get("limit") ?? 50);
    return json({
      items: groups
        .slice(start, start + limit)
        .map((group) => ({ ...group, records: group.records.map((one) => fake.records.shown(one)) })),
      next: start + limit < groups.length ? String(start + limit) : null,
    } as object);
  });
  on("post", "/duplicates/dismiss", ({ body }) => {
    state().dismiss(body.records as string[]);
    return nothing();
  });
  on("post", "/duplicates/check", ({ body }) =>
    json({ items: state().check(body.kind as Kind, (body.values ?? {}) as Values) } as object),
  );
  on("post", "/merges", ({ body, request }) => {
    const key = request.headers.get("Idempotency-Key");
    const known = key === null ? undefined : state().merges.get(String(fake.records.keys.get(key)));
    if (known !== undefined) return json(state().shown(known), 201);
    const asked = body as unknown as MergeBody;
    for (const [id, version] of Object.entries(asked.versions))
      if (fake.records.get(id)?.version !== version)
        return problem(409, "record_changed", { detail: "One of them changed meanwhile." });
    const made = state().merge(asked);
    if (made === undefined) return missing();
    if (key !== null) fake.records.keys.set(key, made.id);
    return json(state().shown(made), 201);
  });
  on("post", "/merges/:id/undo", ({ params }) => {
    const merge = state().merges.get(params.id ?? "");
    if (merge === undefined) return missing();
    const left = merge.undone_at === null ? state().undo(merge) : [];
    return json(state().shown(merge, left));
  });
  on("post", "/records/bin/empty", ({ body }) => {
    let deleted = 0;
    for (const record of [...fake.records.all.values()]) {
      if (record.deleted_at === null || (body.kind !== undefined && record.kind !== body.kind)) continue;
      fake.records.all.delete(record.id);
      deleted += 1;
    }
    return json({ deleted });
  });
}
