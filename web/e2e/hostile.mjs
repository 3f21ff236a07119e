#!/usr/bin/env node
/**
 * Hostile mail in Chromium with a network recorder: every sample of tools/hostile as a mail in `tenon demo`'s sandbox, synced,
 * and shown in frames as the product frames it. Nothing may run, nothing may be asked of anybody, nothing may leave its frame.
 * The same samples raw show that they would have. Each wall by itself (policy and sandbox, sanitizer) lets nothing run and
 * nothing be requested; bare connections, which no policy stops, are told of the first.
 *
 *   TENON_E2E_EMAIL=… TENON_E2E_PASSWORD=… node e2e/hostile.mjs BASE_URL [--figures FILE] [--all]
 *
 * Prints `N passed, N failed`; exits 1 when a check failed.
 */
import { writeFileSync } from "node:fs";
import { Checks, DESKTOP } from "./lib/browser.mjs";
import { lieOver } from "./lib/hostile-frames.mjs";
import { fetched, fill, frames, generate, withoutRequests } from "./lib/hostile-product.mjs";
import { openWatched } from "./lib/hostile-sink.mjs";
import { documentOf, openWalls } from "./lib/hostile-walls.mjs";
import { show, watch } from "./lib/hostile-watch.mjs";
import { readArguments, textsOf } from "./lib/walk.mjs";

const { args, base } = readArguments("hostile.mjs", {
  figures: { type: "string" },
  all: { type: "boolean", default: false },
});
const { t } = textsOf("en");
const checks = new Checks();
const figures = {};
const began = Date.now();

const samples = generate();
const files = generate("--files");
const everything = [...samples, ...files];
const byNumber = new Map(everything.map((sample) => [sample.n, sample]));
const baseSamples = samples.filter(({ origin }) => origin === "base");
const variants = samples.filter(({ origin }) => origin === "variant");
/** Where a part of the variants is enough: the base and every fourth variant; all of them with `--all`. */
const some = args.all ? samples : samples.filter(({ origin, n }) => origin === "base" || n % 4 === 0);

function tell(what, value) {
  figures[what] = value;
  console.log(`     ${what}: ${value}`);
}

const seconds = () => Math.round((Date.now() - began) / 1000);

/** Nothing happened: the check of a record, with the first offenders named. */
function nothing(what, record, ...kinds) {
  figures[what] = record.with(...kinds).length;
  return checks.ok(what, figures[what] === 0, record.tell(everything, ...kinds));
}

async function openPage(watched, where, url) {
  const context = await watched.browser.newContext({ viewport: DESKTOP, acceptDownloads: true });
  const recorder = watch(context, watched.listen, where);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const own = { opening: false };
  recorder.hold(page, () => own.opening);
  if (url !== undefined) await page.goto(url);
  return { context, page, recorder, own };
}

const product = {};

async function inProduct() {
  const watched = await openWatched(everything);
  const messages = new Map();
  const where = (url) => {
    const id = /\/api\/v1\/messages\/([^/]+)\/(body|attachments)/.exec(url)?.[1];
    return id === undefined ? undefined : messages.get(id);
  };
  const { context, page, recorder, own } = await openPage(watched, where);
  const mailbox = await checks.step("samples come in as mail, are synced and listed", async () => {
    const found = await fill(page, base, everything);
    const missing = everything.filter(({ n }) => !found.messages.has(n));
    if (missing.length > 0)
      throw new Error(`${missing.length} are missing: ${missing.slice(0, 5).map(({ id }) => id)}`);
    for (const [n, id] of found.messages) messages.set(id, n);
    return found;
  });
  const framed = await checks.step("the product's pages say how they frame a message and a quote", () => {
    const one = samples.find(({ vector }) => vector === '<img src="{U}p.png">').n;
    return frames(page, base, {
      t,
      connection: mailbox.connection,
      thread: mailbox.threads.get(one),
      message: mailbox.messages.get(one),
    });
  });
  // A page of the app on which little moves.
  await page.goto(new URL("/settings", base).href);
  const idOf = ({ n }) => mailbox.messages.get(n);

  let record = recorder.begin();
  await show(page, record, samples, (sample) => framed.plain(idOf(sample)));
  shown("in the product", record);
  contained("in the product", record);
  tell("stopped by the policy in the product (the sanitizer let them by)", record.blocked.size);

  const loading = samples.filter(
    ({ group, origin, vector }) =>
      (group === "load" && origin === "base") || /^<ima?ge? src="\{U\}/.test(vector),
  );
  await context.route("**/api/v1/messages/*/images/*", (route) => route.fulfill({ status: 404, body: "" }));
  record = recorder.begin();
  await show(page, record, loading, (sample) => framed.images(idOf(sample)));
  tell("samples shown with their images", loading.length);
  tell("samples whose images were asked of the product", record.with("own origin").length);
  record.forgive("own origin", / \/api\/v1\/messages\/[^/]+\/images\/\d+$/);
  contained("with images wanted", record);

  await quoted(page, recorder, framed, idOf);
  await ownPages(page, recorder, mailbox);
  await attachments(context, page, recorder, own, idOf);

  product.bodies = new Map(
    (
      await fetched(
        page,
        some.map((sample) => [sample.n, `/messages/${idOf(sample)}/body?theme=light`]),
      )
    ).map(([n, , text, policy]) => {
      product.policy ??= policy;
      return [n, text];
    }),
  );
  product.frame = framed.plain("").filter(([name]) => name !== "src");
  const { names, read } = await watched.close();
  tell("name look-ups of the browser, all", read);
  figures["names looked up in the product"] = names.size;
  checks.ok("no name was looked up", names.size === 0, named(names));
}

const named = (names) => [...names.keys()].map((n) => `of ten from ${-10 * (n + 1)}`).join(", ");

/** Every frame was readable, is our document, and shows that it is the sample's. */
function shown(where, record) {
  const seen = samples.map(({ n }) => record.seen.get(n));
  const bad = samples.filter(
    (_, at) => !(seen[at]?.loaded && seen[at].readable && seen[at].kind === "text/html"),
  );
  checks.ok(
    `${where}: ${samples.length} documents in frames`,
    bad.length === 0,
    bad
      .slice(0, 9)
      .map(({ id }) => id)
      .join(" "),
  );
  const says = seen.filter((one) => /Sample H\d{4}|A file/.test(one?.says ?? "")).length;
  tell(`${where}: documents that show their text`, says);
  checks.ok(`${where}: at least 9 of 10 show their text`, says >= samples.length * 0.9, String(says));
}

function contained(where, record) {
  for (const one of record.seen.values()) {
    if (one.left.length > 0) record.add(one.n, "left", [...new Set(one.left)].join(" "));
    if (one.covers.length > 0) record.add(one.n, "cover", [...new Set(one.covers)].join(" "));
  }
  nothing(`${where}: scripts run`, record, "script", "dialog");
  nothing(`${where}: connections and requests to others`, record, "connection", "request");
  nothing(`${where}: requests to the app itself`, record, "own origin");
  nothing(`${where}: navigations, windows, downloads`, record, "navigation", "popup", "download");
  nothing(`${where}: elements and attributes that could act`, record, "left");
  nothing(`${where}: elements that could lie over something`, record, "cover");
  const outside = [...record.covered, ...record.moved];
  checks.ok(`${where}: nothing outside a frame is covered or moved`, outside.length === 0, outside.join(" "));
}

/** The base and some variants as the composer shows what it quotes. */
async function quoted(page, recorder, framed, idOf) {
  const few = some.filter(({ origin, n }) => args.all || origin === "base" || n % 8 === 0);
  const answers = await fetched(
    page,
    few.map((sample) => [sample.n, `/messages/${idOf(sample)}/compose?kind=reply`]),
  );
  const clean = new Map(
    await page.evaluate(
      ({ source, texts }) => {
        const without = new Function(`return (${source})`)();
        return texts.map(([n, html]) => [n, without(html)]);
      },
      {
        source: withoutRequests(),
        texts: answers.map(([n, , text]) => [n, JSON.parse(text).quoted_html ?? ""]),
      },
    ),
  );
  const record = recorder.begin();
  await show(page, record, few, ({ n }) => framed.quote(clean.get(n)));
  tell("samples shown as a quote", few.length);
  contained("as a quote", record);
}

/** Subjects, senders and names of files stand in the app's own pages, without a frame around them: a third are opened. */
async function ownPages(page, recorder, mailbox) {
  const record = recorder.begin();
  await checks.step(
    "samples in a subject, a sender and the name of a file are opened in the app",
    async () => {
      await page.goto(new URL(`/mail/${mailbox.connection}`, base).href);
      await page.locator("[data-thread]").first().waitFor();
      for (const { n } of samples.filter(({ place }) => place).filter((_, at) => at % 3 === 0)) {
        await page.goto(new URL(`/mail/${mailbox.connection}?thread=${mailbox.threads.get(n)}`, base).href);
        await page.locator("iframe[data-loaded]").last().waitFor();
      }
    },
  );
  nothing("on the app's own pages: scripts, requests, windows", record);
  await page.goto(new URL("/settings", base).href);
}

/** Attachments opened as pages: the product only ever has them saved. */
async function attachments(context, page, recorder, own, idOf) {
  const list = await fetched(
    page,
    files.map((file) => [file.n, `/messages/${idOf(file)}`]),
  );
  const urls = new Map(list.map(([n, , text]) => [n, JSON.parse(text).attachments[0].url]));
  const record = recorder.begin();
  own.opening = true;
  const other = await context.newPage();
  own.opening = false;
  let saved = 0;
  other.on("download", () => {
    saved += 1;
  });
  for (const file of files) await other.goto(new URL(urls.get(file.n), base).href).catch(() => {});
  await other.waitForTimeout(500);
  await other.close().catch(() => {});
  const answer = await context.request.get(new URL(urls.get(files[0].n), base).href);
  product.filePolicy = answer.headers()["content-security-policy"];
  checks.ok(
    `attachments: ${files.length} opened as pages are all saved`,
    saved === files.length,
    String(saved),
  );
  nothing(
    "attachments: scripts run, requests to others",
    record,
    "script",
    "connection",
    "request",
    "dialog",
  );
}

const bytes = (text) => Buffer.from(text, "base64");
const raw = (n) => ({
  type: `text/html; charset=${byNumber.get(n).charset}`,
  body: bytes(byNumber.get(n).raw),
});
const file = (n) => ({ type: byNumber.get(n).type, body: bytes(byNumber.get(n).data) });

/** A browser on the small server, with the documents of some ways. */
async function beside(ways, run) {
  const watched = await openWatched(everything);
  const walls = await openWalls(ways, (n) => byNumber.has(n));
  try {
    const { page, recorder } = await openPage(watched, documentOf, walls.url);
    await run(page, recorder, walls.url);
  } finally {
    walls.close();
  }
  return watched.close();
}

const at =
  (url, way) =>
  ({ n }) => [["src", `${url}/${way}/${n}`]];
const did = (record, among) => {
  for (const one of record.seen.values()) if (one.covers.length > 0) record.add(one.n, "cover");
  return among.filter(({ n }) => record.effects.has(n));
};

/** Without any wall: what does nothing here proves nothing there. */
async function withoutWalls() {
  const { names } = await beside({ raw, file }, async (page, recorder, url) => {
    let record = recorder.begin();
    await show(page, record, baseSamples, at(url, "raw"));
    const fired = did(record, baseSamples);
    const share = Math.round((100 * fired.length) / baseSamples.length);
    tell("without walls: base samples that act, in percent", share);
    const quiet = baseSamples.filter((sample) => !fired.includes(sample)).map(({ vector }) => vector);
    console.log(`     inert in Chromium: ${quiet.length}\n       ${quiet.join("\n       ")}`);
    checks.ok("without walls: at least 70 % of the base samples act", share >= 70, `${share} %`);
    for (const kind of ["script", "request", "navigation", "cover", "own origin"])
      tell(`without walls: base samples with ${kind}`, record.with(kind).filter((n) => n > 0).length);
    record = recorder.begin();
    const others = some.filter(({ origin }) => origin === "variant");
    await show(page, record, others, at(url, "raw"));
    tell(`without walls: variants that act, of ${others.length}`, did(record, others).length);
    record = recorder.begin();
    await show(page, record, files, at(url, "file"));
    const opened = did(record, files).length;
    tell("without walls: attachments that act", opened);
    checks.ok(
      "without walls: at least half of the attachments act",
      opened >= files.length / 2,
      String(opened),
    );
    await page.goto(url);
    const covers = baseSamples
      .filter((sample) => sample.class === "cover")
      .map(({ raw }) => bytes(raw).toString());
    const over = await page.evaluate(lieOver, covers);
    tell("without a frame: samples that cover the page", over);
    checks.ok("without a frame: at least 4 samples cover the page", over >= 4, String(over));
  });
  tell("without walls: tens of samples whose names were looked up", names.size);
  checks.ok("without walls: names are looked up and seen", names.size >= 20, String(names.size));
}

/**
 * The policy and the sandbox alone, around the raw documents. A name that is looked up and a connection on which nothing is
 * said are told and fail nothing: no policy governs hints and what a browser prepares; those the sanitizer takes out.
 */
async function policyAlone() {
  const ways = {
    policy: (n) => ({ ...raw(n), policy: product.policy }),
    opened: (n) => ({
      ...file(n),
      policy: product.filePolicy,
      more: { "x-content-type-options": "nosniff" },
    }),
  };
  const { names } = await beside(ways, async (page, recorder, url) => {
    let record = recorder.begin();
    await show(page, record, some, (sample) => [...product.frame, ...at(url, "policy")(sample)]);
    nothing("policy and sandbox alone: scripts run", record, "script", "dialog");
    nothing(
      "policy and sandbox alone: requests, windows, navigations",
      record,
      "request",
      "own origin",
      "popup",
      "navigation",
      "download",
    );
    checks.ok(
      "policy and sandbox alone: nothing outside a frame is covered",
      record.covered.length === 0,
      record.covered.join(" "),
    );
    tell(
      "policy and sandbox alone: tens of samples with a bare connection",
      record.with("connection").length,
    );
    tell("policy and sandbox alone: rounds in which a frame was moved", record.moved.length);
    tell("policy and sandbox alone: samples with a request it stopped", record.blocked.size);
    record = recorder.begin();
    await show(page, record, files, at(url, "opened"));
    nothing(
      "attachments with their policy alone: scripts, requests, windows, navigations",
      record,
      "script",
      "dialog",
      "request",
      "popup",
      "navigation",
    );
    tell(
      "attachments with their policy alone: tens with a bare connection",
      record.with("connection").length,
    );
  });
  tell("policy and sandbox alone: tens of samples whose names were looked up (hints and links)", names.size);
}

/** What the sanitizer leaves, where everything may run and load. */
async function sanitizerAlone() {
  const clean = (n) => ({ type: "text/html; charset=utf-8", body: product.bodies.get(n) });
  const { names } = await beside({ clean }, async (page, recorder, url) => {
    const record = recorder.begin();
    await show(page, record, some, at(url, "clean"));
    contained("sanitizer alone", record);
  });
  tell("sanitizer alone: tens of samples whose names were looked up (links)", names.size);
}

async function walk(what) {
  try {
    await what();
  } catch (error) {
    checks.ok(`${what.name} went through`, false, String(error?.stack ?? error));
  }
  tell(`seconds after ${what.name}`, seconds());
}

tell("base samples", baseSamples.length);
tell("variants", variants.length);
await Promise.all([walk(inProduct), walk(withoutWalls)]);
if (product.bodies !== undefined) await Promise.all([walk(policyAlone), walk(sanitizerAlone)]);
else checks.ok("each wall alone was tried", false, "the product showed nothing");
tell("seconds", seconds());
if (args.figures !== undefined)
  writeFileSync(args.figures, JSON.stringify({ ...figures, passed: checks.passed, failed: checks.failed }));
checks.finish();
// A browser that broke would keep this process for ever.
process.exit();
