/** Each call of imports and exports, once. */
import { type ApiClient, send } from "@tenon/api-client";
import { type SendingBytes, sendBytes } from "../../core/send-bytes";
import type { ImportItem, ImportOptions, ImportOutcome, ImportRow } from "../core/next-types";
import type { Kind, PageOf } from "../core/types";

type Method = "GET" | "POST" | "PATCH" | "DELETE";
type Options = { path?: object; query?: object; body?: unknown; signal?: AbortSignal | undefined };
type Loose = Record<
  Method,
  (path: string, options: object) => Promise<{ data?: unknown; error?: unknown; response: Response }>
>;
type Asked = { signal?: AbortSignal | undefined };

export function importCalls(api: ApiClient) {
  const loose = api as unknown as Loose;
  const call = <Data>(method: Method, path: string, options: Options = {}): Promise<Data> =>
    send(
      loose[method](`/api/v1${path}`, {
        params: { path: options.path, query: options.query },
        ...(options.body === undefined ? {} : { body: options.body }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      }),
    ) as Promise<Data>;
  const of = (id: string) => ({ path: { id } });
  const paged = (after: string | undefined, limit: number) => ({
    limit,
    ...(after === undefined ? {} : { after }),
  });

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
