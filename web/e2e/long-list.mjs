#!/usr/bin/env node
/**
 * Scrolls through a very long list of conversations and measures: frames, drawn rows, memory.
 * Needs the mock server with many: node e2e/mock-server.mjs --threads 100000
 *
 *   node e2e/long-list.mjs BASE_URL [--rows 100000]
 */
import { parseArgs } from "node:util";
import { Checks, DESKTOP, launch } from "./lib/browser.mjs";

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: { rows: { type: "string", default: "100000" } },
});
const base = positionals[0];
if (base === undefined) {
  console.error("usage: long-list.mjs BASE_URL [--rows N]");
  process.exit(2);
}
const wanted = Number(args.rows);
const checks = new Checks();
const browser = await launch();
const page = await (await browser.newContext({ viewport: DESKTOP })).newPage();
await fetch(new URL("/__mock/load?scenario=connected", base), { method: "POST" });
await page.goto(new URL("/connections", base).href);
const connection = await page.evaluate(
  async () => (await (await fetch("/api/v1/connections")).json()).items[0].id,
);
await page.goto(new URL(`/mail/${connection}/all`, base).href);
await page.locator("[data-thread]").first().waitFor();

/** Loads until `rows` are there, then scrolls over all of them, many screens per frame. */
const measure = (rows) =>
  page.evaluate(async (wantedRows) => {
    const viewport = document.querySelector("[data-testid=thread-viewport]");
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const rowCount = () => Math.floor(viewport.scrollHeight / 68);
    const start = performance.now();
    let last = -1;
    let still = 0;
    while (rowCount() < wantedRows && still < 600) {
      viewport.scrollTop = viewport.scrollHeight;
      await frame();
      still = viewport.scrollHeight === last ? still + 1 : 0;
      last = viewport.scrollHeight;
    }
    const seconds = (performance.now() - start) / 1000;
    const gaps = [];
    let drawn = 0;
    let before = performance.now();
    // Ends above the last screens, so that no further page is asked for.
    for (let step = 30; step < 600; step += 1) {
      viewport.scrollTop = viewport.scrollHeight * (1 - step / 600);
      await frame();
      const now = performance.now();
      gaps.push(now - before);
      before = now;
      drawn = Math.max(drawn, viewport.querySelectorAll("[data-thread]").length);
    }
    gaps.sort((a, b) => a - b);
    const at = (share) => gaps[Math.floor((gaps.length - 1) * share)];
    return {
      rows: rowCount(),
      seconds,
      median: at(0.5),
      p95: at(0.95),
      drawn,
      heap: (performance.memory?.usedJSHeapSize ?? 0) / 1e6,
    };
  }, rows);

const tell = (result) =>
  console.log(
    `${result.rows} rows loaded in ${result.seconds.toFixed(1)} s; frames: median ${result.median.toFixed(1)} ms, p95 ${result.p95.toFixed(1)} ms; ${result.drawn} rows drawn at most; heap ${result.heap.toFixed(0)} MB`,
  );
// The same scrolling over a short list on the same machine is what the long one is held against.
const short = await measure(1000);
tell(short);
const long = await measure(wanted);
tell(long);
checks.ok(`all ${wanted} rows were loaded`, long.rows >= wanted, String(long.rows));
checks.ok("few rows are drawn at a time", long.drawn < 60, String(long.drawn));
const ratio = long.median / short.median;
checks.ok("a frame costs at most 1.5 times that of a short list", ratio <= 1.5, `${ratio.toFixed(2)} times`);
await browser.close();
checks.finish();
