/** What the browser scripts share: Chromium, a count of checks, the ledger of hosts, axe. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

export function launch() {
  return chromium.launch({
    executablePath: process.env.TENON_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
}

/** Counts what passed and failed, and says each; a failed check does not end the run. */
export class Checks {
  passed = 0;
  failed = 0;

  ok(what, holds, detail = "") {
    if (holds) {
      this.passed += 1;
      console.log(`ok   ${what}`);
    } else {
      this.failed += 1;
      console.log(`FAIL ${what}${detail === "" ? "" : `: ${detail}`}`);
    }
    return holds;
  }

  /** Runs a step; one that throws has failed, and ends the run when later steps need it. */
  async step(what, run, { needed = true } = {}) {
    try {
      const result = await run();
      this.ok(what, true);
      return result;
    } catch (error) {
      this.ok(
        what,
        false,
        String(error?.message ?? error)
          .split("\n")
          .slice(0, 12)
          .join("\n     "),
      );
      if (needed) throw new StopRun(what);
      return undefined;
    }
  }

  finish() {
    console.log(`\n${this.passed} passed, ${this.failed} failed`);
    process.exitCode = this.failed > 0 ? 1 : 0;
  }
}

export class StopRun extends Error {}

/** Every host that any page asked for. Data and blob addresses go nowhere. */
export function ledger(context) {
  const origins = new Map();
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (["data:", "blob:", "about:"].includes(url.protocol)) return;
    origins.set(url.origin, (origins.get(url.origin) ?? 0) + 1);
  });
  return {
    origins,
    foreign: (allowed) => [...origins.keys()].filter((origin) => !allowed.has(origin)),
  };
}

/** axe over the page as it is. Messages' own frames are left out: their markup is their senders'. */
export async function axe(page, checks, screen) {
  // By the debugger, not by a script element: the page's policy would refuse that.
  // What is fading in or out has a contrast of the moment only.
  await page.evaluate(() => {
    const ends = document
      .getAnimations()
      .filter((a) => Number.isFinite(a.effect?.getComputedTiming().endTime));
    const all = Promise.all(ends.map((a) => a.finished.catch(() => {})));
    return Promise.race([all.then(() => {}), new Promise((done) => setTimeout(done, 2000))]);
  });
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const result = await globalThis.axe.run(
      { exclude: [["iframe"]] },
      { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], iframes: false },
    );
    return result.violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .slice(0, 3)
          .map((node) => `${node.target.join(" ")} (${node.any[0]?.message ?? node.all[0]?.message ?? ""})`)
          .join(" | ")}`,
    );
  });
  checks.ok(`axe: ${screen}`, violations.length === 0, violations.join("\n     "));
}
