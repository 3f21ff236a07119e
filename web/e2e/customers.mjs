#!/usr/bin/env node
/**
 * A day with customers on a real server: a contact's field changed in place and taken back, a call logged, mail in the
 * timeline, a deal moved by keyboard and by mouse, a stage that asks for something, many changed at once and taken
 * back, a lead converted, a record shared with nobody, the bin. Each step checks what the person sees and what the
 * server then holds.
 *
 *   node e2e/customers.mjs BASE_URL [--locale fr] [--phone] [--dark] [--shots DIR]
 *
 * Against `tenon demo` (with TENON_E2E_EMAIL / TENON_E2E_PASSWORD).
 */
import { connectMailbox, signIn } from "./lib/session.mjs";
import { openWalk, readArguments, textsOf, until } from "./lib/walk.mjs";

const { args, base } = readArguments("customers.mjs");
const { t, like } = textsOf(args.locale);
const { checks, allowed, page, screen, run } = await openWalk(args, base, { hasTouch: args.phone });

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
const record = (id) => api("GET", `/records/${id}`);
const open = async (path) => {
  await page.goto(new URL(path, base).href);
  await page.locator("h1").first().waitFor();
};
const toast = (text) => page.locator("[data-toast]").filter({ hasText: text });
const edit = (field) =>
  page
    .getByRole("button", { name: new RegExp(`^${t(field)}( ?:|: | –|,)`) })
    .or(page.getByRole("button", { name: new RegExp(`^${t(field)}`) }));
let me;
let contact;
let sales;

async function begin() {
  await checks.step("is signed in, with a mailbox", async () => {
    await signIn(page, base);
    const provider = await connectMailbox(page, base, "mail");
    if (provider !== undefined) allowed.add(provider);
    await api("PATCH", "/me", { locale: args.locale });
    me = (await api("GET", "/session")).member.id;
  });
  await checks.step("the demo has customers", async () => {
    const contacts = await query({ kind: "contact" });
    const pipelines = (await api("GET", "/pipelines")).items;
    const count = async (pipeline) =>
      (await api("POST", "/records/count", { kind: "deal", pipeline: pipeline.id })).count;
    const deals = pipelines.filter(({ kind }) => kind === "deals");
    const counted = await Promise.all(deals.map(async (pipeline) => [await count(pipeline), pipeline]));
    counted.sort(([a], [b]) => b - a);
    sales = counted[0][1];
    if (contacts.length < 50 || counted[0][0] < 20) throw new Error(`${contacts.length} contacts`);
  });
}

/** The contact that the mailbox has most to do with. */
async function withMail() {
  await checks.step("the mail of a contact is in its timeline", async () => {
    await until("a contact with mail", async () => {
      for (const candidate of await query({ kind: "contact", sort: [{ field: "title" }] })) {
        const items = (await api("GET", `/records/${candidate.id}/timeline`)).items;
        if (items.some(({ type }) => type === "mail") && candidate.access !== "view") {
          contact = candidate;
          return true;
        }
      }
      return false;
    });
    await open(`/records/${contact.id}`);
    const tab = page.getByRole("tab", { name: t("records.page.timeline") });
    await tab.click();
    await page
      .getByText(like("records.timeline.messages_one"))
      .or(page.getByText(like("records.timeline.messages_other")))
      .first()
      .waitFor();
    await screen("a contact");
  });
}

async function inPlace() {
  await checks.step("a field is changed in place, and taken back from the history", async () => {
    if (args.phone) await page.getByRole("tab", { name: t("records.page.details") }).click();
    const before = contact.values.title ?? null;
    await edit("records.field.contact.title").first().click();
    const box = page.getByRole("textbox", { name: t("records.field.contact.title") });
    await box.fill("Walrus keeper");
    await box.press("Enter");
    await until("saved", async () => (await record(contact.id)).values.title === "Walrus keeper");
    await page.getByRole("tab", { name: t("records.page.history") }).click();
    await page
      .getByRole("button", {
        name: t("records.history.restore_named", { field: t("records.field.contact.title") }),
      })
      .first()
      .click();
    await until("taken back", async () => ((await record(contact.id)).values.title ?? null) === before);
  });
  await checks.step("a call is logged, and stands in the timeline", async () => {
    await page.getByRole("tab", { name: t("records.page.timeline") }).click();
    await page.getByRole("button", { name: t("records.composer.call"), exact: true }).click();
    await page
      .getByRole("textbox", { name: new RegExp(`^${t("records.field.activity.name")}`) })
      .fill("About the walrus");
    await page.getByRole("button", { name: t("records.composer.add_call") }).click();
    await page.getByRole("link", { name: "About the walrus" }).first().waitFor();
    const made = (await query({ kind: "activity", search: "walrus" }))[0];
    if (!made?.values.about?.includes(contact.id)) throw new Error("it is not about the contact");
  });
  await checks.step("an edit that somebody else's crosses is asked about", async () => {
    if (args.phone) await page.getByRole("tab", { name: t("records.page.details") }).click();
    const last = edit("records.field.contact.last_name").first();
    await last.click();
    const box = page.getByRole("textbox", { name: t("records.field.contact.last_name") });
    const now = await record(contact.id);
    await api(
      "PATCH",
      `/records/${contact.id}`,
      { values: { last_name: "Theirs" } },
      { "If-Match": `"${now.version}"` },
    );
    // The page hears of it, behind what is being written.
    await page.locator("h1", { hasText: "Theirs" }).waitFor();
    await box.fill("Mine");
    await box.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("radio", { name: new RegExp(t("records.conflict.mine")) }).click();
    await screen("changed twice");
    await dialog.getByRole("button", { name: t("records.conflict.save") }).click();
    await until("mine", async () => (await record(contact.id)).values.last_name === "Mine");
  });
}

const stageOf = async (id) => (await record(id)).values.stage;
const board = async () => {
  await open(`/deals/${sales.id}`);
  await page.locator("[data-card]").first().waitFor();
};

async function deals() {
  const [first, second] = sales.stages;
  const lost = sales.stages.find(({ outcome }) => outcome === "lost");
  await board();
  await screen("a board");
  const card = (id) => page.locator(`[data-card="${id}"]`);
  const inFirst = page.locator(`[data-stage="${first.id}"] [data-card]`).first();
  const id = await inFirst.getAttribute("data-card");
  await checks.step("a deal is moved by keyboard, and back by Undo", async () => {
    await card(id).focus();
    await page.keyboard.press("m");
    await page.getByRole("menu").waitFor();
    await page.getByRole("menuitem", { name: second.name }).click();
    await until("moved", async () => (await stageOf(id)) === second.id);
    await page
      .locator("[data-toast]")
      .getByRole("button", { name: t("records.undo") })
      .first()
      .click();
    await until("back", async () => (await stageOf(id)) === first.id);
  });
  if (!args.phone)
    await checks.step("a deal is dragged to the next stage, and is there after a reload", async () => {
      await board();
      const middle = async (locator) => {
        const box = await locator.boundingBox();
        return { x: box.x + box.width / 2, y: box.y + Math.min(box.height / 2, 60) };
      };
      const from = await middle(card(id));
      const to = await middle(page.locator(`[data-stage="${second.id}"]`));
      await page.mouse.move(from.x, from.y);
      await page.mouse.down();
      await page.mouse.move(from.x + 10, from.y + 10, { steps: 4 });
      await page.mouse.move(to.x, to.y + 40, { steps: 15 });
      await page.waitForTimeout(200);
      await page.mouse.up();
      await until("moved", async () => (await stageOf(id)) === second.id);
      await page.reload();
      await page.locator(`[data-stage="${second.id}"] [data-card="${id}"]`).waitFor();
    });
  await checks.step("a lost deal is asked why", async () => {
    await board();
    await card(id).focus();
    await page.keyboard.press("m");
    await page.getByRole("menuitem", { name: lost.name }).click();
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    await dialog.getByRole("textbox").first().fill("No walrus");
    await dialog.locator("button[type=submit], button").last().click();
    await until("lost", async () => (await stageOf(id)) === lost.id);
    if ((await record(id)).values.lost_reason !== "No walrus") throw new Error("the reason is not there");
  });
}

async function many() {
  if (args.phone) return;
  await checks.step("several companies are assigned at once, and that is taken back", async () => {
    await open("/companies");
    await page.locator("[data-record]").first().waitFor();
    await screen("companies");
    const ids = await page
      .locator("[data-record]")
      .evaluateAll((rows) => rows.slice(0, 3).map((row) => row.getAttribute("data-record")));
    const before = await Promise.all(ids.map(async (one) => (await record(one)).values.owner));
    for (const at of [0, 1, 2]) await page.locator("[data-pick]").nth(at).click({ force: true });
    await page.getByRole("toolbar", { name: t("records.bulk.title") }).waitFor();
    await page.getByRole("button", { name: t("records.bulk.assign"), exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    await dialog.getByRole("combobox").or(dialog.locator("input")).first().click();
    await page.getByRole("option").filter({ hasText: "Alice" }).first().click();
    await dialog.getByRole("button", { name: like("records.bulk.apply_other") }).click();
    await until("assigned", async () =>
      (await Promise.all(ids.map(async (one) => (await record(one)).values.owner))).every(
        (owner) => owner === me,
      ),
    );
    await toast(like("records.bulk.changed_other"))
      .getByRole("button", { name: t("records.undo") })
      .click();
    await until("taken back", async () => {
      const now = await Promise.all(ids.map(async (one) => (await record(one)).values.owner));
      return now.every((owner, at) => owner === before[at]);
    });
  });
}

async function leads() {
  await checks.step("a lead becomes contact, company and deal", async () => {
    const all = await query({ kind: "lead" });
    const pipelines = (await api("GET", "/pipelines")).items.filter(({ kind }) => kind === "leads");
    const ended = new Set(
      pipelines.flatMap(({ stages }) =>
        stages.filter(({ outcome }) => outcome !== "open").map(({ id }) => id),
      ),
    );
    const lead = all.find(({ values, access }) => !ended.has(values.stage) && access !== "view");
    await open(`/records/${lead.id}`);
    await page.getByRole("button", { name: t("records.convert.button"), exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    await screen("converting a lead");
    await dialog.getByRole("button", { name: t("records.convert.submit") }).click();
    await page.waitForURL((url) => !url.pathname.endsWith(lead.id));
    await until("won", async () => ended.has(await stageOf(lead.id)));
    const now = await record(lead.id);
    if (now.values.contacts?.length !== 1 || now.values.company === undefined)
      throw new Error("nobody is linked");
  });
}

async function sharing() {
  await checks.step(
    "a record is made and seen by nobody else; it goes into the bin and comes back",
    async () => {
      const made = await api("POST", "/records", { kind: "company", values: { name: "Walrus & Sons" } });
      await open(`/records/${made.id}`);
      await page
        .getByRole("button", { name: t("records.sharing.button", { scope: t("records.sharing.workspace") }) })
        .click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("radio", { name: new RegExp(`^${t("records.sharing.private")}`) }).click();
      await screen("sharing");
      await dialog.locator("button[type=submit]").or(dialog.getByRole("button").last()).last().click();
      await until(
        "private",
        async () => (await api("GET", `/records/${made.id}/sharing`)).scope === "private",
      );
      await page.getByRole("button", { name: t("records.page.more") }).click();
      await page.getByRole("menuitem", { name: t("records.page.delete") }).click();
      await until("in the bin", async () => (await record(made.id)).deleted_at !== null);
      await open("/bin");
      const kind = page.getByRole("combobox", { name: t("records.bin.kind") });
      if (await kind.isVisible()) await kind.selectOption("company").catch(() => undefined);
      await page
        .getByRole("button", { name: t("records.bin.restore_named", { title: "Walrus & Sons" }) })
        .click();
      await until("back", async () => (await record(made.id)).deleted_at === null);
    },
  );
}

await run(async () => {
  await begin();
  await withMail();
  await inPlace();
  await deals();
  await many();
  await leads();
  await sharing();
});
