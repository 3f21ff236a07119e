/** The HTTP contract, answered by a `FakeServer`. */
import type { Me } from "@tenon/api-client";
import { HttpResponse, http, type JsonBodyType, type RequestHandler } from "msw";
import { access } from "./access";
import { isLost, problem, refusal } from "./answers";
import { audit } from "./audit";
import { bodyDocument, content } from "./data/mailbox";
import { policy } from "./data/policy";
import { providers } from "./data/providers";
import { FAKE_PASSWORD, FAKE_TOTP, type FakeServer, SETUP_TOKEN } from "./fake";
import { acting, composing } from "./handlers-acting";
import { exchange, importUpload } from "./handlers-exchange";
import { files } from "./handlers-files";
import { mailMerges } from "./handlers-mail-merges";
import { meeting } from "./handlers-meeting";
import { merging } from "./handlers-merging";
import { records } from "./handlers-records";
import { reports } from "./handlers-reports";
import { scheduling } from "./handlers-scheduling";
import { suppressions } from "./handlers-suppressions";
import { templates } from "./handlers-templates";

type Method = "get" | "post" | "put" | "patch" | "delete";
type Call = { request: Request; url: URL; params: Record<string, string>; body: Record<string, unknown> };
type Answer = Response | Promise<Response>;
type Lang = "en" | "fr";

const RECOVERY = Array.from({ length: 10 }, (_, at) => `k7f${at}-9qm2-x4t${(at * 3) % 10}`);
const lang = (url: URL): Lang => (url.searchParams.get("locale") === "fr" ? "fr" : "en");
export const json = (value: JsonBodyType, status = 200) => HttpResponse.json(value, { status });
export const nothing = (status = 204) => new HttpResponse(null, { status });
export const missing = () => problem(404, "not_found");

export function handlers(fake: FakeServer): RequestHandler[] {
  const routes: RequestHandler[] = [];
  const on = (method: Method, path: string, answer: (call: Call) => Answer, open = false) => {
    routes.push(
      http[method](`*/api/v1${path}`, async ({ request, params }) => {
        const refused = refusal(fake, request, open);
        if (refused !== undefined) return refused;
        const text = method === "get" ? "" : await request.text();
        const answered = await answer({
          request,
          url: new URL(request.url),
          params: params as Record<string, string>,
          body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>),
        });
        return isLost(fake, request) ? HttpResponse.error() : answered;
      }),
    );
  };

  entry(fake, on);
  access(fake, on);
  audit(fake, on);
  connecting(fake, on);
  connections(fake, on);
  mail(fake, on);
  search(on, fake);
  acting(fake, on);
  scheduling(fake, on);
  templates(fake, on);
  mailMerges(fake, on);
  suppressions(fake, on);
  composing(fake, on);
  meeting(fake, on);
  exchange(fake, on);
  merging(fake, on);
  files(fake, on);
  records(fake, on);
  reports(fake, on);
  routes.push(upload(fake), importUpload(fake), events(fake), callback(fake));
  return routes;
}

export type On = (method: Method, path: string, answer: (call: Call) => Answer, open?: boolean) => void;

function entry(fake: FakeServer, on: On): void {
  on("get", "/setup", () => json({ needed: !fake.set }), true);
  on(
    "post",
    "/setup",
    ({ body }) => {
      if (fake.set) return problem(409, "already_set_up");
      if (body.token !== SETUP_TOKEN) return problem(403, "setup_token_invalid");
      if (String(body.password).length < 12) {
        return problem(422, "validation", {
          fields: [{ name: "password", detail: "At least 12 characters." }],
        });
      }
      fake.set = true;
      fake.signedIn = true;
      fake.me.workspace.name = String(body.workspace_name);
      Object.assign(fake.me.member, {
        name: body.name,
        email: body.email,
        locale: body.locale,
        time_zone: body.time_zone,
      });
      return json(fake.me, 201);
    },
    true,
  );
  on(
    "post",
    "/session",
    ({ body }) => {
      if (body.email !== fake.me.member.email || body.password !== FAKE_PASSWORD)
        return problem(401, "invalid_credentials");
      if (fake.me.member.totp_enabled) {
        if (body.code === undefined) return problem(401, "totp_required");
        if (body.code !== FAKE_TOTP) return problem(401, "totp_invalid");
      }
      fake.signedIn = true;
      return json(fake.me);
    },
    true,
  );
  on("get", "/session", () => json(fake.me));
  on("delete", "/session", () => {
    fake.signedIn = false;
    return nothing();
  });
  on("patch", "/me", ({ body }) => {
    const member: Me["member"] = { ...fake.me.member, ...(body as Partial<Me["member"]>) };
    fake.me = { ...fake.me, member };
    return json(fake.me);
  });
  on("post", "/me/totp", () =>
    json({
      secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
      otpauth_url: `otpauth://totp/Tenon:${fake.me.member.email}?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Tenon`,
    }),
  );
  on("post", "/me/totp/confirm", ({ body }) => {
    if (body.code !== FAKE_TOTP) return problem(401, "totp_invalid");
    fake.me = { ...fake.me, member: { ...fake.me.member, totp_enabled: true, recovery_codes: 10 } };
    return json({ recovery_codes: RECOVERY });
  });
  on("delete", "/me/totp", () => {
    if (fake.access.wantsProof) return problem(403, "proof_needed");
    fake.me = { ...fake.me, member: { ...fake.me.member, totp_enabled: false } };
    return nothing();
  });
  on("get", "/sessions", () => json({ items: fake.sessions }));
  on("delete", "/sessions", () => {
    const before = fake.sessions.length;
    fake.sessions = fake.sessions.filter((session) => session.current);
    return json({ ended: before - fake.sessions.length });
  });
  on("delete", "/sessions/:id", ({ params }) => {
    fake.sessions = fake.sessions.filter((session) => session.id !== params.id);
    return nothing();
  });
}

function connecting(fake: FakeServer, on: On): void {
  on("get", "/providers", ({ url }) => json({ items: providers(lang(url)) }), true);
  on(
    "get",
    "/policy",
    ({ url }) => json(policy(url.searchParams.get("features")?.split(","), lang(url), fake.policyEdition)),
    true,
  );
  on("post", "/connections/authorize", ({ body }) => {
    const features = body.features as string[];
    if (body.policy_version !== policy(features, "en", fake.policyEdition).version)
      return problem(409, "policy_changed");
    const profile = body.profile === "sales" || body.profile === "type" ? body.profile : null;
    const flow = fake.authorize(
      features,
      profile,
      String(body.locale),
      body.connection_id as string | undefined,
    );
    return json(
      { authorize_url: fake.consentUrl(flow), consent_id: flow.consent.id, expires_at: fake.iso(-600_000) },
      201,
    );
  });
}

function connections(fake: FakeServer, on: On): void {
  const found = (params: Record<string, string>) => fake.connection(params.id ?? "");
  on("get", "/connections", () => json({ items: fake.allConnections() }));
  on("get", "/connections/:id", ({ params }) => {
    const connection = found(params);
    return connection === undefined ? missing() : json(connection);
  });
  on("get", "/connections/:id/health", ({ params }) => {
    const health = fake.health(params.id ?? "");
    return health === undefined ? missing() : json(health);
  });
  for (const [action, status] of [
    ["pause", "paused"],
    ["resume", "active"],
  ] as const) {
    on("post", `/connections/:id/${action}`, ({ params }) => {
      const connection = found(params);
      if (connection === undefined) return missing();
      connection.status = status;
      fake.emit("connection_changed", connection.id);
      return json(connection);
    });
  }
  on("post", "/connections/:id/sync", () => nothing(202));
  on("post", "/connections/:id/unpark", ({ params }) => {
    const connection = found(params);
    if (connection?.mailbox == null) return missing();
    Object.assign(connection.mailbox, { state: "live", reason: null, reason_text: null });
    return json(connection);
  });
  on("get", "/connections/:id/disconnect", ({ params }) =>
    found(params) === undefined
      ? missing()
      : json({
          counts: fake.counts(params.id ?? ""),
          revoke: { will_revoke: true, reason: null, link: null },
          key_id: "key_01jcz8k3v5e8p9x2q7w4r6t0ab",
          unsent: fake.composing.unsent(params.id ?? ""),
        }),
  );
  on("post", "/connections/:id/disconnect", ({ params }) => {
    const receipt = fake.disconnect(params.id ?? "");
    return receipt === undefined ? missing() : json(receipt);
  });
  on("get", "/receipts", () => json({ items: fake.receipts }));
  on("get", "/receipts/:id", ({ params }) => {
    const receipt = fake.receipts.find((candidate) => candidate.id === params.id);
    return receipt === undefined ? missing() : json(receipt);
  });
  on("get", "/alarms", () => json({ items: fake.alarms }));
  on("get", "/consents", () => json({ items: fake.consents }));
}

function mail(fake: FakeServer, on: On): void {
  on("get", "/connections/:id/labels", ({ params }) => {
    const data = fake.mail.get(params.id ?? "");
    return data === undefined ? missing() : json({ items: data.labels });
  });
  on("get", "/threads", ({ url }) => {
    const limit = Number(url.searchParams.get("limit") ?? 50);
    const label = url.searchParams.get("label");
    const unread = url.searchParams.get("unread") === "true";
    const after = url.searchParams.get("after");
    const all = fake
      .listed(url.searchParams.get("connection") ?? "", label, unread)
      .map(({ thread }) => thread);
    const start =
      after === null ? 0 : all.findIndex((thread) => `${thread.last_at} ${thread.id}` === after) + 1;
    const items = all.slice(start, start + limit);
    const last = items.at(-1);
    const next = last !== undefined && start + limit < all.length ? `${last.last_at} ${last.id}` : null;
    return json({ items, next });
  });
  on("get", "/threads/:id", ({ params }) => {
    const stored = fake.findThread(params.id ?? "");
    return stored === undefined
      ? missing()
      : json({
          ...stored.thread,
          messages: stored.messages.map(({ message }) => message),
          shared_by: fake.meeting.sharedBy(stored.thread.id),
        } as object);
  });
  on("get", "/messages/:id", ({ params }) => {
    const stored = fake.findMessage(params.id ?? "");
    return stored === undefined ? problem(410, "message_gone") : json(content(stored));
  });
  on("get", "/messages/:id/body", ({ params, url }) => {
    const stored = fake.findMessage(params.id ?? "");
    if (stored === undefined) return problem(410, "message_gone");
    return new HttpResponse(bodyDocument(stored, url.searchParams.get("theme") ?? "light"), {
      headers: {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy":
          "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'",
      },
    });
  });
  on("get", "/messages/:id/attachments/:attachment", ({ params }) => {
    const stored = fake.findMessage(params.id ?? "");
    const file = stored?.sample.files?.[Number((params.attachment ?? "").replace("att_", ""))];
    if (file === undefined) return missing();
    return download(`%PDF-1.4\n% ${file.name}\n`, file.type, file.name);
  });
  on("get", "/messages/:id/original", ({ params }) => {
    const stored = fake.findMessage(params.id ?? "");
    if (stored === undefined) return problem(410, "message_gone");
    const { message, sample } = stored;
    const source = `From: ${message.from[0]?.address}\r\nSubject: ${message.subject}\r\n\r\n${sample.html}`;
    return download(source, "message/rfc822", "message.eml");
  });
}

/** Finds words in subjects and names; the real search is the provider's. */
function search(on: On, fake: FakeServer): void {
  const saved: Array<{ id: string; name: string; query: string; created_at: string }> = [];
  on("post", "/search", ({ body }) => {
    const connection = String(body.connection_id ?? "");
    const words = String(body.query ?? "").toLowerCase();
    const items = fake
      .threads(connection)
      .map(({ thread }) => thread)
      .filter((thread) => JSON.stringify([thread.subject, thread.participants]).toLowerCase().includes(words))
      .slice(0, 25)
      .map(({ id, ...thread }) => ({ ...thread, thread_id: id, provider_thread_id: id }));
    return json({ items, next: null, resolved: [], unanswered: [] });
  });
  on("post", "/search/open", ({ body }) => json({ thread_id: body.provider_thread_id as string }));
  on("get", "/saved-searches", () => json({ items: saved }));
  on("post", "/saved-searches", ({ body }) => {
    const made = {
      id: `sch_${String(saved.length).padStart(26, "0")}`,
      name: String(body.name),
      query: String(body.query),
      created_at: fake.iso(0),
    };
    saved.push(made);
    return json(made, 201);
  });
  on("delete", "/saved-searches/:id", ({ params }) => {
    const at = saved.findIndex(({ id }) => id === params.id);
    if (at < 0) return missing();
    saved.splice(at, 1);
    return nothing();
  });
  on("get", "/retention", () => json(fake.retention));
  on("put", "/retention", ({ body }) => {
    fake.retention = { ...fake.retention, mail_days: Number(body.mail_days) };
    return json(fake.retention);
  });
  on("put", "/messages/:id/sender-images", () => nothing());
}

function download(text: string, type: string, name: string): Response {
  return new HttpResponse(text, {
    headers: {
      "Content-Type": type,
      "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
    },
  });
}

/** Raw bytes, not JSON as everywhere else. */
function upload(fake: FakeServer): RequestHandler {
  return http.post("*/api/v1/uploads", async ({ request }) => {
    const refused = refusal(fake, request, false);
    if (refused !== undefined) return refused;
    const query = new URL(request.url).searchParams;
    const bytes = await request.arrayBuffer();
    if (bytes.byteLength > 26_214_400) return problem(413, "too_large");
    const type = request.headers.get("Content-Type") ?? "application/octet-stream";
    return json(
      fake.composing.upload(query.get("name") ?? "", type, query.get("inline") === "true", bytes),
      201,
    );
  });
}

function events(fake: FakeServer): RequestHandler {
  return http.get("*/api/v1/events", ({ request }) => {
    if (!fake.signedIn) return problem(401, "unauthenticated");
    const encoder = new TextEncoder();
    let stop: () => void = () => {};
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        const send = (event: string, data: object) =>
          controller.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
        const unlisten = fake.listen((event, id) => send(event, { id, at: fake.iso() }));
        const ping = setInterval(() => send("ping", {}), 25_000);
        // While a first sync runs, its progress is told.
        const progress = setInterval(() => {
          for (const connection of fake.allConnections()) {
            if (connection.mailbox?.state !== "first_sync") continue;
            send("mailbox_changed", { id: connection.id, at: fake.iso() });
            send("threads_changed", { id: connection.id, at: fake.iso() });
          }
        }, 500);
        stop = () => {
          unlisten();
          clearInterval(ping);
          clearInterval(progress);
        };
        request.signal.addEventListener("abort", () => stop());
        send("ping", {});
      },
      cancel: () => stop(),
    });
    return new HttpResponse(stream, { headers: { "Content-Type": "text/event-stream" } });
  });
}

function callback(fake: FakeServer): RequestHandler {
  return http.get("*/oauth/callback/google", ({ request }) => {
    const to = fake.callback(new URL(request.url).searchParams);
    return new HttpResponse(null, { status: 303, headers: { Location: to } });
  });
}
