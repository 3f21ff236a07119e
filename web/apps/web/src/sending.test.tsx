import type { FakeServer } from "@tenon/msw";
import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { openApp } from "./testing/app";
import { beginWriting, draftInput, field, MAIL, noComposer, onlyDraft, said, saved } from "./testing/mail";

/** Somebody changes the draft in another program. */
function changeElsewhere(fake: FakeServer, html: string): void {
  const { id, to } = onlyDraft(fake);
  fake.composing.update(id, draftInput({ to, subject: "Changed there", html }), null);
}

describe("a draft that was changed elsewhere", () => {
  it("is not sent by a composer that has not seen it; that one can be looked at, and left again", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await beginWriting(user);
    await user.type(field("Subject"), "Mine");
    await saved();
    changeElsewhere(fake, "<p>There</p>");
    await user.click(screen.getByRole("button", { name: "Send" }));
    expect(await screen.findByText(/so it was not sent\./)).toBeVisible();
    expect(fake.composing.sends).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Look at the newer one" }));
    await waitFor(() => expect(field("Subject")).toHaveValue("Changed there"));
    expect(screen.queryByText(/so it was not sent\./)).not.toBeInTheDocument();
    const toast = await said(/^This is the newer one\.$/);
    await user.click(toast.getByRole("button", { name: "Back to mine" }));
    await waitFor(() => expect(field("Subject")).toHaveValue("Mine"));
    await saved();
    expect(onlyDraft(fake).subject).toBe("Mine");
  });

  it("is replaced and sent when the person says so", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await beginWriting(user);
    await user.type(field("Subject"), "Mine");
    await saved();
    changeElsewhere(fake, "<p>There</p>");
    await user.click(screen.getByRole("button", { name: "Send" }));
    await user.click(await screen.findByRole("button", { name: "Send mine" }));
    await noComposer();
    expect(fake.composing.sends.map(({ subject }) => subject)).toEqual(["Mine"]);
  });

  it("is not saved over before the person has chosen", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await beginWriting(user);
    await user.type(field("Subject"), "Mine");
    await saved();
    changeElsewhere(fake, "<p>There</p>");
    await user.type(field("Subject"), " and more");
    expect(await screen.findByText(/Nothing is saved over it/, undefined, { timeout: 5000 })).toBeVisible();
    expect(onlyDraft(fake).subject).toBe("Changed there");
    await user.click(screen.getByRole("button", { name: "Keep mine" }));
    await saved();
    expect(onlyDraft(fake).subject).toBe("Mine and more");
  });
});

describe("sending", () => {
  it("saves nothing again that was saved already", async () => {
    const { user, fake, calls } = await openApp({ scenario: "connected", path: MAIL });
    await beginWriting(user);
    await user.type(field("Subject"), "Once");
    await saved();
    const before = calls("PUT /api/v1/drafts/").length;
    await user.click(screen.getByRole("button", { name: "Send" }));
    await noComposer();
    expect(calls("PUT /api/v1/drafts/")).toHaveLength(before);
    expect(fake.composing.sends).toHaveLength(1);
  });
});
