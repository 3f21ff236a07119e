/** The suppression list, answered by a `FakeServer`. */
import type { Suppression } from "@tenon/api-client";
import { problem } from "./answers";
import type { FakeServer } from "./fake";
import { json, nothing, type On } from "./handlers";

const normal = (text: string): string | undefined => {
  const word = text.trim().toLowerCase();
  if (word.includes("@")) return /^[^@\s]*@[^@\s]+\.[^@\s]+$/.test(word) ? word : undefined;
  return word.includes(".") ? `@${word}` : undefined;
};

const refused = () =>
  problem(422, "validation", { fields: [{ name: "address", detail: "must be an address or a domain" }] });

export function suppressions(fake: FakeServer, on: On): void {
  const page = (items: Suppression[]) => json({ items, next: null, total: fake.suppressions.length });
  on("get", "/suppressions", () => page(fake.suppressions.toReversed()));
  on("post", "/suppressions", ({ body }) => {
    const address = normal(String(body.address));
    if (address === undefined) return refused();
    const known = fake.suppressions.find((one) => one.address === address);
    if (known !== undefined) return json(known);
    const entry: Suppression = {
      id: fake.nextId("sup"),
      address,
      cause: "by_hand",
      note: String(body.note ?? ""),
      member_id: null,
      created_at: fake.iso(),
    };
    fake.suppressions.push(entry);
    return json(entry);
  });
  on("post", "/suppressions/search", ({ body }) => {
    const address = normal(String(body.address));
    if (address === undefined) return refused();
    const domain = `@${address.split("@")[1]}`;
    return page(fake.suppressions.filter((one) => one.address === address || one.address === domain));
  });
  on("delete", "/suppressions/:id", ({ params }) => {
    fake.suppressions = fake.suppressions.filter(({ id }) => id !== params.id);
    return nothing();
  });
}
