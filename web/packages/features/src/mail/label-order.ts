import type { Label } from "@tenon/api-client";

export type Role = NonNullable<Label["role"]>;
/** In the address: every thread whatever its labels. */
export const ALL_MAIL = "all";

const MAIN: Role[] = ["inbox", "starred", "important", "sent", "drafts"];
const AFTER_ALL: Role[] = ["spam", "trash"];

export type LabelGroups = {
  main: Label[];
  after: Label[];
  categories: Label[];
  own: Array<Label & { depth: number; leaf: string }>;
};

/** The order people know, with their own labels as a tree (`Clients/Acme` lies in `Clients`). */
export function groupLabels(labels: Label[]): LabelGroups {
  const withRole = (roles: Role[]) =>
    roles.flatMap((role) => labels.filter((label) => label.type === "system" && label.role === role));
  const own = labels
    .filter((label) => label.type === "user")
    .sort((a, b) => a.name.localeCompare(b.name, undefined, { sensitivity: "base", numeric: true }));
  const names = new Set(own.map((label) => label.name));
  return {
    main: withRole(MAIN),
    after: withRole(AFTER_ALL),
    categories: labels.filter((label) => label.role === "category" && label.threads > 0),
    own: own.map((label) => ({ ...label, ...place(label.name, names) })),
  };
}

/** Depth counts only parents that exist as labels; what has none keeps its whole name. */
function place(name: string, names: Set<string>): { depth: number; leaf: string } {
  let depth = 0;
  let leaf = name;
  for (let at = name.indexOf("/"); at > 0; at = name.indexOf("/", at + 1)) {
    if (names.has(name.slice(0, at))) {
      depth += 1;
      leaf = name.slice(at + 1);
    }
  }
  return { depth, leaf };
}

export function findRole(labels: Label[] | undefined, role: Role): Label | undefined {
  return labels?.find((label) => label.role === role);
}

/** Labels worth a chip beside a subject: the person's own ones. */
export function chipLabels(labels: Label[] | undefined, ids: string[], current: string | undefined): Label[] {
  if (labels === undefined) return [];
  const wanted = new Set(ids);
  return labels.filter((label) => label.type === "user" && wanted.has(label.id) && label.id !== current);
}
