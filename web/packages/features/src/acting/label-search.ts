import type { Label, Thread } from "@tenon/api-client";

/** Whether all, some or none of the chosen conversations bear a label. */
export type Borne = "all" | "some" | "none";

export function bornBy(threads: ReadonlyArray<Thread> | undefined, label: string): Borne {
  if (threads === undefined || threads.length === 0) return "none";
  const bearing = threads.filter((thread) => thread.label_ids.includes(label)).length;
  return bearing === 0 ? "none" : bearing === threads.length ? "all" : "some";
}

const plainText = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** The person's own labels whose name holds the words; those that begin with them first. */
export function findLabels(labels: ReadonlyArray<Label>, query: string): Label[] {
  const wanted = plainText(query.trim());
  const own = labels
    .filter((label) => label.type === "user")
    .sort((a, b) => a.name.localeCompare(b.name, undefined, { sensitivity: "base", numeric: true }));
  if (wanted === "") return own;
  const rank = (label: Label) => {
    const name = plainText(label.name);
    const leaf = name.split("/").at(-1) ?? name;
    return name.startsWith(wanted) || leaf.startsWith(wanted) ? 0 : name.includes(wanted) ? 1 : 2;
  };
  return own.filter((label) => rank(label) < 2).sort((a, b) => rank(a) - rank(b));
}
