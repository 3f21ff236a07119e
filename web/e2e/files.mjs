#!/usr/bin/env node
/**
 * Files of Drive at a deal: *Files* is switched on through both consents, files are chosen on the provider's own page,
 * stand at the deal, a link is pasted, one is found by searching, one is taken off and back. Each step checks what the
 * person sees and what the server then holds.
 *
 *   node e2e/files.mjs BASE_URL [--mock] [--locale fr] [--phone] [--dark] [--shots DIR]
 *
 * Against `tenon demo` (with TENON_E2E_EMAIL / TENON_E2E_PASSWORD), or with --mock against the mock server.
 */
import { apiOf, connectMailbox, signIn } from "./lib/session.mjs";
import { openWalk, readArguments, textsOf, until } from "./lib/walk.mjs";

const { args, base } = readArguments("files.mjs", { mock: { type: "boolean", default: false } });
const { t } = textsOf(args.locale);
const { checks, allowed, page, screen, run } = await openWalk(args, base, { hasTouch: args.phone });

const api = apiOf(page);
const linked = async () => (await api("GET", `/records/${deal.id}/files`)).files;
const open = async (path) => {
  await page.goto(new URL(path, base).href);
  await page.locator("main").waitFor();
};
const home = new URL(base).origin;
const section = page.locator("[data-files]");
const row = (name) => section.locator("[data-file]").filter({ hasText: name });
const dialog = page.getByRole("dialog");
const button = (within, key, values) => within.getByRole("button", { name: t(key, values), exact: true });
/** The start of a text whose numbers and names are not known. */
const begins = (key) =>
  new RegExp(
    `^${t(key)
      .split("{{")[0]
      .replace(/[.*+?^$()|[\]\\]/g, "\\$&")}`,
  );
let connection;
let deal;
/** Names of what was chosen at the provider. */
const chosen = [];

async function begin() {
  await checks.step("is signed in, with a mailbox", async () => {
    if (args.mock) {
      const load = new URL(`/__mock/load?scenario=connected&locale=${args.locale}`, base);
      await fetch(load, { method: "POST" });
      allowed.add(new URL(base).origin.replace(/\d+$/, (port) => String(Number(port) + 1)));
      await open("/");
    } else {
      await signIn(page, base);
      const provider = await connectMailbox(page, base, "mail");
      if (provider !== undefined) allowed.add(provider);
      await api("PATCH", "/me", { locale: args.locale });
    }
    const { items } = await api("GET", "/connections");
    connection = items.find(({ status }) => status === "active") ?? items[0];
    if (connection === undefined) throw new Error("no connection");
    const found = await api("POST", "/records/query", { kind: "deal", limit: 100 });
    for (const one of found.items) {
      if (one.access === "view" || one.title === "") continue;
      if ((await api("GET", `/records/${one.id}/files`)).files.length > 0) continue;
      deal = one;
      break;
    }
    if (deal === undefined) throw new Error("no deal without files");
  });
}

/** On the provider's side, which is a sandbox on this computer: its pages until the wanted button can be pressed. */
async function atProvider(wanted) {
  await page.waitForURL((url) => url.origin !== home);
  const provider = new URL(page.url());
  if (!["127.0.0.1", "localhost", "[::1]"].includes(provider.hostname)) throw new Error(provider.origin);
  allowed.add(provider.origin);
  const last = page.getByRole("button", { name: wanted, exact: true });
  const allow = page.getByRole("button", { name: "Allow", exact: true });
  // The account is asked for where nothing tells which one; the one that is connected is wanted.
  const account = page.getByText(connection.address, { exact: true }).first();
  await until(`the provider's page with ${wanted}`, async () => {
    if (await last.isVisible()) return true;
    if (await allow.isVisible()) await allow.click();
    else if (await account.isVisible()) await account.click();
    return false;
  });
  return last;
}

const filesState = async () =>
  (await api("GET", `/connections/${connection.id}`)).features.find(({ id }) => id === "files")?.state ??
  "off";

async function switchedOn() {
  if ((await filesState()) !== "on")
    await checks.step("without Files, choosing explains what is missing", async () => {
      await open(`/records/${deal.id}`);
      await section.waitFor();
      await screen("a deal without files");
      await button(section, "files.way.choose").click();
      await dialog.getByText(t("files.accounts.lack_title"), { exact: true }).waitFor();
      await screen("no account with Files");
      await dialog
        .getByRole("link", {
          name: t("files.mend_named", { what: t("files.mend.off"), address: connection.address }),
          exact: true,
        })
        .click();
      await page.waitForURL("**/connect?**");
    });
  else await open(`/connect?connection=${connection.id}`);
  await checks.step("Files is switched on through both consents", async () => {
    await button(page, "connect.review").waitFor();
    await screen("features with Files");
    await button(page, "connect.review").click();
    await page.locator("[data-sentence]").first().waitFor();
    await screen("consent with Files");
    await button(page, "connect.activate").click();
    await (await atProvider("Allow")).click();
    await page.waitForURL((url) => url.origin === home && url.pathname.startsWith("/connections/"));
    await until("Files is on", async () => (await filesState()) === "on");
  });
}

/** Chooses by the menu; answers when the provider's page is there. */
async function toPicker() {
  await button(section, "files.add").click();
  await page.getByRole("menuitem", { name: new RegExp(`^${t("files.way.choose")}`) }).click();
  return atProvider("Select");
}

async function choosing() {
  await checks.step("closing the provider's page without a choice changes nothing, and says so", async () => {
    await open(`/records/${deal.id}`);
    await section.waitFor();
    await (await toPicker()).click();
    await page.waitForURL((url) => url.origin === home && url.pathname === `/records/${deal.id}`);
    await page.locator("[data-toast]").getByText(t("files.nothing_chosen"), { exact: true }).waitFor();
    if ((await linked()).length > 0) throw new Error("something was linked");
  });
  await checks.step("two files are chosen there, and stand at the deal", async () => {
    const select = await toPicker();
    const boxes = page.getByRole("checkbox");
    if ((await boxes.count()) < 3) throw new Error("too few files to choose from");
    for (const at of [0, 2]) {
      const box = boxes.nth(at);
      const name = await box.evaluate((input) => (input.labels?.[0]?.textContent ?? "").trim());
      await box.check();
      chosen.push(name);
    }
    await select.click();
    await page.waitForURL((url) => url.origin === home && url.pathname === `/records/${deal.id}`);
    await page
      .locator("[data-toast]")
      .filter({ hasText: begins("files.linked_named") })
      .first()
      .waitFor();
    await until("linked", async () => {
      const files = await linked();
      return (
        files.length === 2 && files.every(({ name, state }) => state === "available" && chosen.includes(name))
      );
    });
    for (const name of chosen) await row(name).getByRole("link").waitFor();
  });
  await checks.step("the section is in view, and the address tidy", async () => {
    await page.waitForURL((url) => url.search === "");
    await page.waitForTimeout(500);
    const box = await section.boundingBox();
    const { height } = page.viewportSize();
    if (box === null || box.y < 0 || box.y > height - 80) throw new Error(JSON.stringify(box));
  });
  await checks.step("a file opens in a tab of its own that knows nothing of this one", async () => {
    const link = row(chosen[0]).getByRole("link");
    const told = await link.evaluate(({ target, rel, href }) => ({ target, rel, href }));
    if (told.target !== "_blank" || told.rel !== "noopener noreferrer") throw new Error(JSON.stringify(told));
    if (!/^https?:/.test(told.href)) throw new Error(told.href);
  });
  await screen("a deal with files");
}

async function pasting() {
  const way = async () => {
    await button(section, "files.add").click();
    await page.getByRole("menuitem", { name: new RegExp(`^${t("files.way.paste")}`) }).click();
    await dialog.getByRole("textbox", { name: t("files.paste.label") }).waitFor();
  };
  await checks.step("what is no link is refused line by line", async () => {
    await way();
    await dialog.getByRole("textbox").fill("see below\nhttps://example.com/document/d/1AbcDefGhiJklMno");
    await dialog.getByRole("textbox").press("Control+Enter");
    await dialog.getByText(begins("files.paste.line")).first().waitFor();
    if ((await dialog.locator('[role="alert"] > span').count()) !== 2) throw new Error("not two lines");
    await screen("pasted lines that are no links");
  });
  await checks.step("a link to a file that Tenon was not given is kept, and told to be closed", async () => {
    await dialog
      .getByRole("textbox")
      .fill("The contract: https://docs.google.com/document/d/1NobodyGaveThisToTenon00/edit");
    await button(dialog, "files.link_submit").click();
    await dialog.waitFor({ state: "detached" });
    await until("kept", async () => (await linked()).some(({ state }) => state === "no_access"));
    await section.locator("[data-state=no_access]").waitFor();
    await section.getByText(t("files.state.no_access"), { exact: true }).waitFor();
    await screen("a file without access");
  });
  await checks.step("pasted once more it stays one", async () => {
    await way();
    await dialog
      .getByRole("textbox")
      .fill("https://docs.google.com/document/d/1NobodyGaveThisToTenon00/edit?usp=sharing");
    await button(dialog, "files.link_submit").click();
    await page.locator("[data-toast]").getByText(t("files.linked_before"), { exact: true }).waitFor();
    if ((await linked()).length !== 3) throw new Error(`${(await linked()).length} files`);
  });
}

async function searching() {
  await checks.step("a search finds what was given to Tenon, and says that it is only that", async () => {
    await button(section, "files.add").click();
    await page.getByRole("menuitem", { name: new RegExp(`^${t("files.way.search")}`) }).click();
    const word = chosen[0].match(/\p{L}{4,}/gu)?.[0] ?? chosen[0];
    await dialog.getByRole("combobox", { name: t("files.search.label") }).fill(word);
    const option = dialog.getByRole("option").filter({ hasText: chosen[0] }).first();
    await option.waitFor();
    await option.getByText(t("files.search.linked"), { exact: true }).waitFor();
    await dialog.getByText(t("files.scope.title")).first().waitFor();
    await screen("a search in Drive");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  });
}

async function takingOff() {
  await checks.step("a file is taken off, and back by Undo", async () => {
    await button(section, "files.remove", { name: chosen[1] }).click();
    await until("off", async () => !(await linked()).some(({ name }) => name === chosen[1]));
    await row(chosen[1]).waitFor({ state: "detached" });
    await screen("a file taken off");
    await page
      .locator("[data-toast]")
      .getByRole("button", { name: t("records.undo") })
      .first()
      .click();
    await until("on again", async () => (await linked()).some(({ name }) => name === chosen[1]));
    await row(chosen[1]).waitFor();
  });
  await checks.step("the same files stand in the panel beside the list", async () => {
    await open(`/deals?layout=table&open=${deal.id}`);
    const panel = page.getByTestId("record-panel");
    await panel.locator("[data-file]").first().waitFor();
    if ((await panel.locator("[data-file]").count()) !== 3) throw new Error("not three files");
    await panel.locator("[data-files]").scrollIntoViewIfNeeded();
    await screen("files in the panel");
  });
}

await run(async () => {
  await begin();
  await switchedOn();
  await choosing();
  await pasting();
  await searching();
  await takingOff();
});
