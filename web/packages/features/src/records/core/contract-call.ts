/** The one way to call what stands in the contract below `/api/v1`; the answers' types are said by whoever asks. */
import { type ApiClient, type paths, send } from "@tenon/api-client";

/** What the contract has below `/api/v1`. */
export type Path<Full = keyof paths> = Full extends `/api/v1${infer Rest}` ? Rest : never;
type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
type Loose = Record<
  Method,
  (path: string, options: object) => Promise<{ data?: unknown; error?: unknown; response: Response }>
>;
type Given = {
  path?: object;
  query?: object;
  header?: object;
  body?: unknown;
  signal?: AbortSignal | undefined;
};
/** What every call that reads takes. */
export type Asked = { signal?: AbortSignal | undefined };

export const callsOf =
  (api: ApiClient) =>
  <Data>(method: Method, path: Path, given: Given = {}): Promise<Data> =>
    send(
      (api as unknown as Loose)[method](`/api/v1${path}`, {
        params: { path: given.path, query: given.query, header: given.header },
        ...(given.body === undefined ? {} : { body: given.body }),
        ...(given.signal === undefined ? {} : { signal: given.signal }),
      }),
    ) as Promise<Data>;

/** A page of a list. */
export const paged = (after: string | undefined, limit: number) => ({
  limit,
  ...(after === undefined ? {} : { after }),
});
