import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { LOCALES, type Locale } from ".";

const sources = path.resolve(import.meta.dirname, "../../../..");

function flatten(texts: object, prefix = ""): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === "string") flat.set(prefix + key, value);
    else for (const [inner, text] of flatten(value as object, `${prefix}${key}.`)) flat.set(inner, text);
  }
  return flat;
}

const withoutPlural = (key: string) => key.replace(/_(zero|one|two|few|many|other)$/, "");
const variables = (text: string) =>
  new Set([...text.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map((match) => match[1]));

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory())
      return entry.name === "node_modules" || entry.name === "dist" ? [] : sourceFiles(full);
    return /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name) ? [full] : [];
  });
}

const folder = path.join(import.meta.dirname, "locales");
const parts = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());

/** The texts of the start, and those that come with a lazy part. */
const together = (locale: Locale) =>
  new Map(
    ["", ...parts.map(({ name }) => name)].flatMap((part) => [
      ...flatten(JSON.parse(readFileSync(path.join(folder, part, `${locale}.json`), "utf8")) as object),
    ]),
  );
const [english, french] = LOCALES.map(together) as [Map<string, string>, Map<string, string>];

describe("texts", () => {
  it("has the same keys in every locale", () => {
    const keys = (texts: Map<string, string>) => [...new Set([...texts.keys()].map(withoutPlural))].sort();
    expect(keys(french)).toEqual(keys(english));
  });

  it("has every plural form a language needs", () => {
    for (const [locale, texts] of [
      ["en", english],
      ["fr", french],
    ] as const) {
      const needed = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
      const plurals = new Set(
        [...texts.keys()].filter((key) => withoutPlural(key) !== key).map(withoutPlural),
      );
      for (const key of plurals)
        for (const form of needed) expect(texts.has(`${key}_${form}`), `${locale} ${key}_${form}`).toBe(true);
    }
  });

  it("uses the same variables in every locale", () => {
    for (const [key, text] of english) {
      const other = french.get(key);
      if (other !== undefined) expect(variables(other), key).toEqual(variables(text));
    }
  });

  it("leaves no text empty and no key untranslated by accident", () => {
    // Single words may well be the same in both; sentences are not.
    const words = (text: string) => text.replace(/\{\{\w+\}\}/g, "").match(/\p{L}{2,}/gu)?.length ?? 0;
    const same = [...english].filter(([key, text]) => french.get(key) === text && words(text) > 1);
    expect(same).toEqual([]);
    for (const [key, text] of [...english, ...french]) expect(text.trim(), key).not.toBe("");
  });

  it("uses every key, and only keys that exist", () => {
    const code = sourceFiles(path.join(sources, "packages")).concat(sourceFiles(path.join(sources, "apps")));
    const text = code.map((file) => readFileSync(file, "utf8")).join("\n");
    // `m` are the texts of a room of its own.
    const used = [...text.matchAll(/\b[tm]\(\s*(?:[\w.=!? "]+ \? )?(["`])([\w.${}= ?:"'!]+?)\1/g)].map(
      (match) => match[2] ?? "",
    );
    // A second alternative of a condition: t(a ? "x" : "y").
    used.push(...[...text.matchAll(/\b[tm]\([^()]*? : "([\w.]+)"/g)].map((match) => match[1] ?? ""));
    const exact = new Set(used.filter((key) => !key.includes("${")));
    const patterns = used
      .filter((key) => key.includes("${"))
      .map((key) => new RegExp(`^${key.replace(/\./g, "\\.").replace(/\$\{[^}]*\}/g, "[\\w]+")}$`));
    const keys = [...new Set([...english.keys()].map(withoutPlural))];
    const isUsed = (key: string) => exact.has(key) || patterns.some((pattern) => pattern.test(key));
    expect(keys.filter((key) => !isUsed(key))).toEqual([]);
    expect([...exact].filter((key) => key.includes(".") && !keys.includes(key))).toEqual([]);
  });
});
