#!/usr/bin/env node
/**
 * Mail meets customers: the palette finds somebody whose name is misspelled; a conversation is joined to a deal, stands
 * at the deal, is shared with a colleague and taken back; a rule of the deal is set; somebody one writes with becomes a
 * contact. Each step checks what the person sees and what the server then holds.
 *
 *   node e2e/meeting.mjs BASE_URL [--mock] [--locale fr] [--phone] [--dark] [--shots DIR]
 *
 * Against `tenon demo` (with TENON_E2E_EMAIL / TENON_E2E_PASSWORD), or with --mock against the mock server. With
 * TENON_E2E_COLLEAGUE_EMAIL / TENON_E2E_COLLEAGUE_PASSWORD that member reads what is shared, and then cannot any more.
 */
import { connectMailbox, firstConnection, signIn } from "./lib/session.mjs";
import { looks, openWalk, readArguments, textsOf, until } from "./lib/walk.mjs";

const { args, base } = readArguments("meeting.mjs", { mock: { type: "boolean", default: false } });
const { t, like } = textsOf(args.locale);
const { checks, allowed, context, page, screen, run } = await openWalk(args, base, { hasTouch: args.phone });
const colleague = {
  email: process.env.TENON_E2E_COLLEAGUE_EMAIL,
  password: process.env.TENON_E2E_COLLEAGUE_PASSWORD,
};

/** The API with a page's session. */
const call = (tab, method, where, body) =>
  tab.evaluate(
    async ([verb, url, given]) => {
      const answer = await fetch(`/api/v1${url}`, {
        method: verb,
        headers: { "X-Tenon-Request": "1", "Content-Type": "application/json" },
        ...(given === undefined ? {} : { body: JSON.stringify(given) }),
      });
      const told = answer.status === 204 ? undefined : await answer.json().catch(() => undefined);
      return { status: answer.status, told };
    },
    [method, where, body],
  );
const api = async (...asked) => (await call(page, ...asked)).told;
const query = async (body) => (await api("POST", "/records/query", { limit: 100, ...body })).items;
const open = async (path) => {
  await page.goto(new URL(path, base).href);
  await page.locator("main").waitFor();
};
const area = page.getByRole("region", { name: t("threads.customers") });
const pattern = (text) => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
let connection;
let deal;
let thread;

async function begin() {
  await checks.step("is signed in, with a mailbox", async () => {
    if (args.mock) {
      const load = new URL(`/__mock/load?scenario=connected&locale=${args.locale}`, base);
      await fetch(load, { method: "POST" });
      await open("/");
    } else {
      await signIn(page, base);
      const provider = await connectMailbox(page, base, "mail");
      if (provider !== undefined) allowed.add(provider);
      await api("PATCH", "/me", { locale: args.locale });
    }
    connection = await firstConnection(page);
  });
}

/** Two letters in the middle change places, as fast fingers do. */
const misspelled = (name) => {
  const at = Math.floor(name.length / 2) - 1;
  return `${name.slice(0, at)}${name[at + 1]}${name[at]}${name.slice(at + 2)}`;
};
const plain = /^[A-Z][a-z]{6,}$/;
const isMisspelling = ({ values }) =>
  plain.test(values.last_name ?? "") && misspelled(values.last_name) !== values.last_name;

async function palette() {
  await checks.step("somebody whose name is misspelled is found, and the words say so", async () => {
    const contact = (await query({ kind: "contact" })).find(isMisspelling);
    const text = misspelled(contact.values.last_name);
    await open("/contacts");
    await page.locator("[data-record]").first().waitFor();
    await page.keyboard.press("Control+k");
    const dialog = page.getByRole("dialog", { name: t("palette.title") });
    await dialog.getByRole("textbox").fill(text);
    await dialog.getByText(t("finding.did_you_mean", { text })).waitFor();
    await screen("palette with a typo");
    await dialog
      .getByRole("option", { name: pattern(contact.values.last_name) })
      .first()
      .click();
    await page.waitForURL("**/records/**");
    await dialog.waitFor({ state: "detached" });
  });
  await checks.step("and by the right name with Enter at once", async () => {
    const contact = (await query({ kind: "contact" })).findLast(isMisspelling);
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog", { name: t("palette.title") }).waitFor();
    await page.keyboard.type(contact.title);
    await page.keyboard.press("Enter");
    await page.locator("h1", { hasText: contact.title }).waitFor();
  });
}

const isOn = async () =>
  (await api("GET", `/threads/${thread.id}/records`)).boxes.some(({ record }) => record.id === deal.id);

async function joining() {
  await checks.step("a conversation shows its people", async () => {
    const { items } = await api("GET", `/threads?connection=${connection}&limit=50`);
    for (const one of items) {
      const { people } = await api("GET", `/threads/${one.id}/records`);
      if (people.some(({ contact, member }) => contact !== null && member === null)) {
        thread = one;
        break;
      }
    }
    thread ??= items[0];
    await open(`/mail/${connection}?thread=${thread.id}`);
    await area.waitFor();
    const toggle = area.locator("button[aria-expanded]").first();
    if (await toggle.isVisible()) await toggle.click();
    await screen("a conversation and its customers");
  });
  await checks.step("it is joined to a deal, and stands there", async () => {
    deal = (await query({ kind: "deal" })).find(({ access, title }) => access !== "view" && title !== "");
    await area.getByRole("combobox", { name: t("threads.join") }).fill(deal.title);
    await page
      .getByRole("option", { name: pattern(deal.title) })
      .first()
      .click();
    await until("joined", isOn);
    await open(`/records/${deal.id}`);
    await page.getByRole("tab", { name: t("records.page.threads") }).click();
    await page.locator(`a[href*="${thread.id}"]`).first().waitFor();
    await screen("conversations of a deal");
  });
  await checks.step("mail joins by itself, as a rule says", async () => {
    await page.getByRole("button", { name: t("threads.rules.open") }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("checkbox", { name: new RegExp(`^${t("threads.rules.domain")}`) }).check();
    await screen("rules of a deal");
    await dialog.getByRole("button", { name: t("common.save") }).click();
    await until("ruled", async () => (await api("GET", `/records/${deal.id}/mail-rules`)).items.length === 1);
  });
  await checks.step("it is taken off, and back by Undo", async () => {
    await open(`/mail/${connection}?thread=${thread.id}`);
    await area
      .getByRole("button", { name: t("threads.take_off", { title: deal.title }) })
      .first()
      .click();
    await until("off", async () => !(await isOn()));
    await page
      .locator("[data-toast]")
      .getByRole("button", { name: t("records.undo") })
      .first()
      .click();
    await until("on again", isOn);
  });
}

const sharing = async () => (await api("GET", `/threads/${thread.id}/records`)).sharing;

/** The colleague's own browser, if the script knows who they are. */
async function asColleague() {
  if (colleague.email === undefined || args.mock) return undefined;
  const other = await context.browser().newContext(looks(args));
  const tab = await other.newPage();
  await tab.goto(new URL("/sign-in", base).href);
  await tab.locator("input[name=email]").fill(colleague.email);
  await tab.locator("input[name=password]").fill(colleague.password);
  await tab.locator("button[type=submit]").click();
  await tab.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
  return tab;
}

async function sharingIt() {
  const tab = await asColleague();
  const reads = async () => (await call(tab, "GET", `/threads/${thread.id}`)).status;
  const { items: members } = await api("GET", "/members");
  const me = (await api("GET", "/session")).member.id;
  const chosen = members.find(({ id, email, disabled }) =>
    colleague.email === undefined ? id !== me && !disabled : email === colleague.email,
  );
  if (tab !== undefined)
    await checks.step("before, the colleague cannot read it", async () => {
      if ((await reads()) !== 404) throw new Error(String(await reads()));
    });
  await checks.step("it is shared with a colleague", async () => {
    await area
      .getByRole("button", { name: t("threads.sharing.share") })
      .first()
      .click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(t("threads.sharing.what")).waitFor();
    await dialog
      .getByRole("radio", { name: new RegExp(`^${t("threads.sharing.scope.shared")}`) })
      .check({ force: true });
    await dialog.getByRole("combobox", { name: t("records.sharing.add") }).fill(chosen.name);
    await page
      .getByRole("option", { name: pattern(chosen.name) })
      .first()
      .click();
    await screen("sharing a conversation");
    await dialog.getByRole("button", { name: t("threads.sharing.submit"), exact: true }).click();
    await until("shared", async () => {
      const { scope, shares } = await sharing();
      return scope === "shared" && shares.some(({ member }) => member === chosen.id);
    });
  });
  if (tab !== undefined)
    await checks.step("the colleague reads it, and can do nothing else with it", async () => {
      await tab.goto(new URL(`/conversations/${thread.id}`, base).href);
      await tab.getByText(like("threads.shared.by")).first().waitFor();
      await tab.locator("iframe").first().waitFor();
      if ((await tab.getByRole("button", { name: t("compose.kind.reply") }).count()) > 0)
        throw new Error("there is a way to answer");
    });
  await checks.step("and taken back at once", async () => {
    await area
      .getByRole("button", { name: like("threads.sharing.change_named") })
      .first()
      .click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: t("threads.sharing.stop") })
      .click();
    await until("private", async () => (await sharing()).scope === "private");
  });
  if (tab !== undefined)
    await checks.step("the colleague's open page goes", async () => {
      if ((await reads()) !== 404) throw new Error("still readable");
      await tab.getByRole("heading", { name: t("threads.shared.gone_title") }).waitFor();
    });
  await tab?.context().close();
}

async function suggestions() {
  await checks.step("somebody one writes with becomes a contact", async () => {
    const [first] = (await api("GET", "/suggestions?limit=50")).items;
    if (first === undefined) throw new Error("nobody is suggested");
    await open("/contacts/suggestions");
    const row = page.locator(`[data-suggestion="${first.address}"]`);
    await row.waitFor();
    await screen("people one writes with");
    await row
      .getByRole("button", { name: t("threads.add_named", { name: first.name || first.address }) })
      .click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: t("records.create.submit"), exact: true }).click();
    await row.waitFor({ state: "detached" });
    await until("a contact", async () =>
      (await query({ kind: "contact", search: first.address })).some(({ values }) =>
        values.emails?.some(({ address }) => address === first.address),
      ),
    );
    const left = (await api("GET", "/suggestions?limit=50")).items;
    if (left.some(({ address }) => address === first.address)) throw new Error("still suggested");
  });
}

await run(async () => {
  await begin();
  await palette();
  await joining();
  await sharingIt();
  await suggestions();
});
