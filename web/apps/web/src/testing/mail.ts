/** What tests over the sample mailbox look for. */
import type { DraftInput } from "@tenon/api-client";
import type { FakeServer } from "@tenon/msw";
import { screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { expect } from "vitest";

export const CONNECTION = "con_demo00000001";
export const MAIL = `/mail/${CONNECTION}`;
export const QUOTE = /Revised quote/;

export const rows = () => [...document.querySelectorAll<HTMLAnchorElement>("[data-thread]")];
export const row = (subject: RegExp) =>
  waitFor(() => {
    const found = rows().find((link) => subject.test(link.textContent ?? ""));
    if (found === undefined) throw new Error(`no row with ${subject}`);
    return found;
  });
export const noRow = (subject: RegExp) =>
  waitFor(() => expect(rows().filter((link) => subject.test(link.textContent ?? ""))).toEqual([]));
export const said = async (text: RegExp) => {
  const found = await screen.findByText(text, { selector: "[data-toast] *" });
  return within(found.closest("[data-toast]") as HTMLElement);
};

/** A field of the composer. */
export const field = (name: string) => within(screen.getByTestId("composer")).getByLabelText(name);
export const noComposer = () =>
  waitFor(() => expect(screen.queryByTestId("composer")).not.toBeInTheDocument());

/** Opens a composer and addresses it; what is typed next is the subject. */
export async function beginWriting(user: UserEvent, to = "ana@x.example"): Promise<void> {
  await row(QUOTE);
  await user.keyboard("c");
  await waitFor(() => expect(field("To")).toHaveFocus());
  await user.keyboard(`${to}{Enter}`);
}

export const saved = (count = 1) =>
  screen.findAllByText("Saved in your drafts", undefined, { timeout: 5000 }).then((all) => {
    expect(all).toHaveLength(count);
  });

export function draftInput(change: Partial<DraftInput> = {}): DraftInput {
  const nobody = { to: [], cc: [], bcc: [] };
  const content = {
    from: null,
    ...nobody,
    subject: "",
    html: "<p>x</p>",
    quoted_html: null,
    attachments: [],
  };
  return { ...content, connection_id: CONNECTION, ...change };
}

/** A draft that another program has begun, as the only row of the list of drafts. */
export async function draftInList(user: UserEvent, fake: FakeServer): Promise<void> {
  fake.composing.begunElsewhere("<p>Half a price list</p>");
  await row(QUOTE);
  await user.keyboard("gd");
  await waitFor(() => expect(rows()).toHaveLength(1));
}

/** The only draft there is. */
export function onlyDraft(fake: FakeServer) {
  const [draft, ...others] = [...fake.composing.drafts.values()];
  if (draft === undefined || others.length > 0) throw new Error(`${others.length + 1} drafts`);
  return draft;
}
