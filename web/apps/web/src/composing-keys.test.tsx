import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { openApp } from "./testing/app";
import { field, MAIL, noComposer, QUOTE, row } from "./testing/mail";

/** Chrome and Firefox say that a word is being put together; Safari only by the code of the key that ends it. */
const WHILE_COMPOSING = [
  ["isComposing", { isComposing: true }],
  ["keyCode 229", { keyCode: 229 }],
] as const;

describe.each(WHILE_COMPOSING)("a key of an input method (%s)", (_name, how) => {
  it("does not close the composer, send, or make an address of half a word", async () => {
    const { user, calls } = await openApp({ scenario: "connected", path: MAIL });
    await row(QUOTE);
    await user.keyboard("c");
    await waitFor(() => expect(field("To")).toHaveFocus());
    await user.type(field("To"), "かな");
    fireEvent.keyDown(field("To"), { key: "Enter", ...how });
    expect(field("To")).toHaveValue("かな");
    fireEvent.keyDown(field("To"), { key: "Enter", ctrlKey: true, ...how });
    fireEvent.keyDown(field("Subject"), { key: "Escape", ...how });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(screen.getByTestId("composer")).toBeVisible();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
    fireEvent.keyDown(await screen.findByRole("textbox", { name: "Message" }), { key: "Escape", ...how });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(screen.getByTestId("composer")).toBeVisible();
    await user.clear(field("To"));
    fireEvent.keyDown(field("Subject"), { key: "Escape" });
    await noComposer();
    expect(calls("/send").filter((call) => call.startsWith("POST"))).toEqual([]);
  });

  it("closes no dialog and clears no search", async () => {
    const { user } = await openApp({ scenario: "connected", path: MAIL });
    await row(QUOTE);
    const search = screen.getByRole("searchbox");
    await user.type(search, "かな");
    fireEvent.keyDown(search, { key: "Escape", ...how });
    expect(search).toHaveValue("かな");
    await user.clear(search);
    search.blur();
    await user.keyboard("{Control>}k{/Control}");
    const dialog = within(await screen.findByRole("dialog"));
    const input = dialog.getByRole("textbox");
    fireEvent.keyDown(input, { key: "Escape", ...how });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(input).toBeVisible();
    fireEvent.keyDown(input, { key: "Escape" });
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  });
});
