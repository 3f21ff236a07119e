#!/usr/bin/env node
/**
 * Fails when the app grows: JavaScript at start (the entry and all it imports at once, with one locale)
 * and what each lazily loaded part adds, gzipped.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

const START_LIMIT_KB = 200;
const ROUTE_LIMIT_KB = 130;

const dist = path.resolve(import.meta.dirname, "../apps/web/dist");
const manifest = JSON.parse(readFileSync(path.join(dist, ".vite/manifest.json"), "utf8"));
const sizes = new Map();

function gzipSize(file) {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(path.join(dist, file)), { level: 9 }).length);
  return sizes.get(file);
}

/** The files a chunk needs before it runs. */
function closure(key, seen = new Set()) {
  const chunk = manifest[key];
  if (chunk === undefined || seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const imported of chunk.imports ?? []) closure(imported, seen);
  return seen;
}

const kilobytes = (files) =>
  [...files].filter((file) => file.endsWith(".js")).reduce((sum, file) => sum + gzipSize(file), 0) / 1000;
const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
if (entry === undefined) throw new Error("the build has no entry");

const atStart = closure(entry);
const locales = Object.keys(manifest).filter((key) => key.includes("/locales/"));
const start = kilobytes(atStart) + Math.max(0, ...locales.map((key) => kilobytes(closure(key))));
const rows = [["start", start, START_LIMIT_KB]];
for (const key of Object.keys(manifest)) {
  if (!manifest[key].isDynamicEntry || locales.includes(key)) continue;
  const own = new Set([...closure(key)].filter((file) => !atStart.has(file)));
  rows.push([path.basename(manifest[key].file), kilobytes(own), ROUTE_LIMIT_KB]);
}

let failed = 0;
for (const [name, size, limit] of rows) {
  const holds = size <= limit;
  if (!holds) failed += 1;
  console.log(
    `${holds ? "ok  " : "FAIL"} ${name.padEnd(34)} ${size.toFixed(1).padStart(7)} KB of ${limit} KB`,
  );
}
if (failed > 0) process.exit(1);
