#!/usr/bin/env node
/**
 * What comes in and goes out: a table of twelve rows with two faulty ones is imported in its four steps, looked at,
 * begun and taken back; contacts are exported; two that are the same are merged and taken apart again. Each step checks
 * what the person sees and what the server then holds.
 *
 *   node e2e/exchange.mjs BASE_URL [--mock] [--locale fr] [--phone] [--dark] [--shots DIR]
 *
 * Against `tenon demo` (with TENON_E2E_EMAIL / TENON_E2E_PASSWORD), or with --mock against the mock server.
 */
import { readFileSync } from "node:fs";
import { signIn } from "./lib/session.mjs";
import { openWalk, readArguments, textsOf, until } from "./lib/walk.mjs";

const { args, base } = readArguments("exchange.mjs", { mock: { type: "boolean", default: false } });
const { t, like } = textsOf(args.locale);
const { checks, page, screen, run } = await openWalk(args, base, { hasTouch: args.phone });

/** The API with the page's session. */
const api = (method, where, body, headers = {}) =>
  page.evaluate(
    async ([verb, url, given, more]) => {
      const answer = await fetch(`/api/v1${url}`, {
        method: verb,
        headers: { "X-Tenon-Request": "1", "Content-Type": "application/json", ...more },
        ...(given === undefined ? {} : { body: JSON.stringify(given) }),
      });
      return answer.status === 204 ? undefined : answer.json();
    },
    [method, where, body, headers],
  );
const query = async (body) => (await api("POST", "/records/query", { limit: 200, ...body })).items;
const walruses = () => query({ kind: "contact", search: "Walrusson" });
const open = async (path) => {
  await page.goto(new URL(path, base).href);
  await page.locator("h1").first().waitFor();
};
const button = (key, within = page) => within.getByRole("button", { name: t(key), exact: true });
const counted = (key, within = page) =>
  within
    .getByRole("button", { name: like(`${key}_one`) })
    .or(within.getByRole("button", { name: like(`${key}_other`) }));
const toast = (key) => page.locator("[data-toast]").filter({ hasText: like(key) });
/** What the browser saves when this is done. */
const saved = async (act) => {
  const [download] = await Promise.all([page.waitForEvent("download"), act()]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
};

const FAULTY = [4, 9];
const rows = Array.from({ length: 12 }, (_, at) => {
  const mail = FAULTY.includes(at) ? "nobody at home" : `w${at}@walrusson.example`;
  return [`Wal${at}`, "Walrusson", mail, at % 2 === 0 ? "Walrusson Ice" : "", `${at + 1} tusks`];
});
const CSV = [["First name", "Last name", "E-mail", "Company", "Tusks"], ...rows]
  .map((cells) => cells.join(";"))
  .join("\r\n");

async function begin() {
  await checks.step("is signed in", async () => {
    if (args.mock) {
      await fetch(new URL(`/__mock/load?scenario=connected&locale=${args.locale}`, base), { method: "POST" });
      await open("/contacts");
    } else {
      await signIn(page, base);
      await api("PATCH", "/me", { locale: args.locale });
    }
    await until("no walrus yet", async () => (await walruses()).length === 0);
  });
}

async function importing() {
  await checks.step(
    "a list leads to importing; a table is read, its columns are known by their names",
    async () => {
      await open("/contacts");
      await button("records.more.title").click();
      await page.getByRole("menuitem", { name: t("records.more.import") }).click();
      await page.getByTestId("import-file").waitFor({ state: "attached" });
      await screen("import");
      await page.getByTestId("import-file").setInputFiles({
        name: "walruses.csv",
        mimeType: "text/csv",
        buffer: Buffer.from(CSV),
      });
      const target = (name) => page.getByLabel(t("exchange.becomes_of", { name }), { exact: true });
      await target("First name").waitFor();
      for (const [name, key] of [
        ["First name", "first_name"],
        ["Last name", "last_name"],
        ["E-mail", "emails"],
        ["Company", "company"],
      ])
        if ((await target(name).inputValue()) !== key)
          throw new Error(`${name} is ${await target(name).inputValue()}`);
      await target("Tusks").selectOption("description");
      const make = page.getByLabel(t("exchange.create_missing"));
      if (!(await make.isChecked())) await make.check();
      await screen("columns");
    },
  );
  await checks.step("the check tells of two faulty rows, and writes nothing", async () => {
    await counted("exchange.check").click();
    await page.getByText(like("exchange.faulty_other")).waitFor({ timeout: 60_000 });
    if ((await walruses()).length > 0) throw new Error("something was written");
    await page.locator("td[data-problem]").nth(1).waitFor();
    await screen("checked");
    const { name, text } = await saved(() => button("exchange.download_failed").click());
    const lines = text.trim().split(/\r?\n/);
    if (lines.length !== 3 || !text.includes("nobody at home")) throw new Error(`${name}: ${text}`);
  });
  await checks.step("the import runs while somebody is elsewhere; ten are there", async () => {
    await counted("exchange.start").click();
    const address = page.url();
    await open("/contacts");
    await until("ten walruses", async () => (await walruses()).length === 10, 60_000);
    await page.goto(address);
    await page.getByText(t("exchange.ended.done")).waitFor();
    await screen("imported");
  });
}

async function exporting() {
  await checks.step("what a list shows is exported; no value stands in an address", async () => {
    await open("/contacts");
    await page.locator("[data-records-search]").fill("Walrusson");
    await page.waitForTimeout(900);
    await button("records.more.title").click();
    await page.getByRole("menuitem", { name: t("records.more.export") }).click();
    const dialog = page.getByRole("dialog");
    await counted("exchange.export.submit_count", dialog).waitFor();
    await screen("export");
    const { text } = await saved(() => counted("exchange.export.submit_count", dialog).click());
    const lines = text.trim().split(/\r?\n/);
    if (lines.length !== 11 || !text.includes("w0@walrusson.example")) throw new Error(text.slice(0, 400));
    if (page.url().includes("Walrus")) throw new Error(page.url());
  });
}

async function merging() {
  let kept;
  let double;
  const named = () => query({ kind: "note", search: "tuskiness" });
  await checks.step("a double is hinted at while it is made, and beside the record", async () => {
    [kept] = (await walruses()).filter(({ title }) => title.startsWith("Wal0"));
    await open("/contacts?new=true");
    const dialog = page.getByRole("dialog");
    await dialog
      .getByRole("textbox", { name: new RegExp(`^${t("records.field.contact.first_name")}`) })
      .fill("Wal0");
    await dialog
      .getByRole("textbox", { name: new RegExp(`^${t("records.field.contact.last_name")}`) })
      .fill("Walrusson");
    await dialog
      .getByText(t("merge.there_already_one"))
      .or(dialog.getByText(t("merge.there_already_other")))
      .waitFor();
    await screen("there already");
    await page.keyboard.press("Escape");
    double = await api("POST", "/records", {
      kind: "contact",
      values: {
        first_name: "Wal0",
        last_name: "Walrusson",
        title: "Ice keeper",
        emails: [
          { address: "w0@walrusson.example", label: null },
          { address: "wal@home.example", label: "home" },
        ],
      },
    });
    await api("POST", "/records", {
      kind: "note",
      values: { body: "Of great tuskiness", about: [double.id] },
    });
    await open(`/records/${kept.id}`);
    if (args.phone) await page.getByRole("tab", { name: t("records.page.details") }).click();
    await counted("merge.hint").click();
    await screen("hint");
  });
  await checks.step("two become one: values, lists and links", async () => {
    await page
      .getByRole("button", { name: like("merge.open_named") })
      .first()
      .click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("group", { name: t("merge.keep") }).waitFor();
    const keep = dialog.getByRole("group", { name: t("merge.keep") });
    await keep.getByRole("radio").first().check();
    await screen("merging");
    await counted("merge.submit", dialog).click();
    await toast("merge.done_other").waitFor();
    await until("merged", async () => (await api("GET", `/records/${double.id}`)).code === "record_merged");
    const now = await api("GET", `/records/${kept.id}`);
    if (now.values.emails.length !== 2 || now.values.title !== "Ice keeper")
      throw new Error(JSON.stringify(now.values));
    const [note] = await named();
    if (!note.values.about.includes(kept.id)) throw new Error("the note did not follow");
    await page.goto(new URL(`/records/${double.id}`, base).href);
    await page.waitForURL(`**/records/${kept.id}`);
  });
  await checks.step("they are taken apart again, from the history", async () => {
    await page.getByRole("tab", { name: t("records.page.history") }).click();
    await button("merge.undo").click();
    await until("apart", async () => (await api("GET", `/records/${double.id}`)).deleted_at === null);
    const now = await api("GET", `/records/${kept.id}`);
    if (now.values.emails.length !== 1) throw new Error(JSON.stringify(now.values));
    const [note] = await named();
    if (!note.values.about.includes(double.id)) throw new Error("the note did not come back");
    await open("/duplicates?kind=contact");
    await page.getByTestId("duplicate-group").first().waitFor();
    await screen("duplicates");
  });
  await checks.step("what are not the same are not asked about again", async () => {
    await page.getByRole("button", { name: t("merge.not_same_named", { title: "Wal0 Walrusson" }) }).click();
    await toast("merge.dismissed").waitFor();
    const groups = (await api("GET", "/duplicates?kind=contact")).items;
    if (groups.some(({ records }) => records.some(({ id }) => id === double.id)))
      throw new Error("still asked");
    await api("DELETE", `/records/${double.id}`);
  });
}

async function takingBack() {
  await checks.step("the whole import is taken back", async () => {
    await open("/import");
    await page
      .getByRole("link", { name: /walruses\.csv/ })
      .first()
      .click();
    await button("exchange.undo").click();
    await screen("undo asked");
    await button("exchange.undo", page.getByRole("dialog")).click();
    await page.getByText(t("exchange.ended.undone")).waitFor({ timeout: 60_000 });
    await screen("taken back");
    // The one that was merged meanwhile may have been left; the others are gone.
    await until("gone", async () => (await walruses()).length <= 1);
  });
  await checks.step("the bin is emptied at once", async () => {
    await open("/bin");
    await button("records.bin.empty_it").click();
    await screen("emptying the bin");
    await button("records.bin.empty_it", page.getByRole("dialog")).click();
    await until("empty", async () =>
      (await query({ kind: "contact", deleted: true })).every(({ title }) => !title.includes("Walrusson")),
    );
  });
}

await run(async () => {
  await begin();
  await importing();
  await exporting();
  await merging();
  await takingBack();
});
