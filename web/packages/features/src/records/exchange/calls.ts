/** Each call of imports and exports, once. */
import type { ApiClient } from "@tenon/api-client";
import { type SendingBytes, sendBytes } from "../../core/send-bytes";
import { type Asked, callsOf, paged } from "../core/contract-call";
import type { ImportItem, ImportOptions, ImportOutcome, ImportRow } from "../core/next-types";
import type { Kind, PageOf } from "../core/types";

export function importCalls(api: ApiClient) {
  const call = callsOf(api);
  const of = (id: string) => ({ path: { id } });

  return {
    begin: (kind: Kind, file: File, sending: SendingBytes, delimiter?: string) =>
      sendBytes<ImportItem>(
        "/api/v1/imports",
        { kind, name: file.name, ...(delimiter === undefined ? {} : { delimiter }) },
        file,
        sending,
      ),
    list: (after: string | undefined, { signal }: Asked = {}) =>
      call<PageOf<ImportItem>>("GET", "/imports", { query: paged(after, 20), signal }),
    get: (id: string, { signal }: Asked = {}) =>
      call<ImportItem>("GET", "/imports/{id}", { ...of(id), signal }),
    change: (id: string, body: { kind?: Kind; options?: Partial<ImportOptions> }) =>
      call<ImportItem>("PATCH", "/imports/{id}", { ...of(id), body }),
    check: (id: string) => call<ImportItem>("POST", "/imports/{id}/check", of(id)),
    start: (id: string) => call<ImportItem>("POST", "/imports/{id}/start", of(id)),
    cancel: (id: string) => call<ImportItem>("POST", "/imports/{id}/cancel", of(id)),
    undo: (id: string) => call<ImportItem>("POST", "/imports/{id}/undo", of(id)),
    remove: (id: string) => call<void>("DELETE", "/imports/{id}", of(id)),
    rows: (id: string, outcome: ImportOutcome, after: string | undefined, { signal }: Asked = {}) =>
      call<PageOf<ImportRow>>("GET", "/imports/{id}/rows", {
        ...of(id),
        query: { outcome, ...paged(after, 50) },
        signal,
      }),
  };
}
