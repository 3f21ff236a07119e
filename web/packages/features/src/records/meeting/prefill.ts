import type { RecordRef, Values } from "../core/types";

export type Met = { name: string; address: string; company: RecordRef | null };

/** What is known of somebody from their mail, as the beginning of a contact. */
export function contactOf({ name, address, company }: Met): Values {
  const [first, last] = split(name.trim().replace(/^["'“]|["'”]$/g, ""));
  return {
    ...(first === "" ? {} : { first_name: first }),
    ...(last === "" ? {} : { last_name: last }),
    emails: [{ address, label: null }],
    ...(company === null ? {} : { company: company.id }),
  };
}

/** `Ana Ferreira`, or `Ferreira, Ana` as address books write it. An address is no name. */
function split(name: string): [string, string] {
  if (name.includes("@")) return ["", ""];
  const [last = "", first, ...others] = name.split(",").map((part) => part.trim());
  if (first !== undefined && first !== "" && others.length === 0) return [first, last];
  const [given = "", ...rest] = name.split(/\s+/);
  return [given, rest.join(" ")];
}
