/** Mail that meets records, and the search over all kinds, answered by a `FakeServer`. */
import type { FindBody, MailRule, ThreadSharing } from "../../features/src/records/core/next-types";
import { KINDS, type Kind, type Sharing } from "../../features/src/records/core/types";
import { problem } from "./answers";
import type { FakeServer } from "./fake";
import { json, missing, nothing, type On } from "./handlers";
import { find } from "./record-search";

const WORKSPACE: Sharing = { scope: "workspace", shares: [] };

export function meeting(fake: FakeServer, on: On): void {
  const state = () => fake.meeting;
  const paged = <Item>(items: Item[], url: URL) => {
    const start = Number(url.searchParams.get("after") ?? 0);
    const limit = Number(url.searchParams.get("limit") ?? 50);
    const next = start + limit < items.length ? String(start + limit) : null;
    return json({ items: items.slice(start, start + limit), next } as object);
  };

  on("post", "/records/search", ({ body }) => {
    const asked = body as unknown as FindBody;
    if (asked.text.length > 200) return problem(422, "validation");
    return json({ items: find(fake.records, asked) } as object);
  });

  on("get", "/threads/:id/records", ({ params }) => {
    const stored = fake.findThread(params.id ?? "");
    return stored === undefined ? missing() : json(state().ofThread(stored) as object);
  });
  on("put", "/threads/:id/boxes/:record", ({ params }) => {
    const stored = fake.findThread(params.id ?? "");
    const record = fake.records.get(params.record ?? "");
    if (stored === undefined || record === undefined) return missing();
    if (state().sharedBy(stored.thread.id) !== null) return problem(403, "forbidden");
    state().join(stored.thread.id, record.id, fake.me.member.id, "hand");
    return nothing();
  });
  on("delete", "/threads/:id/boxes/:record", ({ params }) => {
    state().part(params.id ?? "", params.record ?? "");
    return nothing();
  });
  on("put", "/threads/:id/sharing", ({ params, body }) => {
    const { scope, shares = [], records = false } = body as Partial<ThreadSharing>;
    if (scope === undefined) return problem(422, "validation");
    return json(state().share(params.id ?? "", { scope, shares, records }) as object);
  });

  const record = (id: string | undefined) => fake.records.get(id ?? "");
  on("get", "/records/:id/threads", ({ params, url }) => {
    const found = record(params.id);
    return found === undefined ? missing() : paged(state().threadsOf(found), url);
  });
  on("get", "/records/:id/mail-rules", ({ params }) =>
    json({ items: state().rules.get(params.id ?? "") ?? [] } as object),
  );
  on("put", "/records/:id/mail-rules", ({ params, body }) => {
    const found = record(params.id);
    if (found === undefined) return missing();
    const { items } = body as { items: MailRule[] };
    state().setRules(found, items);
    return json({ items } as object);
  });

  on("get", "/suggestions", ({ url }) => paged(state().suggestions(), url));
  on("post", "/suggestions/dismiss", ({ body }) => {
    for (const address of body.addresses as string[]) state().dismissed.add(address);
    return nothing();
  });

  on("get", "/record-defaults", () =>
    json({
      items: KINDS.map((kind) => ({ kind, sharing: state().defaults.get(kind) ?? WORKSPACE })),
    } as object),
  );
  on("put", "/record-defaults/:kind", ({ params, body }) => {
    if (fake.me.member.role !== "owner" && fake.me.member.role !== "admin") return problem(403, "forbidden");
    const sharing = body as unknown as Sharing;
    state().defaults.set(params.kind as Kind, sharing);
    return json(sharing as object);
  });
}
