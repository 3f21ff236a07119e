import createFetchClient, { type Client, type Middleware } from "openapi-fetch";
import { ApiProblem, toProblem } from "./problem";
import type { paths } from "./schema";

export type ApiClient = Client<paths>;

/** The server refuses writes without this header: another site's form cannot send it. */
const markWrites: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET" && request.method !== "HEAD") request.headers.set("X-Tenon-Request", "1");
    return request;
  },
};

/** `baseUrl` is the origin of the server; empty means the page's own. */
export function createApiClient(baseUrl = ""): ApiClient {
  // The global is looked up at each call, so that tests can put theirs in its place.
  const client = createFetchClient<paths>({
    baseUrl,
    credentials: "same-origin",
    fetch: (request) => globalThis.fetch(request),
  });
  client.use(markWrites);
  return client;
}

type Answer<Data> = { data?: Data; error?: unknown; response: Response };

/** Awaits a call and gives its data, or throws an `ApiProblem`. */
export async function send<Data>(call: Promise<Answer<Data>>): Promise<Data> {
  let answer: Answer<Data>;
  try {
    answer = await call;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiProblem({ status: 0, code: "offline", title: "The server could not be reached" });
  }
  if (!answer.response.ok) throw toProblem(answer.response, answer.error);
  return answer.data as Data;
}
