/** Where the reader goes when a row leaves the list: the one after it, else the one before. */
export function nextRow(
  before: readonly string[],
  gone: string,
  now: ReadonlySet<string>,
): string | undefined {
  const at = before.indexOf(gone);
  if (at < 0) return undefined;
  const after = before.slice(at + 1).find((id) => now.has(id));
  return after ?? before.slice(0, at).findLast((id) => now.has(id));
}
