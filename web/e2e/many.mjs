#!/usr/bin/env node
/**
 * What a person waits for where there are many records, on a real server: a board, or a table. The last line is one
 * JSON object: `open` and `again` (ms), `seconds` until all rows of a table were loaded, `median` and `p95` between
 * frames (ms), how many `rows` there were and how many were `drawn` at a time.
 *
 *   node e2e/many.mjs BASE_URL (--board N | --table N)
 */
import { parseArgs } from "node:util";
import { DESKTOP, launch } from "./lib/browser.mjs";
import { signIn } from "./lib/session.mjs";

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: { board: { type: "string" }, table: { type: "string" } },
});
const base = positionals[0];
if (base === undefined || (args.board === undefined) === (args.table === undefined)) {
  console.error("usage: many.mjs BASE_URL (--board N | --table N)");
  process.exit(2);
}
const browser = await launch();
const page = await (await browser.newContext({ viewport: DESKTOP })).newPage();
await signIn(page, base);

const middle = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Milliseconds until something is drawn: it is there, and a frame has passed. */
async function waited(go, drawn) {
  const start = performance.now();
  await go();
  await drawn();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
  return performance.now() - start;
}

/** Scrolls an element from its end to its beginning and tells what passed between frames. */
const scrolled = (locator, seen) =>
  locator.evaluate(async (element, selector) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const gaps = [];
    let drawn = 0;
    let before = performance.now();
    for (let step = 30; step < 500; step += 1) {
      element.scrollTop = element.scrollHeight * (1 - step / 500);
      await frame();
      gaps.push(performance.now() - before);
      before = performance.now();
      drawn = Math.max(drawn, element.querySelectorAll(selector).length);
    }
    gaps.sort((a, b) => a - b);
    const at = (share) => gaps[Math.floor((gaps.length - 1) * share)];
    return { median: at(0.5), p95: at(0.95), drawn };
  }, seen);

async function board(boxes) {
  // Columns in view have cards before the board is called drawn.
  const drawn = () =>
    page.waitForFunction(() => {
      const columns = [...document.querySelectorAll("[data-stage]")].slice(0, 3);
      return columns.length > 0 && columns.every((column) => column.querySelector("[data-card]") !== null);
    });
  const open = [];
  const again = [];
  for (let round = 0; round < 5; round += 1) {
    open.push(await waited(() => page.goto(new URL("/deals", base).href), drawn));
    await page.locator('nav a[href="/contacts"]').first().click();
    await page.waitForURL("**/contacts**");
    again.push(await waited(() => page.locator('nav a[href^="/deals"]').first().click(), drawn));
  }
  const scroller = page.locator("[data-stage] ul").first().locator("xpath=..");
  return {
    rows: boxes,
    open: middle(open),
    again: middle(again),
    ...(await scrolled(scroller, "[data-card]")),
  };
}

async function table(wanted) {
  const first = () => page.locator("[data-record]").first().waitFor();
  const open = [];
  for (let round = 0; round < 5; round += 1)
    open.push(await waited(() => page.goto(new URL("/contacts", base).href), first));
  const viewport = page.getByTestId("table-viewport");
  const loaded = await viewport.evaluate(async (element, rows) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const start = performance.now();
    let moved = start;
    let last = 0;
    while (element.scrollHeight / 40 < rows && performance.now() - moved < 20_000) {
      element.scrollTop = element.scrollHeight;
      await frame();
      if (element.scrollHeight !== last) moved = performance.now();
      last = element.scrollHeight;
    }
    return { rows: Math.floor(element.scrollHeight / 40), seconds: (performance.now() - start) / 1000 };
  }, wanted);
  if (loaded.rows < wanted) throw new Error(`${loaded.rows} of ${wanted} rows were loaded`);
  return { open: middle(open), ...loaded, ...(await scrolled(viewport, "[data-record]")) };
}

const result = args.board === undefined ? await table(Number(args.table)) : await board(Number(args.board));
await browser.close();
if (result.drawn > 200) throw new Error(`${result.drawn} are drawn at a time`);
console.log(JSON.stringify(result));
