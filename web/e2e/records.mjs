#!/usr/bin/env node
/**
 * Lists and boards of records in Chromium over the mock server: columns drawn and dragged, cards dragged, conditions,
 * many at once, axe on each screen; with --rows a table of that many is scrolled and its frames are measured.
 *
 *   node e2e/records.mjs BASE_URL [--phone] [--dark] [--locale fr] [--rows 100000]
 */
import { parseArgs } from "node:util";
import { axe, Checks, DESKTOP, launch, ledger, PHONE } from "./lib/browser.mjs";

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    phone: { type: "boolean", default: false },
    dark: { type: "boolean", default: false },
    locale: { type: "string", default: "en" },
    rows: { type: "string" },
  },
});
const base = positionals[0];
if (base === undefined) {
  console.error("usage: records.mjs BASE_URL [--phone] [--dark] [--locale fr] [--rows N]");
  process.exit(2);
}
const checks = new Checks();
const browser = await launch();
const context = await browser.newContext({
  viewport: args.phone ? PHONE : DESKTOP,
  colorScheme: args.dark ? "dark" : "light",
  hasTouch: args.phone,
  isMobile: args.phone,
});
const hosts = ledger(context);
const page = await context.newPage();
const errors = [];
page.on("pageerror", (error) => errors.push(error.message));
await fetch(new URL(`/__mock/load?scenario=connected&locale=${args.locale}`, base), { method: "POST" });

const open = async (path) => {
  await page.goto(new URL(path, base).href);
  await page.locator("[data-record]").first().waitFor();
  await page.waitForTimeout(400);
};
const cards = (stage) => page.locator(`[data-stage="${stage}"] [data-card]`).allTextContents();
const middle = async (locator) => {
  const box = await locator.boundingBox();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};
/** The mouse takes it there in steps, as a hand does. */
const drag = async (from, to, dy = 0) => {
  const start = await middle(from);
  const end = await middle(to);
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move(start.x + 8, start.y + 8, { steps: 3 });
  await page.mouse.move(end.x, end.y + dy, { steps: 12 });
  await page.waitForTimeout(150);
  await page.mouse.up();
  await page.waitForTimeout(400);
};

async function table() {
  await open("/contacts");
  await axe(page, checks, "contacts");
  await page.locator("[data-pick]").nth(1).click({ force: true });
  await page.waitForTimeout(300);
  await axe(page, checks, "contacts, one chosen");
  await page.keyboard.press("Escape");
  await page.locator("[data-filter-button]").click();
  await page.locator("section fieldset button").first().click();
  await page.waitForTimeout(300);
  await axe(page, checks, "conditions");
  await open("/contacts");
  await page.locator("[data-record]").nth(2).click();
  await page.getByTestId("record-panel").waitFor();
  await page.waitForTimeout(600);
  await axe(page, checks, "a record beside its list");
}

async function columns() {
  await open("/companies");
  const names = () => page.locator("[role=columnheader] button[aria-haspopup=menu]").allTextContents();
  const before = await names();
  const heads = page.locator("[role=columnheader] button[aria-haspopup=menu]");
  await drag(heads.nth(3), heads.nth(1));
  const after = await names();
  checks.ok("a column dragged to another place stays there", after[1] === before[3], after.join(", "));
  const tracks = () => page.locator("[role=grid]").evaluate((grid) => grid.style.getPropertyValue("--cols"));
  const narrow = await tracks();
  const edge = await middle(page.locator("[data-resizer]").first());
  await page.mouse.move(edge.x, edge.y);
  await page.mouse.down();
  await page.mouse.move(edge.x + 60, edge.y, { steps: 6 });
  await page.mouse.up();
  checks.ok("a column is drawn wider", (await tracks()) !== narrow);
}

async function board() {
  await open("/deals");
  await axe(page, checks, "board");
  const [first, ...others] = await cards("stg_sales1");
  if (args.phone) {
    const snapped = await page.getByTestId("board").evaluate((el) => getComputedStyle(el).scrollSnapType);
    checks.ok("columns snap", snapped.startsWith("x"), snapped);
  } else {
    const from = page.locator('[data-stage="stg_sales1"] [data-card]');
    await drag(from.first(), page.locator('[data-stage="stg_sales2"] [data-card]').nth(1), -20);
    const there = await cards("stg_sales2");
    checks.ok("a card dropped above another one stands before it", there[1] === first, there.join(" | "));
    checks.ok("and has left its stage", !(await cards("stg_sales1")).includes(first));
    await page.waitForTimeout(300);
    await drag(from.nth(0), from.nth(2), 45);
    const order = await cards("stg_sales1");
    checks.ok("cards change places within a stage", order[2] === others[0], order.join(" | "));
  }
  await page.locator("[data-card]").first().focus();
  await page.keyboard.press("m");
  await page.getByRole("menu").waitFor();
  await page.waitForTimeout(300);
  await axe(page, checks, "Move to");
  await page.getByRole("menuitem").nth(5).click();
  await page.getByRole("dialog").waitFor();
  await page.waitForTimeout(300);
  await axe(page, checks, "why it was lost");
  await page.keyboard.press("Escape");
  const smallest = await page.evaluate(() => {
    const all = [...document.querySelectorAll("main button, main a")].filter(
      (el) => el.offsetParent !== null,
    );
    const sizes = all.map((el) => {
      const { width, height } = el.getBoundingClientRect();
      return { size: Math.min(width, height), name: el.getAttribute("aria-label") ?? el.textContent };
    });
    return sizes.filter(({ size, name }) => size > 1 && size < 18 && name !== "").slice(0, 4);
  });
  checks.ok("nothing to hit is tiny", smallest.length === 0, JSON.stringify(smallest));
}

async function tasks() {
  await open("/tasks?whose=all");
  await axe(page, checks, "tasks");
}

async function long(rows) {
  await open("/contacts");
  const viewport = page.getByTestId("table-viewport");
  const result = await viewport.evaluate(async (element, wanted) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const start = performance.now();
    let still = 0;
    let last = 0;
    while (element.scrollHeight / 40 < wanted && still < 600) {
      element.scrollTop = element.scrollHeight;
      await frame();
      still = element.scrollHeight === last ? still + 1 : 0;
      last = element.scrollHeight;
    }
    const seconds = (performance.now() - start) / 1000;
    const gaps = [];
    let drawn = 0;
    let before = performance.now();
    for (let step = 30; step < 500; step += 1) {
      element.scrollTop = element.scrollHeight * (1 - step / 500);
      await frame();
      gaps.push(performance.now() - before);
      before = performance.now();
      drawn = Math.max(drawn, element.querySelectorAll("[data-record]").length);
    }
    gaps.sort((a, b) => a - b);
    const at = (share) => gaps[Math.floor((gaps.length - 1) * share)];
    return { rows: Math.floor(element.scrollHeight / 40), seconds, median: at(0.5), p95: at(0.95), drawn };
  }, rows);
  console.log(JSON.stringify(result));
  checks.ok(`all ${rows} rows were loaded`, result.rows >= rows, String(result.rows));
  checks.ok("few rows are drawn at a time", result.drawn < 60, String(result.drawn));
  checks.ok("a frame takes at most 20 ms", result.median <= 20, `${result.median.toFixed(1)} ms`);
}

if (args.rows !== undefined) await long(Number(args.rows));
else {
  await table();
  if (!args.phone) await columns();
  await board();
  await tasks();
}
checks.ok("no error on any page", errors.length === 0, errors.join("; "));
const foreign = hosts.foreign(new Set([new URL(base).origin]));
checks.ok("no other host is asked for anything", foreign.length === 0, foreign.join(", "));
await browser.close();
checks.finish();
