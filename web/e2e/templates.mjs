#!/usr/bin/env node
/**
 * Templates: one is written with a variable and a fallback, looked at for a contact, kept and shared; a mistyped variable is
 * told; a message is written from it by the button and by typing `/`, filled in for the one it goes to, and is not sent
 * while something is not filled in. Each step checks what the person sees and what the server then holds.
 *
 *   node e2e/templates.mjs BASE_URL [--locale fr] [--phone] [--dark] [--shots DIR]
 *
 * Against `tenon demo` (with TENON_E2E_EMAIL / TENON_E2E_PASSWORD).
 */
import { apiOf, connectMailbox, signIn } from "./lib/session.mjs";
import { openWalk, readArguments, textsOf, until } from "./lib/walk.mjs";

const { args, base } = readArguments("templates.mjs");
const { t } = textsOf(args.locale);
const { checks, allowed, page, screen, run } = await openWalk(args, base, { hasTouch: args.phone });

const api = apiOf(page);
const open = async (path) => {
  await page.goto(new URL(path, base).href);
  await page.locator("main").waitFor();
};
const composer = page.getByTestId("composer");
const body = composer.locator(".ProseMirror");
const dialog = page.getByRole("dialog").filter({ has: page.locator("form .ProseMirror") });
const button = (within, key, values) => within.getByRole("button", { name: t(key, values), exact: true });
const kept = async () => (await api("GET", "/templates")).items;
let connection;
let contact;

async function begin() {
  await checks.step("is signed in, with a mailbox to send from and a contact", async () => {
    await signIn(page, base);
    const provider = await connectMailbox(page, base, "mail,sending");
    if (provider !== undefined) allowed.add(provider);
    await api("PATCH", "/me", { locale: args.locale });
    connection = (await api("GET", "/connections")).items[0].id;
    const values = { first_name: "Ines", last_name: "Duarte", emails: [{ address: "ines@duarte.example" }] };
    contact = await api("POST", "/records", { kind: "contact", values });
    await open("/");
    await page.reload();
  });
}

async function writing() {
  await checks.step("a template is written with a variable and a fallback", async () => {
    await open("/templates");
    await button(page, "templates.new.message").click();
    await dialog.locator(".ProseMirror").waitFor();
    await dialog.locator("input[data-autofocus]").fill("After the visit");
    await dialog.getByRole("combobox", { name: t("templates.folder") }).fill("Offers");
    const subject = dialog.getByRole("textbox", { name: t("compose.subject"), exact: true });
    await subject.fill("Thank you, {{ contact.first_name }}");
    const text = dialog.locator(".ProseMirror");
    await text.click();
    await page.keyboard.type("Dear ");
    await button(dialog, "templates.variable").click();
    const choice = dialog.getByRole("combobox", { name: t("templates.variable"), exact: true });
    await choice.fill(t("records.field.contact.first_name"));
    await dialog
      .getByRole("option")
      .filter({ hasText: t("records.kind.contact") })
      .first()
      .click();
    await dialog.getByRole("textbox", { name: t("templates.fallback") }).fill("friend");
    await screen("choosing a variable");
    await button(dialog, "templates.insert").click();
    await until("it stands in the text", async () =>
      (await text.textContent()).includes('{{ contact.first_name | default("friend") }}'),
    );
    await button(dialog, "templates.preview").click();
    const preview = dialog.getByRole("region", { name: t("templates.preview"), exact: true });
    await preview.getByText(t("templates.missing_one", { count: 1 })).waitFor();
    await screen("a template with its preview");
    await dialog.getByRole("checkbox").check();
    await button(dialog, "common.save").click();
    await dialog.waitFor({ state: "detached" });
    const [one] = await kept();
    if (one.folder !== "Offers" || !one.shared) throw new Error(JSON.stringify(one));
  });
  await checks.step("a mistyped variable is told, and not kept", async () => {
    await button(page, "templates.new.snippet").click();
    await dialog.locator(".ProseMirror").click();
    await page.keyboard.type("Yours, {{ me.nmae }}");
    await dialog.locator("input[data-autofocus]").fill("Goodbye");
    await button(dialog, "common.save").click();
    await dialog.getByText("me.nmae", { exact: false }).last().waitFor();
    await dialog.getByText(t("templates.not_kept")).waitFor();
    if ((await kept()).length !== 1) throw new Error("it was kept");
    await dialog.locator(".ProseMirror").fill("Yours, {{ me.name }}");
    await button(dialog, "common.save").click();
    await dialog.waitFor({ state: "detached" });
    await until("two are kept", async () => (await kept()).length === 2);
    await screen("templates");
  });
}

async function using() {
  await checks.step("a message is written from it, filled in for the one it goes to", async () => {
    await open(`/mail/${connection}`);
    await page.locator("[data-thread]").first().waitFor();
    await page.locator("h1").first().focus();
    await page.keyboard.press("c");
    await body.waitFor();
    await composer.locator("input[inputmode=email]").first().fill("ines@duarte.example");
    await page.keyboard.press("Enter");
    await button(composer, "templates.use").click();
    await composer.getByRole("button", { name: /^After the visit/ }).waitFor();
    await screen("choosing a template");
    await composer.getByRole("button", { name: /^After the visit/ }).click();
    await until("it is filled in", async () => (await body.textContent()).includes("Dear Ines"));
    const subject = composer.getByRole("textbox", { name: t("compose.subject"), exact: true });
    if ((await subject.inputValue()) !== "Thank you, Ines") throw new Error(await subject.inputValue());
  });
  await checks.step("a snippet is put in by typing /", async () => {
    await body.click();
    await page.keyboard.press("Control+End");
    await page.keyboard.press("Enter");
    await page.keyboard.type("/");
    const search = composer.getByRole("textbox", { name: t("templates.search"), exact: true });
    await search.waitFor();
    await search.fill("goodb");
    await page.keyboard.press("Enter");
    const { member } = await api("GET", "/session");
    await until("the snippet stands there", async () =>
      (await body.textContent()).includes(`Yours, ${member.name}`),
    );
    if ((await body.textContent()).includes("/")) throw new Error("the / is still there");
    await screen("a message from a template");
  });
  await checks.step("what is not filled in is not sent without being told", async () => {
    await body.click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type(" {{ contact.title }}");
    await page.keyboard.press("Control+Enter");
    await composer.getByText(t("compose.complaint.unfilled")).waitFor();
    await screen("something is not filled in");
    await body.click();
    await page.keyboard.press("Control+End");
    for (let letter = 0; letter < 20; letter += 1) await page.keyboard.press("Backspace");
    await composer.getByText(t("compose.save.saved")).waitFor();
    await page.keyboard.press("Control+Enter");
    await composer.waitFor({ state: "detached" });
    const { items } = await api("GET", "/sends?limit=10");
    if (!items.some(({ subject }) => subject === "Thank you, Ines")) throw new Error("it did not go");
  });
}

async function ending() {
  await checks.step("one is removed, and back by Undo", async () => {
    await open("/templates");
    await button(page, "templates.remove", { name: "Goodbye" }).click();
    await until("one is left", async () => (await kept()).length === 1);
    await page
      .locator("[data-toast]")
      .getByRole("button", { name: t("acting.undo") })
      .first()
      .click();
    await until("both are there", async () => (await kept()).length === 2);
    for (const { id } of await kept()) await api("DELETE", `/templates/${id}`);
    await api("DELETE", `/records/${contact.id}`);
  });
}

await run(async () => {
  await begin();
  await writing();
  await using();
  await ending();
});
