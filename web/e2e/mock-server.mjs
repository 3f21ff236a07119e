#!/usr/bin/env node
/**
 * The web app without the server: the built app (or Vite's development server with --dev), the fake API
 * of @tenon/msw, and a provider's consent page on a second port.
 *
 *   node e2e/mock-server.mjs [--dev] [--port 4173] [--scenario connected] [--threads 240] [--sync-ms 5000]
 *
 * POST /__mock/load?scenario=… starts over; POST /__mock/deliver brings new mail;
 * POST /__mock/send?outcome=sent|refused|doubtful says how the next message goes; POST /__mock/sent fills the
 * outbox with one of each; POST /__mock/sign-out and /__mock/sign-in end and begin the session; POST /__mock/unlimited
 * takes the allowance's limit away; POST /__mock/draft?html=… makes a draft as another program does; POST /__mock/change
 * changes the newest draft so; POST /__mock/import?ms=… says how long imports take; POST /__mock/offline?on=true cuts the line; POST /__mock/fail?path=…&status=…&code=…&method=… makes the next call to a path fail.
 */
import { createReadStream, existsSync, statSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { Readable } from "node:stream";
import { parseArgs } from "node:util";
import { getResponse } from "msw";
import { createServer as createVite, runnerImport } from "vite";

const web = path.resolve(import.meta.dirname, "..");
const dist = path.join(web, "apps/web/dist");
const { values: args } = parseArgs({
  options: {
    dev: { type: "boolean", default: false },
    port: { type: "string", default: "4173" },
    scenario: { type: "string", default: "connected" },
    threads: { type: "string", default: "240" },
    contacts: { type: "string", default: "60" },
    "sync-ms": { type: "string", default: "5000" },
  },
});
const port = Number(args.port);
const origin = `http://127.0.0.1:${port}`;

/** The same policy as the server's. Vite's own scripts need more, so it is left out in development. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};

const { module: msw } = await runnerImport(path.join(web, "packages/msw/src/index.ts"), {
  configFile: false,
});
const fake = new msw.FakeServer({
  threads: Number(args.threads),
  contacts: Number(args.contacts),
  syncMs: Number(args["sync-ms"]),
  consentUrl: `http://127.0.0.1:${port + 1}/consent`,
}).load(args.scenario);
const handlers = msw.handlers(fake);

async function toRequest(incoming, outgoing) {
  const abort = new AbortController();
  outgoing.on("close", () => abort.abort());
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return new Request(new URL(incoming.url, origin), {
    method: incoming.method,
    headers: Object.entries(incoming.headers).filter(([, value]) => typeof value === "string"),
    body: chunks.length > 0 ? Buffer.concat(chunks) : undefined,
    signal: abort.signal,
  });
}

function answer(outgoing, response) {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body === null) return outgoing.end();
  const body = Readable.fromWeb(response.body);
  outgoing.on("close", () => body.destroy());
  body.on("error", () => outgoing.destroy());
  return body.pipe(outgoing);
}

function control(url) {
  const query = url.searchParams;
  if (url.pathname === "/__mock/load") {
    fake.load(query.get("scenario") ?? "connected");
    fake.me.member.locale = query.get("locale") ?? "en";
  } else if (url.pathname === "/__mock/deliver") fake.deliver();
  else if (url.pathname === "/__mock/demo") {
    fake.me.server.demo = true;
    Object.assign(fake.retention, { mail_days: null, default_days: null, since: null, next_purge_at: null });
  } else if (url.pathname === "/__mock/sign-in") fake.signedIn = true;
  else if (url.pathname === "/__mock/sign-out") fake.signedIn = false;
  else if (url.pathname === "/__mock/unlimited") fake.allowance = null;
  else if (url.pathname === "/__mock/totp") fake.me.member.totp_enabled = true;
  else if (url.pathname === "/__mock/send") fake.composing.nextSend = query.get("outcome");
  else if (url.pathname === "/__mock/sent") fake.addSends();
  else if (url.pathname === "/__mock/draft") fake.composing.begunElsewhere(query.get("html") ?? "");
  else if (url.pathname === "/__mock/change") fake.composing.changeElsewhere();
  else if (url.pathname === "/__mock/import") fake.exchange.busyMs = Number(query.get("ms"));
  else if (url.pathname === "/__mock/offline") fake.offline = query.get("on") === "true";
  else if (url.pathname === "/__mock/fail") {
    fake.failures.push({
      path: query.get("path"),
      ...(query.has("method") ? { method: query.get("method") } : {}),
      status: Number(query.get("status")),
      code: query.get("code"),
    });
  } else return 404;
  return 204;
}

function file(outgoing, pathname) {
  const wanted = path.join(dist, path.normalize(pathname));
  const inside = wanted.startsWith(dist + path.sep) && existsSync(wanted) && statSync(wanted).isFile();
  const served = inside ? wanted : path.join(dist, "index.html");
  outgoing.writeHead(200, {
    "Content-Type": TYPES[path.extname(served)] ?? "application/octet-stream",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": served.includes("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
  });
  createReadStream(served).pipe(outgoing);
}

const vite = args.dev
  ? await createVite({
      configFile: path.join(web, "apps/web/vite.config.ts"),
      server: { middlewareMode: true, proxy: {} },
      appType: "spa",
    })
  : undefined;

const app = http.createServer(async (incoming, outgoing) => {
  try {
    const url = new URL(incoming.url, origin);
    if (url.pathname.startsWith("/__mock/")) return outgoing.writeHead(control(url)).end();
    if (url.pathname.startsWith("/api/") || url.pathname.startsWith("/oauth/")) {
      const response = await getResponse(handlers, await toRequest(incoming, outgoing));
      return answer(outgoing, response ?? new Response(null, { status: 404 }));
    }
    if (vite !== undefined) return vite.middlewares(incoming, outgoing);
    return file(outgoing, url.pathname);
  } catch (error) {
    console.error(error);
    return outgoing.writeHead(500).end();
  }
});

const escapeHtml = (text) => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

/** The provider's page on which files are chosen. */
function picker(url, outgoing) {
  outgoing.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
  return outgoing.end(`<!doctype html><html lang="en"><title>Choose files</title>
<meta name="viewport" content="width=device-width"><body style="font:15px/1.5 sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem">
<h1 style="font-size:1.25rem">Choose files for Tenon</h1>
<form action="/allow"><input type="hidden" name="state" value="${escapeHtml(url.searchParams.get("state") ?? "")}">
<p><button name="answer" value="allow">Select</button> <button name="answer" value="cancel">Cancel</button></p>
${fake.drive.items.map(({ id, name }) => `<p><label><input type="checkbox" name="picked" value="${escapeHtml(id)}"> ${escapeHtml(name)}</label></p>`).join("")}
</form>`);
}

/** The provider: accounts, a box for each scope, Allow and Cancel. */
const provider = http.createServer((incoming, outgoing) => {
  const url = new URL(incoming.url, "http://127.0.0.1");
  if (url.pathname === "/allow") {
    const back = new URL("/oauth/callback/google", origin);
    back.searchParams.set("state", url.searchParams.get("state") ?? "");
    if (url.searchParams.get("answer") === "cancel") back.searchParams.set("error", "access_denied");
    else {
      const scopes = [...url.searchParams.keys()].filter(
        (key) => !["state", "answer", "picked"].includes(key),
      );
      back.searchParams.set("code", "fake-code");
      if (url.searchParams.has("picked"))
        back.searchParams.set("picked_file_ids", url.searchParams.getAll("picked").join(","));
      back.searchParams.set("scope", scopes.join(" "));
    }
    return outgoing.writeHead(302, { Location: back.href }).end();
  }
  if (url.searchParams.get("trigger_onepick") === "true") return picker(url, outgoing);
  const scopes = (url.searchParams.get("scope") ?? "").split(" ").filter(Boolean);
  outgoing.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
  return outgoing.end(`<!doctype html><html lang="en"><title>Consent</title>
<meta name="viewport" content="width=device-width"><body style="font:15px/1.5 sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem">
<h1 style="font-size:1.25rem">Tenon wants to access your account</h1>
<form action="/allow"><input type="hidden" name="state" value="${escapeHtml(url.searchParams.get("state") ?? "")}">
${scopes.map((scope) => `<p><label><input type="checkbox" name="${escapeHtml(scope)}" checked> ${escapeHtml(scope)}</label></p>`).join("")}
<button name="answer" value="allow">Allow</button> <button name="answer" value="cancel">Cancel</button></form>`);
});

provider.listen(port + 1, "127.0.0.1");
app.listen(port, "127.0.0.1", () => {
  console.log(
    `mock server on ${origin} (scenario ${args.scenario}); sign in as ${msw.samplePerson.address} / ${msw.FAKE_PASSWORD}`,
  );
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
