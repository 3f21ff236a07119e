/** Acting on mail, labels, drafts, sending: answered by a `FakeServer`. */
import type {
  DraftInput,
  DraftKind,
  Label,
  MailActionInput,
  Send,
  SendAt,
  SendDecision,
} from "@tenon/api-client";
import { HttpResponse } from "msw";
import { problem } from "./answers";
import type { FakeServer } from "./fake";
import { json, missing, nothing, type On } from "./handlers";
import { isPossible } from "./handlers-scheduling";

/** Some pairs of Gmail's palette. */
const COLORS = [
  ["#16a766", "#ffffff"],
  ["#43d692", "#094228"],
  ["#b9e4d0", "#0b4f30"],
  ["#4a86e8", "#ffffff"],
  ["#a4c2f4", "#1c4587"],
  ["#c9daf8", "#285bac"],
  ["#fb4c2f", "#ffffff"],
  ["#f6c5be", "#822111"],
  ["#fbc8d9", "#711a36"],
  ["#ffad47", "#684e07"],
  ["#fce8b3", "#594c05"],
  ["#fad165", "#684e07"],
  ["#a479e2", "#ffffff"],
  ["#d0bcf1", "#41236d"],
  ["#e7e7e7", "#464646"],
  ["#666666", "#ffffff"],
].map(([background = "", text = ""]) => ({ background, text }));

export function acting(fake: FakeServer, on: On): void {
  on("post", "/mail/actions", ({ body, request }) => {
    const input = body as MailActionInput;
    const action = fake.acting.begin(input, request.headers.get("Idempotency-Key"));
    if (action === undefined) return missing();
    return json(action, action.state === "running" || action.state === "waiting" ? 202 : 200);
  });
  on("get", "/mail/actions", () => json({ items: fake.acting.actions, next: null }));
  on("get", "/mail/actions/:id", ({ params }) => {
    const action = fake.acting.find(params.id ?? "");
    return action === undefined ? missing() : json(action);
  });
  on("get", "/mail/actions/:id/failures", () => json({ items: [], next: null }));
  on("post", "/mail/actions/:id/cancel", ({ params }) => {
    if (!fake.acting.cancel(params.id ?? "")) return problem(409, "too_late");
    return json(fake.acting.find(params.id ?? "") ?? {});
  });
  on("post", "/mail/actions/:id/undo", ({ params }) => {
    const action = fake.acting.undo(params.id ?? "");
    return action === undefined ? problem(409, "not_undoable") : json(action);
  });

  on("post", "/connections/:id/labels", ({ params, body }) => {
    const name = String(body.name ?? "").trim();
    if (name === "")
      return problem(422, "validation", { fields: [{ name: "name", detail: "A name is needed." }] });
    const label = fake.acting.createLabel(params.id ?? "", name, (body.color ?? null) as Label["color"]);
    return label === "label_exists" ? problem(409, label) : json(label, 201);
  });
  on("patch", "/labels/:id", ({ params, body }) => {
    const found = fake.acting.findLabel(params.id ?? "");
    if (found === undefined) return missing();
    if (typeof body.name === "string") fake.acting.renameLabel(found.connection, found.label, body.name);
    if ("color" in body) found.label.color = body.color as Label["color"];
    fake.emit("labels_changed", found.connection);
    return json(found.label);
  });
  on("delete", "/labels/:id", ({ params }) => {
    const found = fake.acting.findLabel(params.id ?? "");
    if (found === undefined) return missing();
    fake.acting.deleteLabel(found.connection, found.label.id);
    return nothing();
  });
  on("get", "/connections/:id/label-colors", () => json({ items: COLORS }));
}

export function composing(fake: FakeServer, on: On): void {
  on("get", "/connections/:id/compose", ({ params }) => json(fake.composing.options(params.id ?? "")));
  on("get", "/messages/:id/compose", ({ params, url }) => {
    const stored = fake.findMessage(params.id ?? "");
    if (stored === undefined) return problem(410, "message_gone");
    return json(fake.composing.reply(stored, (url.searchParams.get("kind") ?? "reply") as DraftKind));
  });
  on("get", "/uploads/:id", ({ params }) => {
    const upload = fake.composing.uploads.get(params.id ?? "");
    if (upload === undefined) return missing();
    return new HttpResponse(upload.bytes, { headers: { "Content-Type": upload.view.content_type } });
  });
  on("get", "/drafts/:id/attachments/:attachment", ({ params }) => {
    const { id = "", attachment = "" } = params;
    const upload = fake.composing.uploads.get(attachment);
    if (!fake.composing.hasFile(id, attachment)) return problem(410, "attachment_gone");
    const type = upload?.view.content_type ?? "application/octet-stream";
    return new HttpResponse(upload?.bytes ?? new ArrayBuffer(1), { headers: { "Content-Type": type } });
  });
  on("delete", "/uploads/:id", ({ params }) => {
    fake.composing.uploads.delete(params.id ?? "");
    return nothing();
  });
  on("post", "/drafts", ({ body, request }) => {
    const key = request.headers.get("Idempotency-Key");
    if (key === null) return problem(422, "validation");
    const draft = fake.composing.create(body as DraftInput, key);
    return typeof draft === "string" ? problem(410, draft) : json(draft, 201);
  });
  on("post", "/drafts/discard", ({ body }) => {
    const { threads } = body as { threads: string[] };
    const drafts = threads.map((thread) => thread.replace(/^thr_/, ""));
    const kept = drafts.filter((id) => fake.composing.isSending(id));
    for (const id of drafts) if (!kept.includes(id)) fake.composing.remove(id);
    return json({ discarded: drafts.length - kept.length, kept: kept.length });
  });
  on("get", "/drafts/:id", ({ params }) => {
    const draft = fake.composing.drafts.get(params.id ?? "");
    return draft === undefined ? problem(410, "draft_gone") : json(draft);
  });
  on("put", "/drafts/:id", ({ params, body, request }) => {
    const draft = fake.composing.update(params.id ?? "", body as DraftInput, request.headers.get("If-Match"));
    if (draft === "draft_gone" || draft === "attachment_gone") return problem(410, draft);
    if (draft === "draft_changed") return problem(412, draft);
    return draft === "draft_sending" ? problem(409, draft) : json(draft);
  });
  on("delete", "/drafts/:id", ({ params }) => {
    if (fake.composing.isSending(params.id ?? "")) return problem(409, "draft_sending");
    fake.composing.remove(params.id ?? "");
    return nothing();
  });
  on("post", "/messages/:id/draft", ({ params }) => {
    const draft = fake.composing.ofMessage(params.id ?? "");
    return draft === undefined ? problem(410, "draft_gone") : json(draft);
  });
  on("post", "/drafts/:id/send", ({ params, body, request }) => {
    const seconds = Number(body.undo_seconds ?? fake.me.member.undo_send_seconds ?? 10);
    const key = request.headers.get("Idempotency-Key") ?? "";
    const at = (body.at ?? null) as SendAt | null;
    if (at !== null && !isPossible(fake, at)) return problem(422, "validation");
    const send = fake.composing.send(params.id ?? "", key, seconds, request.headers.get("If-Match"), at);
    if (send === "draft_gone") return problem(410, send);
    if (send === "draft_changed") return problem(412, send);
    return send === "draft_sending" ? problem(409, send) : json(send, 202);
  });
  on("get", "/sends", ({ url }) => {
    const state = url.searchParams.get("state");
    const limit = Number(url.searchParams.get("limit") ?? 50);
    const after = url.searchParams.get("after");
    const from = url.searchParams.get("from");
    const until = url.searchParams.get("until") ?? "";
    const isBetween = ({ scheduled, send_at }: Send) =>
      from === null || (scheduled !== null && send_at >= from && send_at < until);
    const all = fake.composing.sends.filter(
      (send) => (state === null || send.state === state) && isBetween(send),
    );
    if (from !== null) all.sort((a, b) => a.send_at.localeCompare(b.send_at));
    const start = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
    const items = all.slice(start, start + limit);
    return json({ items, next: items.length === limit ? (items.at(-1)?.id ?? null) : null });
  });
  on("get", "/sends/:id", ({ params }) => {
    const send = fake.composing.sends.find((candidate) => candidate.id === params.id);
    return send === undefined ? missing() : json(send);
  });
  on("post", "/sends/:id/cancel", ({ params }) => {
    const send = fake.composing.cancel(params.id ?? "");
    return send === undefined ? missing() : send === "too_late" ? problem(409, send) : json(send);
  });
  on("post", "/sends/:id/resolve", ({ params, body }) => {
    const send = fake.composing.resolve(params.id ?? "", body.decision as SendDecision);
    return send === undefined ? missing() : send === "too_late" ? problem(409, send) : json(send);
  });
}
