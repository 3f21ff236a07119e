import { HttpResponse } from "msw";
import type { FakeServer } from "./fake";

const TITLES: Record<number, string> = {
  401: "Not signed in",
  403: "Forbidden",
  404: "Not found",
  409: "Conflict",
  410: "Gone",
  422: "Not valid",
  429: "Too many requests",
  503: "Not available",
};

export function problem(
  status: number,
  code: string,
  extra: { retryAfter?: number; fields?: unknown; detail?: string; more?: object } = {},
) {
  return HttpResponse.json(
    {
      type: `https://tenon.example/problems/${code}`,
      title: TITLES[status] ?? "Problem",
      status,
      detail: extra.detail ?? "",
      code,
      request_id: "req_fake00000001",
      ...(extra.fields === undefined ? {} : { fields: extra.fields }),
      ...extra.more,
    },
    {
      status,
      headers: {
        "Content-Type": "application/problem+json",
        // Browsers keep a 410 for ever when nothing forbids it.
        "Cache-Control": "no-store",
        ...(extra.retryAfter === undefined ? {} : { "Retry-After": String(extra.retryAfter) }),
      },
    },
  );
}

/** What every route checks before its own work: ordered failures, the write header, the session. */
export function refusal(fake: FakeServer, request: Request, open: boolean) {
  if (fake.offline) return HttpResponse.error();
  const path = new URL(request.url).pathname;
  const at = fake.failures.findIndex(
    (failure) => path.includes(failure.path) && (failure.method ?? request.method) === request.method,
  );
  const failure = fake.failures[at];
  if (failure !== undefined) {
    fake.failures.splice(at, 1);
    if (failure.status === 0) return HttpResponse.error();
    return problem(failure.status, failure.code, failure);
  }
  if (request.method !== "GET" && request.headers.get("X-Tenon-Request") !== "1") return problem(403, "csrf");
  if (!open && !fake.signedIn) return problem(401, "unauthenticated");
  return undefined;
}

/** Whether the answer to this request is to be lost: it was carried out, but nobody hears of it. */
export function isLost(fake: FakeServer, request: Request): boolean {
  const path = new URL(request.url).pathname;
  const at = fake.lost.findIndex((one) => path.includes(one.path) && one.method === request.method);
  if (at >= 0) fake.lost.splice(at, 1);
  return at >= 0;
}
