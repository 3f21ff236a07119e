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

const result = await page.evaluate(async (rows) => {
  const viewport = document.querySelector("[data-testid=thread-viewport]");
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const loaded = () => Number(viewport.querySelector("li:last-child")?.getAttribute("aria-posinset") ?? 0);
  const start = performance.now();
  // First all pages, as fast as they come.
  let last = -1;
  let still = 0;
  while (loaded() < rows && still < 600) {
    viewport.scrollTop = viewport.scrollHeight;
    await frame();
    still = viewport.scrollHeight === last ? still + 1 : 0;
    last = viewport.scrollHeight;
  }
  const loadSeconds = (performance.now() - start) / 1000;
  // Then a person's scrolling from the end to the start, a screen and a half per frame.
  const gaps = [];
  let nodes = 0;
  let before = performance.now();
  for (let step = 0; step < 600; step += 1) {
    viewport.scrollTop = viewport.scrollHeight * (1 - step / 600);
    await frame();
    const now = performance.now();
    gaps.push(now - before);
    before = now;
    nodes = Math.max(nodes, viewport.querySelectorAll("[data-thread]").length);
  }
  gaps.sort((a, b) => a - b);
  return {
    rows: Math.round(viewport.scrollHeight / 68),
    loadSeconds,
    median: gaps[300],
    p95: gaps[570],
    worst: gaps.at(-1),
    nodes,
    megabytes: (performance.memory?.usedJSHeapSize ?? 0) / 1e6,
  };
}, wanted);

console.log(
  `${result.rows} rows in ${result.loadSeconds.toFixed(1)} s; frames: median ${result.median.toFixed(1)} ms, p95 ${result.p95.toFixed(1)} ms, worst ${result.worst.toFixed(1)} ms; ${result.nodes} rows drawn at most; heap ${result.megabytes.toFixed(0)} MB`,
);
checks.ok(`all ${wanted} rows were loaded`, result.rows >= wanted, String(result.rows));
checks.ok("few rows are drawn at a time", result.nodes < 80, String(result.nodes));
checks.ok("95 of 100 frames come within 34 ms", result.p95 <= 34, `${result.p95.toFixed(1)} ms`);
await browser.close();
checks.finish();
