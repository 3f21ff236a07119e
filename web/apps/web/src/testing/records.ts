/** What tests over lists and boards of records look for. */
import { screen, waitFor, within } from "@testing-library/react";
import { vi } from "vitest";

/** A wide window: tables with columns, the record beside its list. */
export const wide = () =>
  vi.stubGlobal("matchMedia", (query: string) => ({
    matches: query.includes("min-width"),
    media: query,
    addEventListener: () => {},
    removeEventListener: () => {},
    addListener: () => {},
    removeListener: () => {},
    onchange: null,
    dispatchEvent: () => false,
  }));

/** Links to records, in the order in which they stand. */
export const links = () => [...document.querySelectorAll<HTMLAnchorElement>("a[data-record]")];
export const titles = () => links().map((link) => link.textContent ?? "");

export const link = (title: string | RegExp) =>
  waitFor(() => {
    const found = links().find(({ textContent }) =>
      typeof title === "string" ? textContent === title : title.test(textContent ?? ""),
    );
    if (found === undefined) throw new Error(`no record ${title} among ${titles().join(", ")}`);
    return found;
  });

/** A cell of a table by its record and the column's name. */
export async function cell(title: string | RegExp, column: string): Promise<HTMLElement> {
  const row = (await link(title)).closest<HTMLElement>('[role="row"]');
  const heads = screen.getAllByRole("columnheader");
  const at = heads.findIndex((head) => within(head).queryByRole("button", { name: column }) !== null);
  const found = row?.querySelector<HTMLElement>(`[aria-colindex="${at + 1}"]`);
  if (found == null) throw new Error(`no cell ${column}`);
  return found;
}

/** A stage of a board. */
export const column = (name: string) => screen.findByRole("region", { name });
export const cardsOf = async (name: string) =>
  [...(await column(name)).querySelectorAll("[data-card]")].map((card) => card.textContent ?? "");
