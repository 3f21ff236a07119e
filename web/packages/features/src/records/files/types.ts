/** Words and calls of the contract of linked files, until the server's own types have them. */
import { type ApiClient, send } from "@tenon/api-client";

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

type Method = "GET" | "POST" | "DELETE";
type Options = {
  path: object;
  query?: object;
  header?: object;
  body?: unknown;
  signal?: AbortSignal | undefined;
};
type Loose = Record<
  Method,
  (path: string, options: object) => Promise<{ data?: unknown; error?: unknown; response: Response }>
>;
type Asked = { signal?: AbortSignal | undefined };

export function fileCalls(api: ApiClient) {
  const loose = api as unknown as Loose;
  const call = <Data>(method: Method, path: string, options: Options): Promise<Data> =>
    send(
      loose[method](`/api/v1${path}`, {
        params: { path: options.path, query: options.query, header: options.header },
        ...(options.body === undefined ? {} : { body: options.body }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      }),
    ) as Promise<Data>;

  return {
    list: async (record: string, { signal }: Asked = {}): Promise<RecordFile[]> =>
      (await call<{ files: RecordFile[] }>("GET", "/records/{record}/files", { path: { record }, signal }))
        .files,
    link: async (record: string, body: LinkBody, key: string): Promise<RecordFile[]> =>
      (
        await call<{ files: RecordFile[] }>("POST", "/records/{record}/files", {
          path: { record },
          header: { "Idempotency-Key": key },
          body,
        })
      ).files,
    remove: (record: string, file: string) =>
      call<void>("DELETE", "/records/{record}/files/{file}", { path: { record, file } }),
    restore: (record: string, file: string) =>
      call<RecordFile>("POST", "/records/{record}/files/{file}/restore", { path: { record, file } }),
    /** Where the person chooses files at the provider. */
    pick: (record: string, connection_id: string | null) =>
      call<{ authorization_url: string }>("POST", "/records/{record}/files/pick", {
        path: { record },
        body: { connection_id },
      }),
    /** Without words: the newest. */
    search: (connection: string, q: string, page: string | undefined, { signal }: Asked = {}) =>
      call<DriveFiles>("GET", "/connections/{connection}/drive-files", {
        path: { connection },
        query: {
          ...(q === "" ? {} : { q }),
          ...(page === undefined ? {} : { page_token: page }),
        },
        signal,
      }),
  };
}
