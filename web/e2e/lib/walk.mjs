/** What every walk through the app has: its arguments, the app's own texts, a page that is watched, an end. */
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { axe, Checks, DESKTOP, launch, ledger, PHONE, StopRun } from "./browser.mjs";

/** The address of the app, and how to walk; `more` are options that one script has for itself. */
export function readArguments(script, more = {}) {
  const { values: args, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      locale: { type: "string", default: "en" },
      shots: { type: "string" },
      phone: { type: "boolean", default: false },
      dark: { type: "boolean", default: false },
      ...more,
    },
  });
  const base = positionals[0];
  if (base === undefined) {
    console.error(`usage: ${script} BASE_URL [--locale fr] [--shots DIR] [--phone] [--dark]`);
    process.exit(2);
  }
  return { args, base };
}

/** The texts a walk presses and waits for are the app's own ones, in the language asked for. */
export function textsOf(locale) {
  const folder = path.resolve(import.meta.dirname, "../../packages/features/src/i18n/locales");
  const read = (name) => JSON.parse(readFileSync(path.join(folder, name), "utf8"));
  // Those of the start, and those that come with a lazy part.
  const parts = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const texts = {};
  // A part may add to a branch that the start has: both are one, as in the app.
  for (const part of ["", ...parts.map(({ name }) => `${name}/`)])
    for (const [branch, more] of Object.entries(read(`${part}${locale}.json`)))
      texts[branch] = { ...texts[branch], ...more };
  const t = (key, values = {}) => {
    const text = key.split(".").reduce((part, name) => part?.[name], texts);
    if (typeof text !== "string") throw new Error(`no text ${key} in ${locale}`);
    return text.replace(/\{\{(\w+)\}\}/g, (all, name) => values[name] ?? all);
  };
  /** A text with numbers or names in it, as a pattern. */
  const like = (key) =>
    new RegExp(
      t(key)
        .replace(/[.*+?^$()|[\]\\]/g, "\\$&")
        .replace(/\{\{\w+\}\}/g, ".+"),
    );
  return { t, like };
}

/** Keeps pictures of screens under numbered names, when a folder for them was named. */
export function pictures({ shots }) {
  if (shots !== undefined) mkdirSync(shots, { recursive: true });
  let count = 0;
  return async (page, name, options = {}) => {
    if (shots === undefined) return;
    count += 1;
    const file = `${String(count).padStart(2, "0")}-${name.replaceAll(" ", "-")}.png`;
    await page.screenshot({ path: path.join(shots, file), ...options });
  };
}

/** How a browser comes: its language, clock, colours and size. */
export const looks = (args) => ({
  viewport: args.phone ? PHONE : DESKTOP,
  locale: args.locale === "fr" ? "fr-FR" : "en-GB",
  timezoneId: "Europe/Paris",
  colorScheme: args.dark ? "dark" : "light",
});

/** Waits until it holds: what a server does takes its time, and that is the point of asking. */
export async function until(what, holds, timeout = 60_000) {
  const end = Date.now() + timeout;
  for (;;) {
    if (await holds()) return;
    if (Date.now() > end) throw new Error(`never became true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** One person's browser with one page, whose requests and complaints are kept. */
export async function openWalk(args, base, more = {}) {
  const checks = new Checks();
  const allowed = new Set([new URL(base).origin]);
  const browser = await launch();
  const context = await browser.newContext({ ...looks(args), ...more });
  const hosts = ledger(context);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    // Refused calls are part of a walk (the first question who is signed in); broken policy is not.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      complaints.push(message.text());
  });
  const keep = pictures(args);

  /** A screen is reached: it is whole, axe has no complaint, and it can be looked at. */
  async function screen(name) {
    await page.waitForFunction(() => document.querySelector("main [aria-busy=true]") === null, undefined, {
      timeout: 30_000,
    });
    // What fades in has not its colours yet.
    await page.evaluate(() => {
      const ends = document
        .getAnimations()
        .map(({ finished, effect }) =>
          effect?.getComputedTiming().iterations === Infinity ? undefined : finished.catch(() => undefined),
        );
      return Promise.race([Promise.all(ends), new Promise((resolve) => setTimeout(resolve, 2_000))]).then(
        () => {},
      );
    });
    await axe(page, checks, name);
    const wide = await page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll("main, main > div, main > div > div")]
        .filter((element) => element.scrollWidth > element.clientWidth + 1)
        .map((element) => `${element.tagName}.${element.className}`),
    );
    checks.ok(`nothing is wider than the screen: ${name}`, wide.length === 0, wide.join(" "));
    await keep(page, name);
  }

  /** Walks to the end or to the first step that cannot be done, and says how it was. */
  async function run(walk) {
    try {
      await walk();
    } catch (error) {
      if (!(error instanceof StopRun)) checks.ok("the walk went through", false, String(error));
      await keep(page, "stopped here");
    }
    const foreign = hosts.foreign(allowed);
    checks.ok("no request left for another host", foreign.length === 0, foreign.join(" "));
    checks.ok(
      "no script error and no broken page policy",
      complaints.length === 0,
      complaints.slice(0, 5).join("\n     "),
    );
    await browser.close();
    checks.finish();
  }

  return { checks, allowed, hosts, context, page, screen, run };
}
