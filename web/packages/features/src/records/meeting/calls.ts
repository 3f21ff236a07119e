/** Each call of what brings mail and records together, once. */
import type { ApiClient } from "@tenon/api-client";
import { type Asked, callsOf, paged } from "../core/contract-call";
import type {
  FindBody,
  FoundRecord,
  MailRule,
  RecordDefault,
  RecordThread,
  Suggestion,
  ThreadRecords,
  ThreadSharing,
} from "../core/next-types";
import type { Kind, PageOf, Sharing } from "../core/types";

export function meetingCalls(api: ApiClient) {
  const call = callsOf(api);

  return {
    find: (body: FindBody, { signal }: Asked = {}) =>
      call<{ items: FoundRecord[] }>("POST", "/records/search", { body, signal }),

    ofThread: (id: string, { signal }: Asked = {}) =>
      call<ThreadRecords>("GET", "/threads/{id}/records", { path: { id }, signal }),
    join: (id: string, record: string) =>
      call<void>("PUT", "/threads/{id}/boxes/{record}", { path: { id, record } }),
    part: (id: string, record: string) =>
      call<void>("DELETE", "/threads/{id}/boxes/{record}", { path: { id, record } }),
    share: (id: string, body: ThreadSharing) =>
      call<ThreadSharing>("PUT", "/threads/{id}/sharing", { path: { id }, body }),

    threads: (id: string, after: string | undefined, { signal }: Asked = {}) =>
      call<PageOf<RecordThread>>("GET", "/records/{id}/threads", {
        path: { id },
        query: paged(after, 30),
        signal,
      }),
    rules: (id: string, { signal }: Asked = {}) =>
      call<{ items: MailRule[] }>("GET", "/records/{id}/mail-rules", { path: { id }, signal }),
    setRules: (id: string, items: MailRule[]) =>
      call<{ items: MailRule[] }>("PUT", "/records/{id}/mail-rules", { path: { id }, body: { items } }),

    suggestions: (after: string | undefined, limit: number, { signal }: Asked = {}) =>
      call<PageOf<Suggestion>>("GET", "/suggestions", { query: paged(after, limit), signal }),
    dismiss: (addresses: string[]) => call<void>("POST", "/suggestions/dismiss", { body: { addresses } }),

    defaults: ({ signal }: Asked = {}) =>
      call<{ items: RecordDefault[] }>("GET", "/record-defaults", { signal }),
    setDefault: (kind: Kind, body: Sharing) =>
      call<Sharing>("PUT", "/record-defaults/{kind}", { path: { kind }, body }),
  };
}
