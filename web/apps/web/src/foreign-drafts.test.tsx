import type { FakeServer } from "@tenon/msw";
import { screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { openApp } from "./testing/app";
import { field, MAIL, noComposer, onlyDraft, row, said, saved } from "./testing/mail";

const TABLE = '<div dir="ltr">Prices<table><tbody><tr><td>Oak</td></tr></tbody></table></div>';

async function open(user: UserEvent, fake: FakeServer, html: string): Promise<void> {
  fake.composing.begunElsewhere(html);
  await row(/./);
  await user.keyboard("gd");
  await user.click(await row(/Prices for the lobby/));
}

describe("a draft with formatting that the editor does not keep", () => {
  it("is shown as it is, without the editor, and never saved by itself", async () => {
    const { user, fake, calls } = await openApp({ scenario: "connected", path: MAIL });
    await open(user, fake, TABLE);
    const shown = within(await screen.findByTestId("formatted-draft"));
    expect(shown.getByText("This draft has formatting this editor does not keep")).toBeVisible();
    expect(shown.getByText(/Ana Ferreira <ana\.ferreira@/)).toBeVisible();
    expect(screen.queryByRole("textbox", { name: "Message" })).not.toBeInTheDocument();
    expect(document.querySelector("iframe")?.srcdoc).toContain("<td>Oak</td>");
    expect(document.querySelector("iframe")?.getAttribute("sandbox")).toBe("allow-same-origin");
    expect(await shown.findByRole("link", { name: "Open in Gmail" })).toHaveAttribute(
      "href",
      expect.stringMatching(/^https:\/\/mail\.google\.com\/mail\/\?authuser=.+%40.+#drafts$/),
    );
    await user.keyboard("{Escape}");
    await noComposer();
    expect(calls("PUT /api/v1/drafts")).toEqual([]);
    expect(onlyDraft(fake).html).toBe(TABLE);
  });

  it("is sent as it is, and shown again when that is undone", async () => {
    const { user, fake, calls, headers } = await openApp({ scenario: "connected", path: MAIL });
    await open(user, fake, TABLE);
    const { etag } = onlyDraft(fake);
    await user.click(await screen.findByRole("button", { name: "Send as it is" }));
    await noComposer();
    expect(headers(`${onlyDraft(fake).id}/send`).map((all) => all.get("If-Match"))).toEqual([etag]);
    const toast = await said(/^Sending…$/);
    await user.click(toast.getByRole("button", { name: "Undo" }));
    expect(await screen.findByTestId("formatted-draft")).toBeVisible();
    expect(calls("PUT /api/v1/drafts")).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Send as it is" }));
    await noComposer();
    expect(fake.composing.sends.map(({ state }) => state)).toEqual(["scheduled", "cancelled"]);
  });

  it("is no conflict when a lost attempt has put the server's mark into it, but a change is", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await open(user, fake, TABLE);
    const button = await screen.findByRole("button", { name: "Send as it is" });
    const lose = () =>
      fake.failures.push({ path: "/send", method: "POST", status: 503, code: "outcome_unknown" });
    lose();
    fake.composing.changeElsewhere();
    await user.click(button);
    await said(/so it was not sent\.$/);
    expect(fake.composing.sends).toEqual([]);
    Object.assign(onlyDraft(fake), { html: TABLE, etag: '"marked"' });
    lose();
    await user.click(button);
    await noComposer();
    expect(fake.composing.sends).toHaveLength(1);
  });

  it("is edited when the person takes the loss", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await open(user, fake, TABLE);
    await user.click(await screen.findByRole("button", { name: "Edit and lose that formatting" }));
    await waitFor(() => expect(field("Subject")).toHaveValue("Prices for the lobby"));
    await user.type(field("Subject"), "!");
    await saved();
    expect(onlyDraft(fake).subject).toBe("Prices for the lobby!");
  });

  it("is no conflict when it is called back untouched and sent again", async () => {
    const { user, fake, calls } = await openApp({ scenario: "connected", path: MAIL });
    await open(user, fake, "<div>Plain</div>");
    await user.click(await screen.findByRole("button", { name: "Send" }));
    await noComposer();
    const toast = await said(/^Sending…$/);
    await user.click(toast.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(field("Subject")).toHaveValue("Prices for the lobby"));
    await user.click(screen.getByRole("button", { name: "Send" }));
    await noComposer();
    expect(fake.composing.sends.map(({ state }) => state)).toEqual(["scheduled", "cancelled"]);
    expect(calls("PUT /api/v1/drafts")).toEqual([]);
  });

  it("is not suspected where the editor keeps everything", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await open(user, fake, '<div dir="ltr">Hello<div><br></div><div><b>Bye</b></div></div>');
    await waitFor(() => expect(field("Subject")).toHaveValue("Prices for the lobby"));
    expect(screen.queryByTestId("formatted-draft")).not.toBeInTheDocument();
  });
});

describe("a draft that this editor cannot take", () => {
  const refuse = (fake: FakeServer) =>
    fake.failures.push({ path: "/draft", method: "POST", status: 422, code: "draft_not_editable" });

  it("opens no editor; it can be discarded, or opened in Gmail", async () => {
    const { user, fake, calls } = await openApp({ scenario: "connected", path: MAIL });
    refuse(fake);
    await open(user, fake, "<p>very long</p>");
    const dialog = within(await screen.findByRole("dialog", { name: "This draft cannot be edited here" }));
    expect(screen.queryByTestId("composer")).not.toBeInTheDocument();
    expect(await dialog.findByRole("link", { name: "Open in Gmail" })).toBeVisible();
    await user.click(dialog.getByRole("button", { name: "Discard draft" }));
    await said(/^1 draft discarded\.$/);
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    expect(fake.composing.drafts.size).toBe(0);
    expect(calls("PUT /api/v1/drafts")).toEqual([]);
  });

  it("stays as it is when the dialog is closed", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    refuse(fake);
    await open(user, fake, "<p>very long</p>");
    const dialog = within(await screen.findByRole("dialog", { name: /cannot be edited/ }));
    await user.click(dialog.getAllByRole("button", { name: "Close" }).at(-1) as HTMLElement);
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    expect(onlyDraft(fake).html).toBe("<p>very long</p>");
  });
});
