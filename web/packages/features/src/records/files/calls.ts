/** Each call of linked files, once. */
import type { ApiClient } from "@tenon/api-client";
import { type Asked, callsOf } from "../core/contract-call";
import type { DriveFiles, LinkBody, RecordFile } from "./types";

export function fileCalls(api: ApiClient) {
  const call = callsOf(api);

  return {
    list: async (record: string, { signal }: Asked = {}): Promise<RecordFile[]> =>
      (await call<{ files: RecordFile[] }>("GET", "/records/{id}/files", { path: { id: record }, signal }))
        .files,
    link: async (record: string, body: LinkBody, key: string): Promise<RecordFile[]> =>
      (
        await call<{ files: RecordFile[] }>("POST", "/records/{id}/files", {
          path: { id: record },
          header: { "Idempotency-Key": key },
          body,
        })
      ).files,
    remove: (record: string, file: string) =>
      call<void>("DELETE", "/records/{id}/files/{file}", { path: { id: record, file } }),
    restore: (record: string, file: string) =>
      call<RecordFile>("POST", "/records/{id}/files/{file}/restore", { path: { id: record, file } }),
    /** Where the person chooses files at the provider. */
    pick: (record: string, connection_id: string | null) =>
      call<{ authorization_url: string }>("POST", "/records/{id}/files/pick", {
        path: { id: record },
        body: { connection_id },
      }),
    /** Without words: the newest. */
    search: (connection: string, q: string, page: string | undefined, { signal }: Asked = {}) =>
      call<DriveFiles>("GET", "/connections/{id}/drive-files", {
        path: { id: connection },
        query: {
          ...(q === "" ? {} : { q }),
          ...(page === undefined ? {} : { page_token: page }),
        },
        signal,
      }),
  };
}
