import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { openApp } from "./testing/app";

const MAIL = "/mail/con_demo00000001";
const rows = () => [...document.querySelectorAll<HTMLAnchorElement>("[data-thread]")];
/** By text, not by role: roles of a long list take seconds to compute here. */
const row = (subject: RegExp) =>
  waitFor(() => {
    const found = rows().find((link) => subject.test(link.textContent ?? ""));
    if (found === undefined) throw new Error(`no row with ${subject}`);
    return found;
  });

describe("the list of conversations", () => {
  it("shows the inbox, newest first, with unread, starred and attachments said in words", async () => {
    await openApp({ scenario: "connected", path: "/" });
    const first = await row(/Revised quote for the Miramar lobby tables/);
    expect(await screen.findByRole("heading", { name: /^Inbox/, level: 1 })).toBeVisible();
    expect(rows()[0]).toBe(first);
    for (const word of ["Unread", "Ana Ferreira", "4 messages", "Has attachments", "Starred"]) {
      expect(first).toHaveAccessibleName(expect.stringContaining(word));
    }
    expect(await row(/\(no subject\)/)).toBeInTheDocument();
  });

  it("draws only what can be seen, and loads further pages by keyset", async () => {
    const { calls } = await openApp({ scenario: "connected", path: `${MAIL}/all`, threads: 2500 });
    await row(/Revised quote/);
    expect(rows().length).toBeLessThan(60);
    const list = calls("GET /api/v1/threads?");
    expect(list[0]).not.toContain("after=");
    expect(list.length).toBeLessThan(4);
  });

  it("filters unread and says when there is nothing", async () => {
    const { user, search, fake } = await openApp({ scenario: "connected", path: MAIL });
    await row(/Notes from today/);
    const filter = screen.getByRole("button", { name: "Unread" });
    await user.click(filter);
    await waitFor(() =>
      expect(screen.queryByRole("link", { name: /Notes from today/ })).not.toBeInTheDocument(),
    );
    expect(filter).toHaveAttribute("aria-pressed", "true");
    expect(search().get("unread")).toBe("true");
    expect(fake.threads("con_demo00000001").length).toBeGreaterThan(100);
  });

  it("is walked through by keyboard; the keys rest while a dialog is open", async () => {
    const { user, search } = await openApp({ scenario: "connected", path: MAIL });
    await row(/Revised quote/);
    await user.keyboard("j");
    expect(rows()[0]).toHaveFocus();
    await user.keyboard("jj");
    expect(rows()[2]).toHaveFocus();
    await user.keyboard("k");
    expect(rows()[1]).toHaveFocus();
    expect(rows().filter((link) => link.tabIndex === 0)).toEqual([rows()[1]]);
    await user.keyboard("?");
    const dialog = await screen.findByRole("dialog");
    expect(within(dialog).getByText("Next conversation")).toBeInTheDocument();
    await user.keyboard("j");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    expect(search().get("thread")).toBeNull();
    rows()[1]?.focus();
    await user.keyboard("{Enter}");
    await screen.findByRole("heading", { name: /Livraison de chêne/, level: 2 });
    await user.keyboard("j");
    await screen.findByRole("heading", { name: /Contract: two questions/, level: 2 });
    await user.keyboard("u");
    await waitFor(() => expect(search().get("thread")).toBeNull());
    await waitFor(() => expect(rows()[2]).toHaveFocus());
  });

  it("goes to other labels by two keys", async () => {
    const { user, path } = await openApp({ scenario: "connected", path: MAIL });
    await row(/Revised quote/);
    await user.keyboard("gt");
    expect(await screen.findByRole("heading", { name: /^Sent/, level: 1 })).toBeVisible();
    expect(path()).toContain("lbl_demo0000sent");
  });

  it("takes in new mail without losing its place", async () => {
    const { fake, app } = await openApp({ scenario: "connected", path: MAIL });
    await row(/Revised quote/);
    const stored = fake.deliver();
    await app.client.invalidateQueries({ queryKey: ["threads"] });
    await waitFor(() => expect(rows()[0]?.dataset.thread).toBe(stored?.thread.id));
    expect(await screen.findByText("1 new conversation")).toBeInTheDocument();
  });

  it("says when nothing new comes in, and leads to what can be done", async () => {
    const { user, path } = await openApp({ scenario: "trouble", path: "/mail/con_trouble_ventes" });
    await user.click(await screen.findByText("What to do"));
    expect(await screen.findByText("Access was ended at the provider")).toBeVisible();
    expect(path()).toBe("/connections/con_trouble_ventes");
  });

  it("offers to try again when a page fails", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/settings" });
    await screen.findByRole("heading", { name: "Settings" });
    fake.failures.push({ path: "/api/v1/threads", status: 403, code: "forbidden" });
    await user.click(screen.getByRole("link", { name: "Mail" }));
    const alert = await screen.findByRole("alert");
    await user.click(within(alert).getByRole("button", { name: "Try again" }));
    expect(await row(/Revised quote/)).toBeInTheDocument();
  });
});

describe("a conversation", () => {
  it("opens the newest message only, in a frame that can run nothing", async () => {
    const { user, calls } = await openApp({ scenario: "connected", path: MAIL });
    await user.click(await row(/Revised quote/));
    const heading = await screen.findByRole("heading", { name: /Revised quote/, level: 2 });
    await waitFor(() => expect(heading).toHaveFocus());
    const frame = await screen.findByTitle("Message: Revised quote for the Miramar lobby tables");
    expect(frame).toHaveAttribute("sandbox", "allow-same-origin allow-popups allow-popups-to-escape-sandbox");
    expect(frame.getAttribute("src")).toMatch(/^\/api\/v1\/messages\/msg_[^/]+\/body\?theme=light$/);
    expect(calls("GET /api/v1/messages/")).toHaveLength(1);
    await user.click(screen.getAllByRole("button", { name: /^Ana Ferreira/ })[0] as HTMLElement);
    await waitFor(() => expect(calls("GET /api/v1/messages/")).toHaveLength(2));
  });

  it("lists attachments with size and download", async () => {
    const { user } = await openApp({ scenario: "connected", path: MAIL });
    await user.click(await row(/Revised quote/));
    const link = (await screen.findByText("Lobby plan with positions.pdf")).closest("a");
    expect(link).toHaveTextContent("Download");
    expect(link).toHaveTextContent("1.5 MB");
    expect(link).toHaveAttribute("download", "Lobby plan with positions.pdf");
  });

  it("says how many remote images are not loaded, and why", async () => {
    const { user } = await openApp({ scenario: "connected", path: MAIL });
    await user.click(await row(/Issue 214/));
    expect(await screen.findByText(/^4 remote images are not loaded/)).toBeVisible();
  });

  it("says when a message is damaged, or has no text", async () => {
    const { user } = await openApp({ scenario: "connected", path: MAIL });
    await user.click(await row(/could not be read completely/));
    expect(await screen.findByText(/One part of this message is damaged/)).toBeVisible();
    await user.click(await row(/\(no subject\)/));
    expect(await screen.findByText("This message has no text.")).toBeVisible();
  });

  it.each([
    [410, "message_gone", "This message is gone"],
    [409, "needs_reauthorization", "Your consent is needed again"],
    [503, "provider_unavailable", "The mailbox does not answer"],
    [429, "quota", "Just a moment"],
  ])("tells what to do when it cannot be opened: %i %s", async (status, code, title) => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    const link = await row(/Livraison de chêne/);
    fake.failures.push({ path: "/messages/", status, code });
    await user.click(link);
    expect(await screen.findByText(title)).toBeVisible();
  });

  it("shows headers and the way to the original", async () => {
    const { user } = await openApp({ scenario: "connected", path: MAIL });
    await user.click(await row(/Livraison de chêne/));
    await user.click(await screen.findByRole("button", { name: "Show details" }));
    expect(screen.getByText("DKIM-Signature")).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Download original" })).toHaveAttribute(
      "href",
      expect.stringContaining("/original"),
    );
  });
});
