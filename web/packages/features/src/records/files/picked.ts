/**
 * Choosing files at the provider leaves this page. What is noted before says, when the person is back, which of the
 * files are new; it holds ids only and lives as long as the tab.
 */
import type { RecordFile } from "./types";

const KEY = "tenon.files";
type Mark = { record: string; known: string[] };

const readable = (files: readonly RecordFile[]) => files.filter(({ state }) => state === "available");

export function markLeaving(record: string, files: readonly RecordFile[]): void {
  const mark: Mark = { record, known: readable(files).map(({ id }) => id) };
  sessionStorage.setItem(KEY, JSON.stringify(mark));
}

/** What was noted for this record, if the person comes from there. */
export function leftFrom(record: string): Mark | undefined {
  try {
    const mark = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Mark | null;
    return mark?.record === record && Array.isArray(mark.known) ? mark : undefined;
  } catch {
    return undefined;
  }
}

export const forgetLeaving = (): void => sessionStorage.removeItem(KEY);

/** Linked meanwhile, or readable now that were not before. */
export const newSince = (mark: Mark, files: readonly RecordFile[]): RecordFile[] =>
  readable(files).filter(({ id }) => !mark.known.includes(id));
