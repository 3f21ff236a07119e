/** The audit log, answered by a `FakeServer`. */
import type { AuditActionName, AuditCheckpoint, AuditEntry } from "@tenon/api-client";
import { HttpResponse, type JsonBodyType } from "msw";
import { problem } from "./answers";
import { ACTIONS, sampleEntries } from "./data/audit";
import type { FakeServer } from "./fake";
import type { On } from "./handlers";

const HEAD = "9f2c41d07ab85e6630c1f4be27d98a5531c07e94d2ab6f18450be3977ac61f0d";
const MINUTE = 60_000;

export class FakeAudit {
  /** Newest first. */
  entries: AuditEntry[];
  /** Entries that the last checkpoint counts; null before the first one. */
  checked: number | null;
  readonly #fake: FakeServer;

  constructor(fake: FakeServer) {
    this.#fake = fake;
    this.entries = sampleEntries(fake.me.member, (ago) => fake.iso(ago));
    this.checked = this.entries.length - 2;
  }

  /** A page of what matches; `next` is the number after which the next one begins. */
  list(query: URLSearchParams): { items: AuditEntry[]; next: string | null } {
    const actions = query.get("action")?.split(",");
    const member = query.get("member");
    const [from, to] = [query.get("from"), query.get("to")];
    const limit = Number(query.get("limit") ?? 50);
    const after = Number(query.get("after") ?? Number.POSITIVE_INFINITY);
    const matching = this.entries.filter(
      ({ seq, at, action, actor, target }) =>
        seq < after &&
        (actions === undefined || actions.includes(action)) &&
        (member === null || actor.member_id === member || target?.id === member) &&
        (from === null || Date.parse(at) >= Date.parse(from)) &&
        (to === null || Date.parse(at) < Date.parse(to)),
    );
    const items = matching.slice(0, limit);
    return { items, next: matching.length > limit ? String(items.at(-1)?.seq) : null };
  }

  state(): AuditCheckpoint {
    const count = this.entries.length;
    const at = this.#fake.iso(3 * MINUTE);
    const line = `tenon-audit-1 wsp_demo00000001 ${this.checked} ${HEAD} ${at} key_01jcz8k3v5e8p9x2q7w4r6t0ab mOq0l4VvYyJbq0cBVn5d2S8C1eJrQm7nKf3xWvZ9tA4hU6pLs0gDbRiTkEyXoN5jCwMzFqHaSd8uGvBlPe2yBQ`;
    return {
      count,
      head: count === 0 ? null : HEAD,
      at: this.entries[0]?.at ?? null,
      checkpoint: this.checked === null ? null : { count: this.checked, head: HEAD, at, line },
      public_key: "1f0yq3mXKkz8Qe5t7o2H0b9sVdUjL4cRwPnAaGiYxCE=",
      command: "tenon audit verify",
    };
  }
}

const json = (value: JsonBodyType) => HttpResponse.json(value);

export function audit(fake: FakeServer, on: On): void {
  const allowed = (answer: () => Response) =>
    fake.me.member.role === "owner" || fake.me.member.role === "admin" ? answer() : problem(403, "forbidden");
  on("get", "/audit", ({ url }) => allowed(() => json(fake.audit.list(url.searchParams))));
  on("get", "/audit/actions", () =>
    allowed(() => {
      const fr = fake.me.member.locale === "fr";
      const items: AuditActionName[] = ACTIONS.map(([action, group, en, french]) => ({
        action,
        title: fr ? french : en,
        group,
      }));
      return json({ items });
    }),
  );
  on("get", "/audit/checkpoint", () => allowed(() => json(fake.audit.state())));
}
