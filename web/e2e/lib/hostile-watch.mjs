/** What samples did in one way of showing them: who asked, who ran, who went where; and the rounds that show them. */
import { round } from "./hostile-frames.mjs";
import { MARK, sampleOf } from "./hostile-sink.mjs";

const PER_ROUND = 64;

/** Effects by sample. `0` is what no sample can be named for. */
export class Record {
  effects = new Map();
  blocked = new Map();
  seen = new Map();
  /** Rounds in which something lay over the page, or a frame was moved by what it shows. */
  covered = [];
  moved = [];

  add(n, what, detail = "") {
    const kinds = this.effects.get(n) ?? new Map();
    kinds.set(what, detail);
    this.effects.set(n, kinds);
  }

  /** Samples with one of these effects, or with any. */
  with(...kinds) {
    const wanted = (had) => kinds.length === 0 || kinds.some((kind) => had.has(kind));
    return [...this.effects].filter(([, had]) => wanted(had)).map(([n]) => n);
  }

  /** What was wanted is no effect. */
  forgive(what, pattern) {
    for (const [n, had] of this.effects) {
      if (pattern.test(had.get(what) ?? "")) had.delete(what);
      if (had.size === 0) this.effects.delete(n);
    }
  }

  /** How a few of them are told in a failing line. */
  tell(samples, ...kinds) {
    return this.with(...kinds)
      .slice(0, 8)
      .map((n) => {
        const sample = samples.find((one) => one.n === n);
        const what = [...this.effects.get(n)].map(([kind, detail]) => `${kind} ${detail}`).join(", ");
        if (sample === undefined) return `one of ten from ${-10 * (n + 1)}: ${what}`;
        return `${sample.id} (${sample.encoding}, ${sample.context}): ${sample.vector} -> ${what}`;
      })
      .join("\n     ");
  }
}

/** Watches a context: everything lands in the record of the moment. */
export function watch(context, listen, documentOf) {
  let record = new Record();
  listen((n, what, detail) => record.add(n, what, detail));
  context.on("console", (message) => {
    const mark = /^7\d{6}$/.exec(message.text());
    if (mark !== null) record.add(Number(mark[0]) - MARK, "script");
  });
  context.on("dialog", (dialog) => {
    record.add(0, "dialog", dialog.message());
    dialog.dismiss().catch(() => {});
  });
  const placed = (request) => {
    try {
      return documentOf(request.frame().url());
    } catch {
      return undefined;
    }
  };
  /** A sample's document asked the app itself for something. */
  const askedHome = (request) => {
    const url = request.url();
    if (!/^https?:/.test(url) || sampleOf(url) > 0 || documentOf(url) !== undefined) return;
    const n = placed(request);
    if (n !== undefined) record.add(n, "own origin", `${request.method()} ${new URL(url).pathname}`);
  };
  context.on("requestfinished", askedHome);
  context.on("requestfailed", (request) => {
    if (!/csp/i.test(request.failure()?.errorText ?? "")) return askedHome(request);
    record.blocked.set(sampleOf(request.url()) || placed(request) || 0, request.url());
    return undefined;
  });
  return {
    begin: () => {
      record = new Record();
      return record;
    },
    /** The page that holds the frames: nothing opens beside it and it stays where it is. */
    hold: (page, mine = () => false) => {
      context.on("page", (other) => {
        if (other === page || mine()) return;
        record.add(sampleOf(other.url()), "popup", other.url());
        other.close().catch(() => {});
      });
      page.on("download", (file) => {
        record.add(documentOf(file.url()) ?? sampleOf(file.url()), "download", file.url());
        file.cancel().catch(() => {});
      });
      page.on("framenavigated", (frame) => {
        const url = frame.url();
        if (frame === page.mainFrame() || /^(about:|chrome-error:)/.test(url)) return;
        if (frame.parentFrame() === page.mainFrame() && documentOf(url) === undefined)
          record.add(sampleOf(url), "navigation", url.slice(0, 120));
      });
    },
  };
}

/** A round; when a sample without walls has taken the whole page away, again without touching anything. */
async function once(page, what) {
  const { href } = new URL(page.url());
  try {
    return await page.evaluate(round, what);
  } catch (error) {
    if (!/context was destroyed|navigat/i.test(String(error))) throw error;
    await page.goto(href);
    return page.evaluate(round, { ...what, stir: false });
  }
}

/** Shows the items round by round; `attributesOf` gives a frame's attributes for a sample. */
export async function show(page, record, samples, attributesOf, { settle = 160, stir = true } = {}) {
  for (let from = 0; from < samples.length; from += PER_ROUND) {
    const items = samples
      .slice(from, from + PER_ROUND)
      .map((sample) => ({ n: sample.n, attributes: attributesOf(sample) }));
    const { seen, covered, moved } = await once(page, { items, settle, stir });
    for (const one of seen) record.seen.set(one.n, one);
    if (covered.length > 0) record.covered.push(`round ${from}: at ${covered.join(" ")}`);
    if (moved) record.moved.push(`round ${from}: a frame has moved`);
  }
  await page.waitForTimeout(500);
}
