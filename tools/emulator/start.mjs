// npm @emulators/google on loopback: a Google that we did not write, for `cargo xtask prove emulator`.
//
//   PORT=4801 REDIRECT_URI=http://127.0.0.1:8080/oauth/callback/google node start.mjs
//
// The package's own command line passes a fallback user to the server, so that every unknown, expired or revoked
// bearer token counts as the first user's. Here there is none: an unknown token is a 401 in Google's error shape.
// It names @emulators/core 0.11.2, which was never published; package.json takes 0.6.1, which has the same interface.
//
// One thing is changed on the wire: its history ids have 21 digits, while Google's schema promises an unsigned
// 64-bit number. A constant is taken off on the way out and added to `startHistoryId` on the way in.
//
// For scripts (not Google's):
//   POST /__control/deliver {"subject"}   a message arrives
//   POST /__control/expire-access-tokens  every access token becomes unknown; refresh tokens live on
//   GET  /__control/log                   every request seen: method, path, status
import { createServer, serve } from "@emulators/core";
import { googlePlugin, seedFromConfig } from "@emulators/google";
import { mailbox, message } from "./mail.mjs";

const port = Number(process.env.PORT ?? 4801);
const baseUrl = `http://127.0.0.1:${port}`;
const account = "alice@example.com";

const { app, store, tokenMap } = createServer(googlePlugin, { port, baseUrl });
seedFromConfig(store, baseUrl, {
  users: [
    { email: account, name: "Alice Martin" },
    { email: "bob@example.com", name: "Bob Keller" },
  ],
  oauth_clients: [
    {
      client_id: "tenon-emulator",
      client_secret: "tenon-emulator-secret",
      name: "Tenon",
      redirect_uris: [process.env.REDIRECT_URI ?? "http://127.0.0.1:8080/oauth/callback/google"],
    },
  ],
  messages: mailbox(account),
});

const BEYOND_U64 = 170000000000000000000n;

function inwards(request) {
  const url = new URL(request.url);
  const start = url.searchParams.get("startHistoryId");
  if (!start || !/^\d+$/.test(start)) return request;
  url.searchParams.set("startHistoryId", String(BigInt(start) + BEYOND_U64));
  return new Request(url, request);
}

async function outwards(response) {
  if (!response.headers.get("content-type")?.includes("json")) return response;
  const text = (await response.text()).replace(
    /"((?:historyId|id)":")(1\d{20})"/g,
    (_, key, id) => `"${key}${BigInt(id) - BEYOND_U64}"`,
  );
  return new Response(text, { status: response.status, headers: response.headers });
}

const log = [];
const json = (body, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

async function control(path, request) {
  if (path === "/__control/log") return json(log);
  if (request.method !== "POST") return json({ error: "POST" }, 405);
  if (path === "/__control/expire-access-tokens") {
    tokenMap.clear();
    return json({ ok: true });
  }
  if (path === "/__control/deliver") {
    const { subject } = await request.json();
    const now = new Date();
    seedFromConfig(store, baseUrl, { messages: [message(account, `late-${log.length}`, subject, now)] });
    return json({ ok: true });
  }
  return json({ error: "unknown" }, 404);
}

serve({
  port,
  hostname: "127.0.0.1",
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/__control/")) return control(pathname, request);
    const response = await outwards(await app.fetch(inwards(request)));
    log.push({ method: request.method, path: pathname, status: response.status });
    return response;
  },
});
console.log(`@emulators/google on ${baseUrl}`);
