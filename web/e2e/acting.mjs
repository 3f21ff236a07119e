#!/usr/bin/env node
/**
 * A day of acting on mail, by keyboard: choose, archive, label, move, undo, write, send, call back. Each
 * step checks what the person sees and what the mailbox then holds, by the API and, where there is a
 * sandbox, by its own word.
 *
 *   node e2e/acting.mjs BASE_URL [--locale fr] [--phone] [--dark] [--shots DIR]
 *
 * Against the mock server, and against `tenon demo` (with TENON_E2E_EMAIL / TENON_E2E_PASSWORD).
 */
import { connectMailbox, firstConnection, signIn } from "./lib/session.mjs";
import { openWalk, readArguments, textsOf, until } from "./lib/walk.mjs";
import { writing } from "./lib/writing.mjs";

const { args, base } = readArguments("acting.mjs");
const { t, like } = textsOf(args.locale);
const { checks, allowed, page, screen, run } = await openWalk(args, base, { hasTouch: args.phone });
const control = (command) => fetch(new URL(`/__mock/${command}`, base), { method: "POST" });
const isMock = (await control(`load?scenario=connected&locale=${args.locale}`)).status === 204;
/** The API with the page's session. */
const api = (method, where, body, headers = {}) =>
  page.evaluate(
    async ([verb, url, given, more]) => {
      const answer = await fetch(`/api/v1${url}`, {
        method: verb,
        headers: {
          "X-Tenon-Request": "1",
          ...more,
          ...(given === undefined ? {} : { "Content-Type": "application/json" }),
        },
        ...(given === undefined ? {} : { body: JSON.stringify(given) }),
      });
      return answer.status === 204 ? undefined : answer.json();
    },
    [method, where, body, headers],
  );
let connection;
let labels = [];
const labelOf = (role) => labels.find((label) => label.role === role)?.id;
const refreshLabels = async () => {
  labels = (await api("GET", `/connections/${connection}/labels`)).items;
};
const threadsIn = async (label) =>
  (await api("GET", `/threads?connection=${connection}&label=${label}&limit=200`)).items;
const bears = async (thread, label) =>
  (await api("GET", `/threads/${thread}`)).label_ids?.includes(label) === true;

/** What the provider itself holds: messages with a label, by the sandbox's word. */
let sandbox;
const atProvider = async (label) => {
  if (sandbox === undefined) return undefined;
  const accounts = (await (await fetch(`${sandbox}/__sandbox/accounts`)).json()).accounts;
  const { address } = (await api("GET", "/connections")).items[0];
  const account = accounts.find(({ email }) => email === address)?.email ?? address;
  const { messages } = await (
    await fetch(`${sandbox}/__sandbox/messages?account=${encodeURIComponent(account)}`)
  ).json();
  return messages.filter(({ labelIds }) => labelIds.includes(label)).length;
};

/** The next call to this path fails in this way, where there is a sandbox to tell so. */
const fault = async (row, where) => {
  if (sandbox === undefined) return false;
  const body = JSON.stringify({ row, path: where, times: 1 });
  return (await fetch(`${sandbox}/__sandbox/faults`, { method: "POST", body })).ok;
};

const rows = page.locator("[data-thread]");
const rowId = (at) => rows.nth(at).getAttribute("data-thread");
const row = (id) => page.locator(`[data-thread="${id}"]`);
const focused = () => page.evaluate(() => document.activeElement?.getAttribute("data-thread") ?? null);
const toast = (text) => page.locator("[data-toast]").filter({ hasText: text });
const openList = async (role) => {
  const label = role === "all" ? "all" : labelOf(role);
  await page.goto(new URL(`/mail/${connection}/${label}`, base).href);
  await page.locator("h1").first().waitFor();
  await page.waitForFunction(
    () => document.querySelector("[data-testid=thread-viewport] [aria-busy]") === null,
  ); // Keys mean something once it is known which labels there are.
  if (!args.phone) await page.getByRole("link", { name: new RegExp(`^${t("mail.role.spam")}`) }).waitFor();
};
const toRow = async (at) => {
  const id = await rowId(at);
  await row(id).focus();
  return id;
};
const composer = page.getByTestId("composer");
const field = (at) => composer.locator("input[inputmode=email]").nth(at);
const body = composer.locator(".ProseMirror");

async function begin() {
  await checks.step("is signed in with a mailbox that may be changed", async () => {
    if (isMock) await page.goto(base);
    else {
      await signIn(page, base);
      const provider = await connectMailbox(page, base, "mail,organizing,sending,deleting");
      if (provider !== undefined) {
        allowed.add(provider);
        sandbox = provider;
      }
    }
    await page
      .getByRole("navigation", { name: t("nav.main") })
      .or(page.locator("nav"))
      .first()
      .waitFor();
    connection = await firstConnection(page);
    await api("PATCH", "/me", { undo_send_seconds: 5, locale: args.locale });
    await refreshLabels();
    if (labelOf("inbox") === undefined) throw new Error("no inbox");
    await openList("inbox");
    await rows.first().waitFor();
    await page.waitForFunction((lang) => document.documentElement.lang === lang, args.locale);
  });
}

async function actByKeyboard() {
  let first;
  let second;
  await checks.step(
    "e archives the row under the cursor at once; the cursor is on the next one",
    async () => {
      first = await toRow(0);
      second = await rowId(1);
      const before = Date.now();
      await page.keyboard.press("e");
      await row(first).waitFor({ state: "detached" });
      const took = Date.now() - before;
      if (took > 400) throw new Error(`shown after ${took} ms`);
      await page.waitForFunction((id) => document.activeElement?.getAttribute("data-thread") === id, second);
      await toast(like("acting.done.archive_one")).waitFor();
    },
  );
  await checks.step("the mailbox itself holds it archived", async () => {
    await until("no longer in the inbox", async () => !(await bears(first, labelOf("inbox"))));
  });
  await screen("archived with undo");
  await checks.step("z brings it back, here and there, and it is back where it was", async () => {
    await page.keyboard.press("z");
    await row(first).waitFor();
    await until("in the inbox again", () => bears(first, labelOf("inbox")));
    if ((await rowId(0)) !== first) throw new Error("another row is on top");
  });
  await checks.step("the same is still so after a reload", async () => {
    await page.reload();
    await row(first).waitFor();
  });

  if (isMock) {
    await checks.step(
      "what the provider refuses comes back, with the reason and a way to try again",
      async () => {
        first = await toRow(0);
        await control("fail?path=/mail/actions&method=POST&status=503&code=provider_unavailable");
        await page.keyboard.press("e");
        const said = toast(t("acting.failed.archive"));
        await said.waitFor();
        await row(first).waitFor();
        await said.getByRole("button", { name: t("problem.retry") }).click();
        await row(first).waitFor({ state: "detached" });
        await until("archived after all", async () => !(await bears(first, labelOf("inbox"))));
        await page.locator("h1").first().focus();
        await page.keyboard.press("z");
        await row(first).waitFor();
      },
    );
  }

  await checks.step("x and j choose several; Shift+I and Shift+U mark them all", async () => {
    const ids = [await toRow(0), await rowId(1)];
    await page.keyboard.press("x");
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await page.getByText(like("acting.selected_other"), { exact: false }).first().waitFor();
    await screen("two selected");
    await page.keyboard.press("Shift+U");
    await until("unread", async () => (await api("GET", `/threads/${ids[1]}`)).unread_count > 0);
    await page.keyboard.press("*");
    await page.keyboard.press("n");
    await toRow(1);
    await page.keyboard.press("Shift+I");
    await until("read", async () => (await api("GET", `/threads/${ids[1]}`)).unread_count === 0);
  });

  await checks.step("a range is chosen by Shift and a click; Escape lets go of it", async () => {
    await page.locator("[data-pick]").nth(1).click({ force: true });
    await page
      .locator("[data-pick]")
      .nth(4)
      .click({ force: true, modifiers: ["Shift"] });
    await until("four rows", async () => (await page.locator("[data-selected] [data-thread]").count()) === 4);
    await page.keyboard.press("Escape");
    await until("none", async () => (await page.locator("[data-selected]").count()) === 0);
  });

  await checks.step("s stars, s again takes it off", async () => {
    const id = await toRow(3);
    const was = (await api("GET", `/threads/${id}`)).starred;
    await page.keyboard.press("s");
    await until("changed", async () => (await api("GET", `/threads/${id}`)).starred !== was);
    await page.keyboard.press("s");
    await until("changed back", async () => (await api("GET", `/threads/${id}`)).starred === was);
  });

  const name = `Run ${Date.now() % 100_000}`;
  await checks.step("l finds labels by typing, makes a new one, and puts it on", async () => {
    const id = await toRow(2);
    await page.keyboard.press("l");
    const dialog = page.getByRole("dialog");
    await dialog.locator("input").waitFor();
    await page.waitForTimeout(300);
    await screen("label dialog");
    await page.keyboard.type(name);
    await page.keyboard.press("Enter");
    await dialog.getByRole("option", { name: new RegExp(name) }).waitFor();
    await dialog.getByRole("button", { name: t("acting.apply") }).click();
    await dialog.waitFor({ state: "detached" });
    await until("the label exists", async () => {
      await refreshLabels();
      return labels.some((label) => label.name === name);
    });
    await until("it is on", () => bears(id, labels.find((label) => label.name === name).id));
    await until("the cursor is still on the row", async () => (await focused()) === id);
  });
  await checks.step("v moves to a label, out of the inbox", async () => {
    const id = await toRow(2);
    await page.keyboard.press("v");
    await page.getByRole("dialog").locator("input").waitFor();
    await page.waitForTimeout(300);
    await page.keyboard.type(name);
    await page.keyboard.press("Enter");
    await row(id).waitFor({ state: "detached" });
    await until("moved", async () => !(await bears(id, labelOf("inbox"))));
    await page.keyboard.press("z");
    await row(id).waitFor();
    await until("moved back", () => bears(id, labelOf("inbox")));
  });
  await checks.step("# moves to the trash; there it is restored", async () => {
    const before = await atProvider("TRASH");
    const id = await toRow(1);
    await page.keyboard.press("#");
    await row(id).waitFor({ state: "detached" });
    await until("in the trash", () => bears(id, labelOf("trash")));
    if (before !== undefined)
      await until("the provider says so", async () => (await atProvider("TRASH")) > before);
    await openList("trash");
    await row(id).waitFor();
    await screen("trash");
    await row(id).hover();
    await page.locator(`[title="${t("acting.offer.restore")}"]`).click();
    await row(id).waitFor({ state: "detached" });
    await until("restored", async () => !(await bears(id, labelOf("trash"))));
  });
  await checks.step("! reports spam; not spam brings it back", async () => {
    await openList("inbox");
    await rows.first().waitFor();
    const id = await toRow(2);
    await page.keyboard.press("!");
    await row(id).waitFor({ state: "detached" });
    await until("in spam", () => bears(id, labelOf("spam")));
    await openList("spam");
    await row(id).waitFor();
    await row(id).focus();
    await page.keyboard.press("!");
    await until("in the inbox", () => bears(id, labelOf("inbox")));
  });
  await checks.step("deleting forever is asked first, or says what it would need", async () => {
    await openList("inbox");
    await rows.first().waitFor();
    const id = await toRow(0);
    await page.keyboard.press("#");
    await until("in the trash", () => bears(id, labelOf("trash")));
    await openList("trash");
    await row(id).waitFor();
    await toRow(0);
    await page.keyboard.press("#");
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    await page.waitForTimeout(300);
    await screen("delete forever");
    const yes = dialog.getByRole("button", { name: t("acting.delete_confirm"), exact: true });
    if (await yes.isVisible()) {
      await yes.click();
      await row(id).waitFor({ state: "detached" });
      await until("gone for good", async () => (await api("GET", `/threads/${id}`)).code === "not_found");
    } else {
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      await api("POST", "/mail/actions", { action: "restore", threads: [id] });
    }
  });
  return name;
}

async function readAndAct() {
  await checks.step("an opened conversation is marked as read; e goes on to the next", async () => {
    await openList("inbox");
    await rows.first().waitFor();
    const unread = page.locator("[data-thread][data-unread]").first();
    const id = await unread.getAttribute("data-thread");
    await unread.click();
    await page.waitForURL("**thread=**");
    await page.getByTestId("thread-pane").locator("h2").first().waitFor();
    await until("read", async () => (await api("GET", `/threads/${id}`)).unread_count === 0);
    await page.keyboard.press("e");
    await page.waitForURL((url) => url.searchParams.get("thread") !== id);
    await until("archived", async () => !(await bears(id, labelOf("inbox"))));
    await page.keyboard.press("z");
    await until("back", () => bears(id, labelOf("inbox")));
  });
}

async function bulk() {
  await checks.step(
    "everything in a list is chosen with two keys and a click, and archived as one job",
    async () => {
      await openList("inbox");
      await rows.first().waitFor();
      const total = (await threadsIn(labelOf("inbox"))).length;
      await page.locator("h1").first().focus();
      await page.keyboard.press("*");
      await page.keyboard.press("a");
      const more = page.getByRole("button", { name: like("acting.select_everything_other") });
      if (await more.isVisible()) await more.click();
      await screen("everything selected");
      await page.keyboard.press("e");
      await page.getByText(t("mail.empty_title")).waitFor();
      await until("the inbox is empty", async () => (await threadsIn(labelOf("inbox"))).length === 0, 90_000);
      const panel = page.getByRole("region", { name: t("acting.jobs") });
      if (await panel.isVisible()) await screen("job done");
      await page.locator("h1").first().focus();
      await page.keyboard.press("z");
      await until(
        "all of it is back",
        async () => (await threadsIn(labelOf("inbox"))).length === total,
        90_000,
      );
      await rows.first().waitFor();
    },
  );
}

async function manageLabels(name) {
  await checks.step("labels are made, renamed, coloured and deleted in the mailbox itself", async () => {
    await page.goto(new URL(`/labels/${connection}`, base).href);
    const made = page.locator(`[data-label="${name}"]`);
    await made.waitFor();
    await screen("labels");
    await made.locator("button").nth(1).click();
    await page.keyboard.press("Control+a");
    await page.keyboard.type(`${name} b`);
    await page.keyboard.press("Enter");
    const renamed = page.locator(`[data-label="${name} b"]`);
    await renamed.waitFor();
    await renamed.locator("button").first().click();
    const color = page
      .getByRole("button", { name: new RegExp(`^${t("labels.color").replace("{{number}}", "\\d+")}$`) })
      .first();
    await color.click();
    await until("coloured", async () => {
      await refreshLabels();
      return labels.find((label) => label.name === `${name} b`)?.color != null;
    });
    await renamed.locator("button").last().click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: t("labels.delete_confirm") })
      .click();
    await renamed.waitFor({ state: "detached" });
    await refreshLabels();
    if (labels.some((label) => label.name.startsWith(name))) throw new Error("it is still there");
  });
}

async function palette() {
  await checks.step("Ctrl+K finds commands by their names and does them", async () => {
    await openList("inbox");
    await rows.first().waitFor();
    await page.keyboard.press("Control+k");
    const dialog = page.getByRole("dialog");
    await dialog.locator("input").waitFor();
    await page.waitForTimeout(400);
    await screen("palette");
    await page.keyboard.type(t("outbox.title").slice(0, 6));
    // The first option is chosen anew with every letter, a moment after it: a busy machine needs that moment.
    await dialog.locator("[role=option][data-combobox-selected]", { hasText: t("outbox.title") }).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/outbox");
    await dialog.waitFor({ state: "detached" });
  });
  await checks.step("? shows every key of the screen", async () => {
    await openList("inbox");
    await rows.first().waitFor();
    await page.locator("h1").first().focus();
    await page.keyboard.press("?");
    const dialog = page.getByRole("dialog");
    await dialog.getByText(t("acting.offer.archive"), { exact: true }).waitFor();
    await page.waitForTimeout(300);
    await screen("all keys");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  });
}

/** On a phone: no keys, no mouse. */
async function byTouch() {
  await checks.step("a tap on the face chooses; the toolbar acts; Undo is in reach", async () => {
    const id = await rowId(1);
    await page.locator("[data-pick]").nth(1).tap({ force: true });
    await page.locator("[data-offer=archive]").waitFor();
    await screen("phone selection");
    await page.locator("[data-offer=archive]").tap();
    await row(id).waitFor({ state: "detached" });
    await toast(like("acting.done.archive_one"))
      .getByRole("button", { name: t("acting.undo") })
      .tap();
    await row(id).waitFor();
    await until("in the inbox", () => bears(id, labelOf("inbox")));
  });
  await checks.step(
    "an opened conversation has the rest in its menu, and goes back to the list after",
    async () => {
      const id = await rowId(0);
      await rows.first().tap();
      await page.waitForURL("**thread=**");
      await page.getByTestId("thread-pane").locator("h2").first().waitFor();
      const more = page
        .getByTestId("thread-pane")
        .getByRole("button", { name: t("acting.more") })
        .first();
      await more.tap();
      await page.getByRole("menuitem", { name: t("acting.offer.spam") }).waitFor();
      await page.waitForTimeout(300);
      await screen("phone menu");
      await page.getByRole("menuitem", { name: t("acting.offer.spam") }).tap();
      await page.waitForURL((url) => !url.searchParams.has("thread"));
      await until("in spam", () => bears(id, labelOf("spam")));
      await toast(like("acting.done.spam_one"))
        .getByRole("button", { name: t("acting.undo") })
        .tap();
      await until("back", () => bears(id, labelOf("inbox")));
    },
  );
  await checks.step("the composer covers the screen, and sends", async () => {
    await page
      .getByRole("button", { name: t("compose.new"), exact: true })
      .last()
      .tap();
    await body.waitFor();
    const box = await composer.boundingBox();
    if (box.width < 389 || box.y > 1) throw new Error(JSON.stringify(box));
    await field(0).fill("ana@hotel.example");
    await composer.locator("input[placeholder]").last().fill("From the phone");
    await body.fill("Hello");
    await screen("phone composer");
    await composer.getByRole("button", { name: t("compose.send"), exact: true }).tap();
    await composer.waitFor({ state: "detached" });
    await toast(t("outbox.sent")).waitFor({ timeout: 40_000 });
  });
}

await run(async () => {
  await begin();
  if (args.phone) await byTouch();
  else {
    const label = await actByKeyboard();
    await readAndAct();
    await bulk();
    const steps = writing({
      api,
      atProvider,
      base,
      body,
      checks,
      composer,
      control,
      fault,
      field,
      isMock,
      labelOf,
      like,
      openList,
      page,
      rows,
      screen,
      t,
      threadsIn,
      toast,
      until,
    });
    await steps.write();
    await steps.answer();
    await steps.discardMany();
    await steps.refused();
    await steps.doubt();
    await manageLabels(label);
    await palette();
  }
});
