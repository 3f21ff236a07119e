/** Words and calls of the contract of linked files, until the server's own types have them. */
import type { ApiClient } from "@tenon/api-client";
import { type Asked, callsOf } from "../core/contract-call";

/** `no_access`: not given to Tenon. `unavailable`: deleted at the provider, or not shared any more. */
export type FileState = "available" | "no_access" | "unavailable";

export type RecordFile = {
  id: string;
  provider: string;
  provider_file_id: string;
  name: string;
  mime_type: string;
  /** Opens the file at the provider. */
  link: string;
  state: FileState;
  /** Null when they are no member any more. */
  added_by: { id: string; name: string } | null;
  added_at: string;
  checked_at: string | null;
};

export type DriveFile = {
  provider_file_id: string;
  name: string;
  mime_type: string;
  link: string;
  modified_at: string | null;
  drive_id: string | null;
};
export type DriveFiles = {
  files: DriveFile[];
  next: string | null;
  /** False: only files that were given to Tenon are found. */
  all_of_drive: boolean;
};

/** So many links and ids together are taken at once. */
export const MOST_AT_ONCE = 50;

export type LinkBody = { connection_id: string | null; links: string[]; file_ids: string[] };

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
