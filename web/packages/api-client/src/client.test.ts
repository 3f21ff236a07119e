import { afterEach, describe, expect, it, vi } from "vitest";
import { createApiClient, send } from "./client";
import { ApiProblem, retryAfterSeconds } from "./problem";

afterEach(() => {
  vi.unstubAllGlobals();
});

function answerWith(response: () => Response) {
  const fetch = vi.fn(async (_request: Request) => response());
  vi.stubGlobal("fetch", fetch);
  return fetch;
}
const json = (body: unknown, status: number, headers = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });

describe("client", () => {
  const api = createApiClient("http://localhost:3000");

  it("marks writes and only writes", async () => {
    const fetch = answerWith(() => json({ items: [] }, 200));
    await send(api.GET("/api/v1/connections"));
    await send(api.DELETE("/api/v1/sessions/{id}", { params: { path: { id: "ses_1" } } }));
    expect(fetch.mock.calls[0]?.[0].headers.has("X-Tenon-Request")).toBe(false);
    expect(fetch.mock.calls[1]?.[0].headers.get("X-Tenon-Request")).toBe("1");
  });

  it("throws the server's problem with its code, fields and wait", async () => {
    answerWith(() =>
      json(
        {
          type: "x",
          title: "Not valid",
          status: 422,
          code: "validation",
          request_id: "req_1",
          fields: [{ name: "email", detail: "no" }],
        },
        422,
        { "Retry-After": "30" },
      ),
    );
    const error = await send(api.GET("/api/v1/connections")).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiProblem);
    expect(error).toMatchObject({ status: 422, code: "validation", requestId: "req_1", retryAfter: 30 });
    expect((error as ApiProblem).field("email")).toBe("no");
  });

  it("makes a problem of a proxy's HTML page, too", async () => {
    answerWith(() => new Response("<html>Bad gateway</html>", { status: 502 }));
    await expect(send(api.GET("/api/v1/connections"))).rejects.toMatchObject({
      status: 502,
      code: "http_502",
    });
  });

  it("says offline when nobody answers", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    await expect(send(api.GET("/api/v1/connections"))).rejects.toMatchObject({ status: 0, code: "offline" });
  });

  it("reads Retry-After as seconds and as a date", () => {
    expect(retryAfterSeconds("12", 0)).toBe(12);
    expect(retryAfterSeconds("Thu, 01 Jan 1970 00:01:00 GMT", 0)).toBe(60);
    expect(retryAfterSeconds("soon", 0)).toBeUndefined();
    expect(retryAfterSeconds(null, 0)).toBeUndefined();
  });
});
