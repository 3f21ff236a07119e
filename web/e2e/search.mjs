#!/usr/bin/env node
/**
 * Finding mail, as a person does it in a browser: a search by keyboard, remote images on request, a kept
 * search, a shorter time box in the settings, and mail from before it that only the provider still has.
 *
 *   TENON_E2E_EMAIL=… TENON_E2E_PASSWORD=… node e2e/search.mjs BASE_URL [--locale fr] [--shots DIR] [--phone] [--dark]
 *
 * For `tenon demo`, whose sandbox takes in messages of the script's own. Checks besides: no request to any
 * other host than the app's and the provider's, and axe on each screen. Prints `N passed, N failed`; exits 1
 * when a check failed.
 */
import { connectMailbox, firstConnection, signIn } from "./lib/session.mjs";
import { openWalk, readArguments, textsOf } from "./lib/walk.mjs";

const { args, base } = readArguments("search.mjs");
const { t } = textsOf(args.locale);
const { checks, allowed, page, screen, run } = await openWalk(args, base, { reducedMotion: "reduce" });

const ALICE = "alice@example.com";
const SHOP = "shop@walrus.example";
const DAY = 86_400;
/** Nobody listens there, and nobody may ask: the server fetches from public addresses only. */
const PICTURE = "http://127.0.0.1:9/walrus.gif";

const button = (key, values) => page.getByRole("button", { name: t(key, values), exact: true });
const heading = (name) => page.getByRole("heading", { name, exact: true });
const box = () => page.getByRole("searchbox", { name: t("search.label") });
const results = () => page.getByTestId("search-results").locator("[data-thread]");
const row = (subject) => results().filter({ hasText: subject });
const focused = (what) => page.waitForFunction((element) => element === document.activeElement, what);

/** A message comes in at the provider. */
async function receive(provider, message) {
  const answer = await fetch(new URL("/__sandbox/insert", provider), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ account: ALICE, to: ALICE, labels: ["INBOX"], ...message }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

/** As many messages are stored as this says. */
async function stored(holds) {
  for (let wait = 0; wait < 150; wait += 1) {
    const count = await page.evaluate(
      async () => (await (await fetch("/api/v1/connections")).json()).items[0].mailbox.messages,
    );
    if (holds(count)) return count;
    await page.waitForTimeout(200);
  }
  throw new Error("the messages stored do not become what they should");
}

async function look(words) {
  await page.keyboard.press("/");
  await focused(await box().elementHandle());
  await box().fill(words);
  await page.keyboard.press("Enter");
  await heading(t("search.results")).waitFor();
  await page.locator("[data-testid=search-results][aria-busy=false]").waitFor();
}

async function walk() {
  const now = Math.floor(Date.now() / 1000);
  let id;
  await checks.step("a mailbox is connected, and mail comes in by push", async () => {
    await signIn(page, base);
    await page.goto(new URL("/settings", base).href);
    await page.locator("select").first().selectOption(args.locale);
    await page.waitForFunction((lang) => document.documentElement.lang === lang, args.locale);
    await page.waitForTimeout(500);
    const provider = await connectMailbox(page, base, "mail");
    allowed.add(provider);
    id = await firstConnection(page);
    const before = await stored(() => true);
    await receive(provider, {
      from: `Walrus Shop <${SHOP}>`,
      subject: "Oysters this week",
      html: `<p>Fresh oysters of the walrus</p><img src="${PICTURE}" alt="oysters" width="200" height="80">`,
    });
    await receive(provider, {
      from: "Carpenter <carpenter@walrus.example>",
      subject: "The walrus ledger",
      text: "The time has come, the walrus said.",
      received: now - 400 * DAY,
    });
    await stored((count) => count >= before + 2);
  });

  await checks.step("/ leads to the box, Enter to what was found, and no word to the address", async () => {
    await page.goto(new URL(`/mail/${id}`, base).href);
    await page.locator("[data-thread]").first().waitFor();
    await look("walrus");
    await row("Oysters this week").waitFor();
    await row("The walrus ledger").waitFor();
    if (/walrus/i.test(page.url())) throw new Error(page.url());
    await focused(await heading(t("search.results")).elementHandle());
  });
  await screen("search results");

  await checks.step("j, k and Enter go through what was found; u comes back to the row", async () => {
    await page.keyboard.press("j");
    await focused(await results().nth(0).elementHandle());
    await page.keyboard.press("j");
    await focused(await results().nth(1).elementHandle());
    await page.keyboard.press("k");
    await page.keyboard.press("Enter");
    await page.waitForURL("**thread=**");
    await page.getByTestId("thread-pane").locator("h2").first().waitFor();
    await page.keyboard.press("u");
    await page.waitForURL((url) => !url.searchParams.has("thread"));
    await focused(await results().nth(0).elementHandle());
  });

  await checks.step("the search can be kept", async () => {
    await button("search.keep").click();
    await page.getByText(t("search.kept"), { exact: true }).first().waitFor();
    if (!args.phone) await page.getByRole("button", { name: "walrus", exact: true }).waitFor();
  });

  await images();

  await checks.step("what the search understands is explained", async () => {
    await button("search.help").click();
    await page.getByText("older_than:1y").waitFor();
  });
  await screen("search help");
  await page.keyboard.press("Escape");

  await checks.step("Escape leads back to the list that was there before", async () => {
    await box().focus();
    await page.keyboard.press("Escape");
    await heading(t("search.results")).waitFor({ state: "detached" });
  });

  await timeBox();
  await forgets();
}

async function images() {
  await checks.step("remote images are not asked for before somebody wants them", async () => {
    await row("Oysters this week").click();
    await page.locator("iframe[data-loaded]").last().waitFor();
    const text = await frame((document) => document.body.textContent);
    if (!text.includes("Fresh oysters")) throw new Error(text);
    const pictures = await frame((document) => [...document.images].map((image) => image.src).join(" "));
    if (pictures.includes("127.0.0.1:9") || pictures.includes("/images/")) throw new Error(pictures);
    await page.getByText(t("mail.images_blocked_one", { count: "1" })).waitFor();
  });
  await screen("images blocked");

  await checks.step("then they come through the server, which asks nobody in its own network", async () => {
    const asked = page.waitForResponse((response) => response.url().includes("/images/0"));
    await button("mail.images_show").click();
    const answer = await asked;
    if (new URL(answer.url()).origin !== new URL(base).origin) throw new Error(answer.url());
    if (answer.status() !== 404) throw new Error(`${answer.status()} for an address on loopback`);
    await page.getByText(t("mail.images_shown"), { exact: false }).waitFor();
  });
  await screen("images shown");

  await checks.step("a sender is remembered, and asked about again", async () => {
    await button("mail.images_always", { sender: SHOP }).click();
    await button("mail.images_ask_again", { sender: SHOP }).click();
    await button("mail.images_always", { sender: SHOP }).waitFor();
    await page.keyboard.press("u");
    await page.waitForURL((url) => !url.searchParams.has("thread"));
  });
}

/** What stands in the newest message's frame. */
const frame = (read) =>
  page
    .locator("iframe[data-loaded]")
    .last()
    .evaluate(
      (element, source) => new Function("document", `return (${source})(document)`)(element.contentDocument),
      read.toString(),
    );

async function timeBox() {
  await checks.step("the settings say how long mail is kept", async () => {
    await page.goto(new URL("/settings", base).href);
    await heading(t("retention.title")).scrollIntoViewIfNeeded();
    await page.getByText(t("retention.for_ever"), { exact: true }).waitFor();
  });
  await screen("retention");

  await checks.step("fewer days take older mail away at once, and the page says how much", async () => {
    const days = page.getByLabel(t("retention.change"));
    await days.fill("90");
    await page
      .locator("form")
      .filter({ has: days })
      .getByRole("button", { name: t("common.save") })
      .click();
    await page.getByText(t("retention.days_other", { count: "90" }), { exact: true }).waitFor();
    const removed = page
      .locator("dt")
      .getByText(t("retention.purged"), { exact: true })
      .locator("xpath=following-sibling::dd[1]");
    const format = new Intl.NumberFormat(args.locale === "fr" ? "fr-FR" : "en-GB");
    // It goes in steps, each told by a live update without a reload; after the last one both agree.
    let told = "";
    for (let wait = 0; wait < 150; wait += 1) {
      const { due, purged } = await page.evaluate(async () => (await fetch("/api/v1/retention")).json());
      const shown = await removed.textContent();
      told = `${purged} are gone, ${due} are due, and the page says ${shown}`;
      if (purged > 0 && due === 0 && shown === format.format(purged)) return;
      await page.waitForTimeout(200);
    }
    throw new Error(told);
  });
  await heading(t("retention.title")).scrollIntoViewIfNeeded();
  await screen("retention chosen");

  await checks.step("older mail is found at the provider and opens by keyboard", async () => {
    await page.goto(new URL(`/mail/${await firstConnection(page)}`, base).href);
    await page.locator("[data-thread]").first().waitFor();
    await look('"walrus ledger"');
    await row("The walrus ledger").waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL("**thread=thr**");
    await page.locator("iframe[data-loaded]").last().waitFor();
    const text = await frame((document) => document.body.textContent);
    if (!text.includes("The time has come")) throw new Error(text);
    if (!args.phone) await page.locator("[data-thread][aria-current=true]").waitFor();
  });
  await screen("older conversation");
}

async function forgets() {
  await checks.step("a kept search looks again, and is forgotten when nobody wants it", async () => {
    if (args.phone) {
      await page.keyboard.press("u");
      await page.waitForURL((url) => !url.searchParams.has("thread"));
      await page.keyboard.press("Escape");
      await button("mail.show_labels").click();
    }
    const kept = page.getByRole("button", { name: "walrus", exact: true });
    await kept.click();
    await row("Oysters this week").waitFor();
    if (args.phone) {
      await page.keyboard.press("Escape");
      await button("mail.show_labels").click();
    }
    await button("search.forget", { name: "walrus" }).click();
    await kept.waitFor({ state: "detached" });
  });
  await screen("kept searches");
}

await run(walk);
