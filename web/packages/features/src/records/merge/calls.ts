/** Each call of what finds records that may be the same, and makes one of them. */
import type { ApiClient } from "@tenon/api-client";
import { shaped } from "../core/calls";
import { type Asked, callsOf } from "../core/contract-call";
import type { DuplicateGroup, DuplicateHit, DuplicateOf, Merge, MergeBody } from "../core/next-types";
import type { Kind, PageOf, RecordAnswer, Values } from "../core/types";

type Answered<Of> = Omit<Of, "record"> & { record: RecordAnswer };

const whole = <Of extends { record: unknown }>(one: Answered<Of>): Of =>
  ({ ...one, record: shaped(one.record) }) as unknown as Of;

export function mergeCalls(api: ApiClient) {
  const call = callsOf(api);
  const of = (id: string) => ({ path: { id } });

  return {
    of: async (id: string, { signal }: Asked = {}): Promise<DuplicateOf[]> =>
      (
        await call<{ items: Answered<DuplicateOf>[] }>("GET", "/records/{id}/duplicates", {
          ...of(id),
          signal,
        })
      ).items.map((one) => whole<DuplicateOf>(one)),
    groups: async (
      kind: Kind,
      after: string | undefined,
      { signal }: Asked = {},
    ): Promise<PageOf<DuplicateGroup>> => {
      type Group = Omit<DuplicateGroup, "records"> & { records: RecordAnswer[] };
      const query = { kind, limit: 20, ...(after === undefined ? {} : { after }) };
      const page = await call<PageOf<Group>>("GET", "/duplicates", { query, signal });
      return { ...page, items: page.items.map((one) => ({ ...one, records: one.records.map(shaped) })) };
    },
    dismiss: (records: string[]) => call<void>("POST", "/duplicates/dismiss", { body: { records } }),
    check: (kind: Kind, values: Values, { signal }: Asked = {}) =>
      call<{ items: DuplicateHit[] }>("POST", "/duplicates/check", { body: { kind, values }, signal }),
    merge: async (body: MergeBody, key: string): Promise<Merge> =>
      whole<Merge>(await call("POST", "/merges", { body, header: { "Idempotency-Key": key } })),
    undo: async (id: string): Promise<Merge> =>
      whole<Merge>(await call("POST", "/merges/{id}/undo", { ...of(id), body: {} })),
    merges: async (id: string, { signal }: Asked = {}): Promise<Merge[]> =>
      (
        await call<{ items: Answered<Merge>[] }>("GET", "/records/{id}/merges", { ...of(id), signal })
      ).items.map((one) => whole<Merge>(one)),
  };
}
