/** Which conversations of a list are chosen. */
export type Selection =
  /** These; `anchor` is where a range begins. */
  | { kind: "some"; ids: ReadonlySet<string>; anchor: string | undefined }
  /** Everything that matches the list, loaded or not. */
  | { kind: "matching" };

export const NONE: Selection = { kind: "some", ids: new Set(), anchor: undefined };

export const isEmpty = (selection: Selection): boolean =>
  selection.kind === "some" && selection.ids.size === 0;

export const isSelected = (selection: Selection, id: string): boolean =>
  selection.kind === "matching" || selection.ids.has(id);

/** How many; of all that match only the list knows the number. */
export const countOf = (selection: Selection, matching: number): number =>
  selection.kind === "matching" ? matching : selection.ids.size;

/** All that is loaded, as ids: what can be taken one out of. */
const explicit = (selection: Selection, loaded: readonly string[]): Set<string> =>
  new Set(selection.kind === "matching" ? loaded : selection.ids);

export function toggle(selection: Selection, id: string, loaded: readonly string[]): Selection {
  const ids = explicit(selection, loaded);
  if (!ids.delete(id)) ids.add(id);
  return { kind: "some", ids, anchor: id };
}

/** From the last one touched to this one; all of them become what this one becomes. */
export function range(selection: Selection, id: string, loaded: readonly string[]): Selection {
  const anchor = selection.kind === "some" ? selection.anchor : undefined;
  const from = anchor === undefined ? -1 : loaded.indexOf(anchor);
  const to = loaded.indexOf(id);
  if (from < 0 || to < 0) return toggle(selection, id, loaded);
  const ids = explicit(selection, loaded);
  const choose = !ids.has(id);
  for (const between of loaded.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    if (choose) ids.add(between);
    else ids.delete(between);
  }
  return { kind: "some", ids, anchor: id };
}

export const allLoaded = (loaded: readonly string[]): Selection => ({
  kind: "some",
  ids: new Set(loaded),
  anchor: undefined,
});

/** What has left the list is no longer chosen. */
export function within(selection: Selection, loaded: readonly string[]): Selection {
  if (selection.kind === "matching" || selection.ids.size === 0) return selection;
  const there = new Set(loaded);
  const ids = [...selection.ids].filter((id) => there.has(id));
  return ids.length === selection.ids.size ? selection : { ...selection, ids: new Set(ids) };
}
