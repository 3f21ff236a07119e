#!/usr/bin/env node
/**
 * The main job, as a person does it in a browser: sign in, connect Google through both consents, watch
 * the first sync, read a message, fetch an attachment, pause, resume, disconnect, keep the receipt.
 *
 *   TENON_E2E_EMAIL=… TENON_E2E_PASSWORD=… node e2e/main-job.mjs BASE_URL [--locale fr] [--shots DIR] [--phone] [--dark]
 *
 * Checks besides: no request to any other host than the app's and the provider's, and axe on each screen.
 * Prints `N passed, N failed`; exits 1 when a check failed.
 */
import { axe } from "./lib/browser.mjs";
import { E2E_EMAIL as email, E2E_PASSWORD as password } from "./lib/session.mjs";
import { openWalk, readArguments, textsOf } from "./lib/walk.mjs";

const { args, base } = readArguments("main-job.mjs", { "sync-timeout": { type: "string", default: "180" } });
const { t } = textsOf(args.locale);
const { checks, allowed, hosts, context, page, screen, run } = await openWalk(args, base, {
  acceptDownloads: true,
});

const button = (key) => page.getByRole("button", { name: t(key), exact: true });
const heading = (name) => page.getByRole("heading", { name });

async function walk() {
  await checks.step("a stranger is led to sign-in", async () => {
    await page.goto(base);
    await page.waitForURL("**/sign-in**");
    await heading(t("sign_in.title")).waitFor();
  });
  await screen("sign-in");

  await checks.step("a wrong password is refused in words", async () => {
    await page.locator("input[name=email]").fill(email);
    await page.locator("input[name=password]").fill("certainly not this");
    await button("sign_in.submit").click();
    await page.getByText(t("sign_in.invalid_credentials")).waitFor();
  });

  await checks.step("signs in", async () => {
    await page.locator("input[name=password]").fill(password);
    await button("sign_in.submit").click();
    await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
    await page.getByRole("navigation", { name: t("nav.main") }).waitFor();
  });

  await checks.step("speaks the language asked for", async () => {
    await page.goto(new URL("/settings", base).href);
    await page.locator("select").first().selectOption(args.locale);
    await page.waitForFunction((lang) => document.documentElement.lang === lang, args.locale);
    await heading(t("settings.region")).waitFor();
    await page.waitForTimeout(500);
  });

  await connect();
  await read();
  await manage();
}

/** Waits for the provider's consent page; where it asks for the account first, the first one is taken. */
async function atProvider() {
  await page.waitForURL((url) => url.origin !== new URL(base).origin);
  const provider = new URL(page.url());
  if (!["127.0.0.1", "localhost", "[::1]"].includes(provider.hostname)) throw new Error(provider.origin);
  allowed.add(provider.origin);
  const allow = page.getByRole("button", { name: "Allow" });
  const account = page.getByText(/^\S+@\S+$/).first();
  await allow.or(account).first().waitFor();
  if (!(await allow.isVisible())) await account.click();
  await allow.waitFor();
}

async function connect() {
  await checks.step("finds the one action of the empty start page", async () => {
    await page.goto(base);
    const action = page.getByRole("link", { name: t("home.connect"), exact: true });
    const mail = page.getByTestId("thread-viewport");
    await action.or(mail).first().waitFor();
    if (await action.isVisible()) {
      await axe(page, checks, "home");
      await action.click();
    } else await page.goto(new URL("/connect", base).href);
    await heading(t("connect.title")).waitFor();
  });
  await screen("connect provider");

  await checks.step("chooses Google and sees every permission explained", async () => {
    await page.getByRole("link", { name: /Google/ }).click();
    await page.getByRole("radio").first().waitFor();
    const more = page.locator("main button[aria-expanded=false]");
    const count = await more.count();
    if (count < 2) throw new Error(`only ${count} features with permissions`);
    for (let at = 0; at < count; at += 1) await more.first().click();
    const why = await page.getByText(t("connect.scope_why"), { exact: true }).count();
    const stored = await page.getByText(t("connect.scope_stored"), { exact: true }).count();
    if (why < 3 || why !== stored) throw new Error(`why ${why} times, stored ${stored} times`);
  });
  await screen("connect features");

  await checks.step("both profiles change the choice", async () => {
    await page.locator("input[type=radio][value=sales]").check();
    await page.locator("input[type=radio][value=type]").check();
    await page.locator("input[type=radio][value=type]:checked").waitFor();
  });

  await checks.step("reads the sentences of step 1", async () => {
    await button("connect.review").click();
    await heading(t("connect.consent_title")).waitFor();
    await page.locator("[data-sentence]").first().waitFor();
    const sentences = await page.locator("[data-sentence]").count();
    if (sentences < 3) throw new Error(`only ${sentences} sentences`);
  });
  await screen("connect consent");

  await checks.step("Cancel at the provider connects nothing and is explained", async () => {
    await button("connect.activate").click();
    await atProvider();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.waitForURL("**/connect?error=access_denied**");
    await page.getByText(t("connect.error.access_denied.title"), { exact: true }).waitFor();
  });
  await screen("connect refused");

  await checks.step("Activate leads to the provider's own consent page", async () => {
    await page.getByRole("link", { name: /Google/ }).click();
    await button("connect.review").click();
    await button("connect.activate").click();
    await atProvider();
    if ((await page.locator("input[type=checkbox]").count()) < 1) throw new Error("no scope can be seen");
  });

  await checks.step("Allow leads back to the connection", async () => {
    await page.getByRole("button", { name: "Allow" }).click();
    await page.waitForURL("**/connections/**");
    await page.getByText(t("connections.connected_title"), { exact: true }).first().waitFor();
  });

  await checks.step("the first sync shows its progress, or is done already", async () => {
    await page
      .getByTestId("sync-progress")
      .or(page.getByText(t("connections.mailbox_state.live"), { exact: true }))
      .first()
      .waitFor();
  });
  await screen("connection at first");

  await checks.step("the first sync reaches its end by live updates", async () => {
    await page
      .getByText(t("connections.mailbox_state.live"), { exact: true })
      .first()
      .waitFor({ timeout: Number(args["sync-timeout"]) * 1000 });
    await page.getByTestId("sync-progress").waitFor({ state: "detached" });
  });
  await screen("connection live");
}

async function read() {
  await checks.step("opens the mail and sees conversations", async () => {
    await page.getByRole("link", { name: t("connections.open_mail"), exact: true }).click();
    await page.locator("[data-thread]").first().waitFor();
  });
  await screen("mail");

  await checks.step("j and k move in the list, Enter opens, u goes back", async () => {
    const focused = (at) =>
      page.waitForFunction(
        (index) =>
          document.activeElement?.hasAttribute("data-thread") &&
          document.querySelectorAll("[data-thread]")[index] === document.activeElement,
        at,
      );
    await page.locator("h1").first().focus();
    await page.keyboard.press("j");
    await focused(0);
    await page.keyboard.press("j");
    await focused(1);
    const second = await page.evaluate(() => document.activeElement?.getAttribute("data-thread"));
    await page.keyboard.press("Enter");
    await page.waitForURL("**thread=**");
    await page.getByTestId("thread-pane").locator("h2").first().waitFor();
    await page.keyboard.press("u");
    await page.waitForURL((url) => !url.searchParams.has("thread"));
    await page.waitForFunction((id) => document.activeElement?.getAttribute("data-thread") === id, second);
  });

  await checks.step("opens a conversation and sees a message's text inside the frame", async () => {
    await openThreadWithText();
  });
  await screen("mail thread");

  await checks.step("the frame is sandboxed, as high as its text, and runs no script", async () => {
    const frame = page.locator("iframe").last();
    const sandbox = (await frame.getAttribute("sandbox")) ?? "";
    if (sandbox === "" || sandbox.includes("allow-scripts")) throw new Error(`sandbox is "${sandbox}"`);
    await page.waitForFunction(() => {
      const frames = [...document.querySelectorAll("iframe")];
      const last = frames.at(-1);
      const inner = last?.contentDocument?.body?.scrollHeight ?? 0;
      return inner > 0 && Math.abs((last?.clientHeight ?? 0) - inner) < 24;
    });
  });

  await checks.step("shows the headers and offers the original", async () => {
    const pane = page.getByTestId("thread-pane");
    await pane
      .getByRole("button", { name: t("mail.show_details") })
      .last()
      .click();
    await pane.getByText(t("mail.received"), { exact: true }).first().waitFor();
    await downloads(() =>
      pane
        .getByRole("link", { name: t("mail.download_original") })
        .last()
        .click(),
    );
  });

  await checks.step("downloads an attachment", async () => {
    await openThreadWithAttachment();
    const file = await downloads(() => page.locator("a[download][href*='/attachments/']").first().click());
    if (file.size === 0) throw new Error("the file is empty");
  });
  await screen("mail attachment");
}

/** Conversations are tried from the top until one shows a body. */
async function openThreadWithText() {
  for (let at = 0; at < 8; at += 1) {
    await toList();
    await page.locator("[data-thread]").nth(at).click();
    await page.getByTestId("thread-pane").locator("h2").first().waitFor();
    const frame = page.locator("iframe[data-loaded]").last();
    if (
      !(await frame.waitFor({ timeout: 6000 }).then(
        () => true,
        () => false,
      ))
    )
      continue;
    const text = await frame.evaluate((element) => element.contentDocument?.body?.textContent ?? "");
    if (text.trim().length > 20) return;
  }
  throw new Error("none of the first conversations showed a text");
}

async function openThreadWithAttachment() {
  const rows = page.locator("[data-thread]").filter({ hasText: t("mail.has_attachments") });
  await toList();
  const count = await rows.count();
  for (let at = 0; at < Math.min(6, count); at += 1) {
    await toList();
    await rows.nth(at).click();
    const pane = page.getByTestId("thread-pane");
    await pane.locator("h2").first().waitFor();
    const closed = pane.locator("button[data-message][aria-expanded=false]");
    for (let left = await closed.count(); left > 0; left -= 1) await closed.first().click();
    if (
      await page
        .locator("a[download][href*='/attachments/']")
        .first()
        .waitFor({ timeout: 6000 })
        .then(
          () => true,
          () => false,
        )
    )
      return;
  }
  throw new Error(`no attachment in ${count} conversations that are said to have one`);
}

async function toList() {
  if (!new URL(page.url()).searchParams.has("thread")) return;
  if (args.phone) await button("mail.back_to_list").click();
  else await button("mail.close_thread").click();
  await page.waitForURL((url) => !url.searchParams.has("thread"));
}

async function downloads(click) {
  const [download] = await Promise.all([page.waitForEvent("download"), click()]);
  const failure = await download.failure();
  if (failure !== null) throw new Error(`download failed: ${failure}`);
  const { size } = await import("node:fs")
    .then((fs) => fs.promises.stat)
    .then(async (stat) => stat(await download.path()));
  return { name: download.suggestedFilename(), size };
}

async function manage() {
  await checks.step("says that it is offline, and when that is over", async () => {
    await context.setOffline(true);
    await page.getByText(t("live.offline"), { exact: true }).waitFor();
    await context.setOffline(false);
    await page.getByText(t("live.offline"), { exact: true }).waitFor({ state: "detached" });
  });

  await checks.step("pauses and resumes", async () => {
    await page.goto(new URL("/connections", base).href);
    await page.locator("a[href^='/connections/con']").first().click();
    await button("connections.pause").click();
    await page.getByText(t("connections.status.paused"), { exact: true }).first().waitFor();
    await axe(page, checks, "connection paused");
    await button("connections.resume").click();
    await button("connections.pause").waitFor();
  });

  await checks.step("asks before disconnecting, with counts", async () => {
    await button("connections.disconnect").click();
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    await dialog.getByText(t("counts.messages"), { exact: true }).waitFor();
  });
  await page.waitForTimeout(400);
  await screen("disconnect dialog");

  await checks.step("disconnects and shows the receipt", async () => {
    await page
      .getByRole("dialog")
      .getByRole("button", { name: t("disconnect.confirm") })
      .click();
    await page.waitForURL("**/receipts/**", { timeout: 60_000 });
    await heading(t("receipts.one")).waitFor();
    await page.getByText(t("receipts.key_destroyed")).waitFor();
  });
  await screen("receipt");

  await checks.step("keeps receipt and consent in their lists", async () => {
    await page.goto(new URL("/receipts", base).href);
    await page.locator("a[href^='/receipts/']").first().waitFor();
    await axe(page, checks, "receipts");
    await page.goto(new URL("/consents", base).href);
    await page.locator("details").first().waitFor();
    await axe(page, checks, "consents");
  });

  await checks.step("settings and the privacy page are there", async () => {
    await page.goto(new URL("/settings", base).href);
    await heading(t("sessions.title")).waitFor();
  });
  await screen("settings");
  await page.goto(new URL("/privacy", base).href);
  await page.locator("[data-sentence]").first().waitFor();
  await screen("privacy");

  await checks.step("focus goes to the title of a new page; the skip link leads to its content", async () => {
    await page.getByRole("navigation", { name: t("nav.main") }).waitFor({ state: "detached" });
    await page.goto(new URL("/settings", base).href);
    await heading(t("nav.settings")).waitFor();
    await page.keyboard.press("Tab");
    await page.waitForFunction(() => document.activeElement?.getAttribute("href") === "#main");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement?.id === "main");
    await page.getByRole("link", { name: t("nav.connections"), exact: true }).click();
    await page.waitForFunction(() => document.activeElement?.hasAttribute("data-page-title"));
  });

  await checks.step("the ? sheet opens by key and not while typing", async () => {
    await page.goto(new URL("/settings", base).href);
    const name = page.locator("input[autocomplete=name]");
    await name.focus();
    await page.keyboard.press("?");
    if (await page.getByRole("dialog").isVisible()) throw new Error("opened while typing");
    await heading(t("nav.settings")).focus();
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  await checks.step("signs out", async () => {
    await page.locator("nav button[aria-haspopup=menu]").last().click();
    await page.getByRole("menuitem", { name: t("nav.sign_out") }).click();
    await page.waitForURL("**/sign-in**");
  });
}

await run(async () => {
  await walk();
  checks.ok("app and provider were both asked", hosts.origins.size >= 2, [...hosts.origins.keys()].join(" "));
});
