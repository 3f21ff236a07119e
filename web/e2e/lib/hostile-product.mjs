/** The product's side of hostile mail: samples come in at the provider, and its own pages say how they are shown. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { connectMailbox, firstConnection, signIn } from "./session.mjs";
import { until } from "./walk.mjs";

const ACCOUNT = "alice@example.com";
const HOUR = 3_600;

const generator = path.resolve(import.meta.dirname, "../../../tools/hostile/hostile.py");

/** What the generator makes, as its records. */
export const generate = (...more) =>
  execFileSync("python3", [generator, ...more], { maxBuffer: 1 << 28, encoding: "utf8" })
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

/** Where the provider is, without connecting anything. */
const providerOf = (page) =>
  page.evaluate(async () => {
    const ask = async (path, body) => {
      const headers = { "Content-Type": "application/json", "X-Tenon-Request": "1" };
      const answer = await fetch(
        `/api/v1${path}`,
        body && { method: "POST", headers, body: JSON.stringify(body) },
      );
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    };
    const { version } = await ask("/policy?provider=google&features=mail");
    const wish = {
      provider: "google",
      profile: "type",
      features: ["mail"],
      policy_version: version,
      locale: "en",
    };
    return new URL((await ask("/connections/authorize", wish)).authorize_url).origin;
  });

async function insert(provider, mails) {
  const queue = [...mails];
  const received = Math.floor(Date.now() / 1000) - HOUR;
  const work = async () => {
    for (let mail = queue.shift(); mail !== undefined; mail = queue.shift()) {
      const answer = await fetch(new URL("/__sandbox/insert", provider), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ account: ACCOUNT, raw: mail, labels: ["INBOX", "UNREAD"], received }),
      });
      if (!answer.ok) throw new Error(await answer.text());
    }
  };
  await Promise.all([work(), work(), work(), work()]);
}

/** Puts the mails in, connects the mailbox and waits until it has them; `{ connection, threads, messages }` by sample. */
export async function fill(page, base, records) {
  await signIn(page, base);
  const began = Date.now();
  const after = () => `${((Date.now() - began) / 1000).toFixed(1)} s`;
  const provider = await providerOf(page);
  await insert(
    provider,
    records.map(({ mail }) => mail),
  );
  const inserted = after();
  await connectMailbox(page, base, "mail,sending");
  const connection = await firstConnection(page);
  const stored = () =>
    page.evaluate(async () => {
      const { items } = await (await fetch("/api/v1/connections")).json();
      return items[0].mailbox.messages;
    });
  await until("all mail is stored", async () => (await stored()) >= records.length, 60_000);
  const synced = after();
  const found = await page.evaluate(async (mailbox) => {
    const threads = [];
    let after = null;
    do {
      const query = new URLSearchParams({ connection: mailbox, limit: "200", ...(after && { after }) });
      const list = await (await fetch(`/api/v1/threads?${query}`)).json();
      threads.push(...list.items);
      after = list.next;
    } while (after);
    const out = [];
    const work = async () => {
      for (let thread = threads.shift(); thread !== undefined; thread = threads.shift()) {
        const name = /^[HF]\d{4}/.exec(thread.subject ?? "")?.[0];
        if (name === undefined) continue;
        const { messages } = await (await fetch(`/api/v1/threads/${thread.id}`)).json();
        out.push([name, thread.id, messages[0].id]);
      }
    };
    await Promise.all(Array.from({ length: 6 }, work));
    return out;
  }, connection);
  console.log(`     inserted after ${inserted}, synced after ${synced}, listed after ${after()}`);
  return {
    connection,
    threads: new Map(found.map(([name, thread]) => [Number(name.slice(1)), thread])),
    messages: new Map(found.map(([name, , message]) => [Number(name.slice(1)), message])),
  };
}

/** What the page itself adds to a frame, so that ours are no other: all attributes but what is the message's own. */
const attributesOf = (frame) =>
  frame.evaluate((element) =>
    [...element.attributes]
      .map(({ name, value }) => [name, value])
      .filter(([name]) => !/^(class|style|title|data-.*)$/.test(name)),
  );

/** How the product frames a message, with and without images, and a quote: read from its own pages. */
export async function frames(page, base, { connection, thread, message, t }) {
  await page.goto(new URL(`/mail/${connection}?thread=${thread}`, base).href);
  const frame = page.locator("iframe[data-loaded]").last();
  await frame.waitFor();
  const plain = await attributesOf(frame);
  await page.getByRole("button", { name: t("mail.images_show"), exact: true }).click();
  await page.getByText(t("mail.images_shown"), { exact: false }).waitFor();
  await page.locator("iframe[data-loaded][src*='images=']").last().waitFor();
  const images = await attributesOf(page.locator("iframe[data-loaded]").last());
  await page.locator("h2").first().click();
  await page.keyboard.press("r");
  await page.getByRole("button", { name: t("compose.quote_show") }).click();
  const preview = page.locator(`iframe[title="${t("compose.quoted")}"]`);
  await preview.waitFor();
  const quote = await attributesOf(preview);
  const source = (attributes) => attributes.find(([name]) => name === "src")?.[1] ?? "";
  if (!source(plain).includes(message)) throw new Error(`the frame shows ${source(plain)}`);
  const page_ = quote.find(([name]) => name === "srcdoc")?.[1] ?? "";
  const begins = page_.indexOf("<body>") + "<body>".length;
  if (begins < 10) throw new Error("the quote's document begins otherwise");
  const around = page_.slice(0, begins);
  return {
    plain: (id) => plain.map(([name, value]) => [name, value.replace(message, id)]),
    images: (id) => images.map(([name, value]) => [name, value.replace(message, id)]),
    quote: (html) => quote.map(([name, value]) => [name, name === "srcdoc" ? around + html : value]),
    told: `sandbox="${plain.find(([name]) => name === "sandbox")?.[1]}"`,
  };
}

/** The composer's own function that takes addresses out of what it shows, to be run in the page. */
export function withoutRequests() {
  const file = path.resolve(import.meta.dirname, "../../packages/features/src/compose/html-preview.tsx");
  const source = /export (function withoutRequests\(html: string\): string \{[\s\S]*?\n\})/.exec(
    readFileSync(file, "utf8"),
  )?.[1];
  if (source === undefined) throw new Error("html-preview.tsx has no withoutRequests");
  return source.replace("html: string): string", "html)");
}

/** Asks the product for many things at once: `[[n, path]]`, answered as `[n, status, text, policy]`. */
export const fetched = (page, paths) =>
  page.evaluate(async (queue) => {
    const out = [];
    const work = async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const answer = await fetch(`/api/v1${next[1]}`);
        out.push([
          next[0],
          answer.status,
          await answer.text(),
          answer.headers.get("content-security-policy"),
        ]);
      }
    };
    await Promise.all(Array.from({ length: 6 }, work));
    return out;
  }, paths);
