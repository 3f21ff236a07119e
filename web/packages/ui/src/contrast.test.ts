import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const css = readFileSync(path.join(import.meta.dirname, "styles.css"), "utf8");

function tokens(scheme: "light" | "dark"): Map<string, string> {
  const start = css.indexOf(`[data-mantine-color-scheme="${scheme}"] {`);
  const block = css.slice(start, css.indexOf("}", start));
  return new Map(
    [...block.matchAll(/(--tn-[\w-]+):\s*(#[0-9a-f]{6});/g)].map((match) => [match[1] ?? "", match[2] ?? ""]),
  );
}

function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ["--tn-canvas", "--tn-surface", "--tn-sunken", "--tn-hover", "--tn-selected"];
const TEXTS = [
  "--tn-text",
  "--tn-text-2",
  "--tn-text-3",
  "--tn-accent",
  "--tn-danger",
  "--tn-warn",
  "--tn-ok",
  "--tn-chart-1",
  "--tn-chart-2",
  "--tn-chart-3",
  "--tn-chart-4",
];
const PAIRS = [
  ["--tn-accent", "--tn-accent-soft"],
  ["--tn-danger", "--tn-danger-soft"],
  ["--tn-warn", "--tn-warn-soft"],
  ["--tn-ok", "--tn-ok-soft"],
  ["--tn-text", "--tn-danger-soft"],
  ["--tn-text", "--tn-warn-soft"],
] as const;

describe.each(["light", "dark"] as const)("%s theme", (scheme) => {
  const values = tokens(scheme);
  const value = (name: string) => values.get(name) ?? "#000000";

  it("has every token", () => {
    for (const name of [...GROUNDS, ...TEXTS]) expect(values.has(name), name).toBe(true);
  });
  it.each(TEXTS)("%s reads with 4.5:1 on every ground", (text) => {
    for (const ground of GROUNDS)
      expect(contrast(value(text), value(ground)), ground).toBeGreaterThanOrEqual(4.5);
  });
  it.each(PAIRS)("%s reads on %s", (text, ground) => {
    expect(contrast(value(text), value(ground))).toBeGreaterThanOrEqual(4.5);
  });
});

it("white reads on the filled buttons", () => {
  for (const fill of ["#146a5a", "#b42f23"]) expect(contrast("#ffffff", fill)).toBeGreaterThanOrEqual(4.5);
});
