#!/usr/bin/env node
/**
 * Reports on a real server: each picture has the figures that its table has and that the server answers, a figure leads
 * to its records and one of them opens, keys go along the bars, the file that is saved holds what is drawn, and the
 * address tells nobody's name.
 *
 *   node e2e/reports.mjs BASE_URL [--locale fr] [--phone] [--dark] [--shots DIR]
 *
 * Against `tenon demo` (with TENON_E2E_EMAIL / TENON_E2E_PASSWORD); it adds two deals and a call.
 */
import { readFileSync } from "node:fs";
import { apiOf, connectMailbox, signIn } from "./lib/session.mjs";
import { openWalk, readArguments, textsOf, until } from "./lib/walk.mjs";

const { args, base } = readArguments("reports.mjs");
const { t, like } = textsOf(args.locale);
const { checks, allowed, page, screen, run } = await openWalk(args, base, { hasTouch: args.phone });

const api = apiOf(page);
const equal = (what, found, wanted) => {
  if (JSON.stringify(found) !== JSON.stringify(wanted))
    throw new Error(`${what}: ${JSON.stringify(found)} is not ${JSON.stringify(wanted)}`);
};
/** A number as it is written, without what groups its digits. */
const digits = (text) => Number((text ?? "").replace(/[^\d-]/g, ""));
const REASON = "The walrus was cheaper";
const CALL = "About the walrus report";
let me;
let pipeline;
/** What the page itself asked last, and was answered. */
const answers = new Map();
page.on("response", async (response) => {
  const report = /\/api\/v1\/reports\/(\w+)$/.exec(new URL(response.url()).pathname)?.[1];
  const asked = response.request();
  if (report === undefined || asked.headers().accept === "text/csv" || !response.ok()) return;
  answers.set(report, { body: asked.postDataJSON(), data: await response.json().catch(() => undefined) });
});

/** Opens a report and waits for its picture. */
async function open(report, more = {}) {
  answers.delete(report);
  const query = new URLSearchParams({
    ...(pipeline === undefined ? {} : { pipeline: pipeline.id }),
    ...more,
  });
  await page.goto(new URL(`/reports/${report}?${query}`, base).href);
  await page.locator(`[data-report=${report}]`).waitFor();
  await until(`an answer for ${report}`, async () => answers.get(report)?.data !== undefined);
  return answers.get(report).data;
}
const table = async (on) => {
  const button = page.getByRole("button", { name: t("reports.as_table"), exact: true });
  if (((await button.getAttribute("aria-pressed")) === "true") !== on) await button.click();
  await page.waitForFunction((wanted) => (document.querySelector("main table") !== null) === wanted, on);
};
/** Cells of a table, row by row. */
const cells = (name) =>
  page
    .getByRole("table", { name })
    .first()
    .locator("tbody tr")
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent.trim())));
const rows = () => page.getByTestId("report-rows");
const closeRows = () =>
  rows()
    .getByRole("button", { name: t("reports.rows.close") })
    .click();

async function begin() {
  await checks.step("is signed in, with a mailbox", async () => {
    await signIn(page, base);
    const provider = await connectMailbox(page, base, "mail");
    if (provider !== undefined) allowed.add(provider);
    await api("PATCH", "/me", { locale: args.locale });
    me = (await api("GET", "/session")).member;
  });
  await checks.step("there is a won deal, a lost one, and a call", async () => {
    const deals = (await api("GET", "/pipelines")).items.filter(
      ({ kind, archived }) => kind === "deals" && !archived,
    );
    const counted = await Promise.all(
      deals.map(
        async (one) => (await api("POST", "/records/count", { kind: "deal", pipeline: one.id })).count,
      ),
    );
    pipeline = deals[counted.indexOf(Math.max(...counted))];
    const today = new Date().toISOString().slice(0, 10);
    for (const outcome of ["won", "lost"]) {
      const made = await api("POST", "/records", {
        kind: "deal",
        values: {
          name: `Reported ${outcome}`,
          pipeline: pipeline.id,
          stage: pipeline.stages[0].id,
          amount: { amount: "1250", currency: "EUR" },
          close_date: today,
          owner: me.id,
        },
      });
      const stage = pipeline.stages.find((one) => one.outcome === outcome);
      await api("POST", `/records/${made.id}/move`, {
        stage: stage.id,
        before: null,
        ...(outcome === "lost" ? { values: { lost_reason: REASON } } : {}),
      });
    }
    const start = new Date(Date.now() - 3_600_000).toISOString();
    await api("POST", "/records", {
      kind: "activity",
      values: { type: "call", name: CALL, start, end: start, owner: me.id },
    });
  });
}

async function funnel() {
  let data;
  await checks.step("the funnel draws what the server answers", async () => {
    data = await open("funnel");
    if (data.created < 2 || data.won < 1 || data.lost < 1) throw new Error(JSON.stringify(data));
    const drawn = await page
      .locator("[data-reached]")
      .evaluateAll((marks) => marks.map((mark) => mark.firstChild.textContent));
    equal(
      "bars",
      drawn.map(digits),
      data.stages.map(({ reached }) => reached),
    );
    for (const outcome of ["created", "won", "lost", "open"]) {
      const figure = await page.locator(`[data-figure=${outcome}] span`).nth(1).textContent();
      equal(outcome, digits(figure), data[outcome]);
    }
    await screen("the funnel");
  });
  await checks.step("its table has the same figures", async () => {
    await table(true);
    const told = await cells(t("reports.funnel.title"));
    equal(
      "names",
      told.map(([name]) => name),
      data.stages.map(({ name }) => name),
    );
    equal(
      "figures",
      told.map(([, reached]) => digits(reached)),
      data.stages.map(({ reached }) => reached),
    );
    await screen("the funnel as a table");
    await table(false);
  });
  await checks.step(
    "keys go along the bars, and Enter lists the records of one; one of them opens",
    async () => {
      const bars = page.getByRole("group", { name: t("reports.funnel.title") }).locator("[data-mark]");
      await bars.first().focus();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowUp");
      equal("the focus", await bars.first().evaluate((mark) => mark === document.activeElement), true);
      await page.keyboard.press("Enter");
      await rows().locator("[data-record]").first().waitFor();
      const wanted = data.stages[0].reached;
      const more = rows().getByRole("button", { name: t("reports.rows.more") });
      await until("all of them are listed", async () => {
        if ((await rows().locator("[data-record]").count()) === wanted) return true;
        if (await more.isVisible()) await more.click();
        return false;
      });
      await screen("records of a stage");
      await rows().locator("[data-record]").first().click();
      await page.getByTestId("record-panel").locator("h2, h1").first().waitFor();
      await screen("a record from a picture");
      await page.goBack();
      await rows().waitFor();
      await page.keyboard.press("Escape");
      await rows().waitFor({ state: "detached" });
      await until("the bar has the focus again", () =>
        bars.first().evaluate((mark) => mark === document.activeElement),
      );
    },
  );
  await checks.step("why a deal was lost leads to it, and stands in no address", async () => {
    const reasons = page.getByRole("group", { name: t("reports.funnel.reasons") });
    await reasons.getByRole("button", { name: new RegExp(`^${REASON}`) }).click();
    await rows().locator("[data-record]").filter({ hasText: "Reported lost" }).first().waitFor();
    const address = decodeURIComponent(page.url());
    if (/walrus|reported|camille/i.test(address)) throw new Error(address);
    await closeRows();
  });
}

async function value() {
  let data;
  await checks.step("value over time draws each currency by itself, as the server answers", async () => {
    data = await open("value");
    const last = data.buckets.at(-1);
    const won = digits(last.won.amounts.find(({ currency }) => currency === "EUR")?.amount.split(".")[0]);
    if (!(won >= 1250)) throw new Error(JSON.stringify(last));
    const euro = page.locator("[data-currency=EUR]");
    const marks = euro.getByRole("group", { name: like("reports.value.ended_title") }).locator("[data-mark]");
    equal("columns", await marks.count(), 2 * data.buckets.length);
    await screen("value over time");
  });
  await checks.step("its table has the same figures, by number too", async () => {
    await open("value", { of: "count", as: "table" });
    const told = await cells(like("reports.value.table"));
    const parts = ["open", "won", "lost"];
    equal(
      "figures",
      told.map(([, ...figures]) => figures.map(digits)),
      data.buckets.map((bucket) => parts.map((part) => bucket[part].count)),
    );
    await screen("value as a table");
  });
  await checks.step("what was won this month is listed", async () => {
    await open("value", { of: "count" });
    const last = data.buckets.length - 1;
    const group = page.getByRole("group", { name: like("reports.value.ended_title") });
    await group.locator(`[data-mark="${last}:0"]`).click();
    await rows().locator("[data-record]").filter({ hasText: "Reported won" }).first().waitFor();
    equal(
      "records",
      await rows().locator("[data-record]").count(),
      Math.min(50, data.buckets[last].won.count),
    );
    await closeRows();
  });
  await checks.step("weeks are drawn too, and moved sideways without the page growing", async () => {
    const weeks = await open("value", { by: "week" });
    if (weeks.buckets.length < 50) throw new Error(`${weeks.buckets.length} weeks`);
    await screen("value by week");
  });
}

async function activity() {
  await checks.step("activity counts the call of the person who is signed in, and lists it", async () => {
    const data = await open("activity", { period: "month" });
    const mine = data.members.find(({ member }) => member.id === me.id);
    if (!(mine?.calls >= 1)) throw new Error(JSON.stringify(mine));
    equal("people", await page.locator("[data-member]").count(), data.members.length);
    await screen("activity");
    await page.locator(`[data-member="${me.id}"] [data-mark^="0:"]`).click();
    await rows().locator("[data-record]").filter({ hasText: CALL }).first().waitFor();
    await closeRows();
    await table(true);
    const told = await cells(t("reports.activity.title"));
    const all = (index) => told.reduce((sum, row) => sum + digits(row[index]), 0);
    equal(
      "calls",
      all(1),
      data.members.reduce((sum, { calls }) => sum + calls, 0),
    );
    equal(
      "won",
      all(5),
      data.members.reduce((sum, { boxes_won }) => sum + boxes_won, 0),
    );
    await screen("activity as a table");
  });
}

async function responses() {
  await checks.step(
    "response times are those of the mailbox, or it is said that nothing waited",
    async () => {
      const data = await open("responses");
      if (data.whole.received === 0) await page.getByText(t("reports.nothing.responses")).waitFor();
      else {
        const answered = await page.locator("[data-figure=answered] span").nth(1).textContent();
        equal("answered", digits(answered), data.whole.answered);
        const summed = data.buckets.reduce((sum, { received }) => sum + received, 0);
        equal("received", summed, data.whole.received);
      }
      await screen("response times");
    },
  );
}

async function file() {
  await checks.step("what is drawn is saved as CSV", async () => {
    const data = await open("funnel");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: t("reports.csv"), exact: true }).click(),
    ]);
    const text = readFileSync(await download.path(), "utf8");
    for (const { name, reached } of data.stages)
      if (!text.split(/\r?\n/).some((line) => line.includes(name) && line.includes(String(reached))))
        throw new Error(`${name} ${reached} is not in ${text.slice(0, 400)}`);
    if (!download.suggestedFilename().endsWith(".csv")) throw new Error(download.suggestedFilename());
  });
}

async function ways() {
  await checks.step(
    "the rail, or its menu on a phone, leads there; days without anything say so",
    async () => {
      await page.goto(new URL("/settings", base).href);
      await page.locator("h1").first().waitFor();
      if (args.phone) {
        await page.getByRole("button", { name: t("nav.more") }).click();
        await page.getByRole("menuitem", { name: t("nav.reports") }).click();
      } else {
        await page.locator("h1").first().focus();
        await page.keyboard.press("g");
        await page.keyboard.press("n");
      }
      await page.waitForURL("**/reports");
      await page.locator("[data-report=funnel]").waitFor();
      await page.getByRole("combobox", { name: t("reports.period") }).selectOption("days");
      await page.getByLabel(t("reports.from")).fill("2001-02-03");
      await page.getByLabel(t("reports.to")).fill("2001-02-04");
      await page.getByText(t("reports.nothing.funnel")).waitFor();
      await screen("days without anything");
    },
  );
}

await run(async () => {
  await begin();
  await funnel();
  await value();
  await activity();
  await responses();
  await file();
  await ways();
});
