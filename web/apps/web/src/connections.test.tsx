import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { openApp } from "./testing/app";

const CONNECTION = "/connections/con_demo00000001";

describe("disconnecting", () => {
  it("shows what and how many first, and does nothing until the red button is pressed", async () => {
    const { user, calls } = await openApp({ scenario: "connected", path: CONNECTION });
    await user.click(await screen.findByRole("button", { name: "Disconnect…" }));
    const dialog = await screen.findByRole("dialog");
    const messages = await within(dialog).findByText("Messages (senders, subjects, dates)");
    expect(messages.parentElement).toHaveTextContent("10,000");
    expect(within(dialog).getByText("Access tokens").parentElement).toHaveTextContent("2");
    expect(within(dialog).getByText(/also revoked at the provider/)).toBeInTheDocument();
    expect(calls("POST /api/v1/connections/con_demo00000001/disconnect")).toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    expect(calls("POST")).toEqual([]);
  });

  it("says first that messages that have not gone will not go", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: CONNECTION });
    fake.addSends();
    await user.click(await screen.findByRole("button", { name: "Disconnect…" }));
    const dialog = within(await screen.findByRole("dialog"));
    expect(await dialog.findByText("1 message has not been sent yet")).toBeVisible();
    expect(dialog.getByText(/Tenon will not send .* stay in the mailbox/)).toBeVisible();
    fake.composing.sends = [];
    await user.click(dialog.getByRole("button", { name: "Cancel" }));
    await user.click(await screen.findByRole("button", { name: "Disconnect…" }));
    const again = within(await screen.findByRole("dialog"));
    await again.findByText("Conversations");
    expect(again.queryByText(/not been sent/)).not.toBeInTheDocument();
  });

  it("cannot be confirmed before the counts are known", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: CONNECTION });
    await screen.findByRole("button", { name: "Disconnect…" });
    fake.failures.push({ path: "/disconnect", status: 403, code: "forbidden" });
    await user.click(screen.getByRole("button", { name: "Disconnect…" }));
    const dialog = await screen.findByRole("dialog");
    await within(dialog).findByRole("alert");
    expect(within(dialog).getByRole("button", { name: "Disconnect and delete" })).toBeDisabled();
  });

  it("leads to the receipt, which stays in its list", async () => {
    const { user, path, fake } = await openApp({ scenario: "connected", path: CONNECTION });
    await user.click(await screen.findByRole("button", { name: "Disconnect…" }));
    const dialog = await screen.findByRole("dialog");
    await within(dialog).findByText("Conversations");
    await user.click(within(dialog).getByRole("button", { name: "Disconnect and delete" }));
    await screen.findByRole("heading", { name: "Receipt of disconnection" });
    expect(path()).toMatch(/^\/receipts\/rcp_/);
    expect(screen.getByText("Everything below was removed, and its key destroyed.")).toBeVisible();
    expect(screen.getByText("Access revoked at the provider.")).toBeVisible();
    expect(fake.connections.size).toBe(0);
    await user.click(screen.getByRole("link", { name: "Receipts" }));
    expect(await screen.findAllByRole("link", { name: /Google, disconnected on/ })).toHaveLength(2);
  });

  it("stays and says why when the server refuses", async () => {
    const { user, fake, path } = await openApp({ scenario: "connected", path: CONNECTION });
    await user.click(await screen.findByRole("button", { name: "Disconnect…" }));
    const dialog = await screen.findByRole("dialog");
    await within(dialog).findByText("Conversations");
    fake.failures.push({ path: "/disconnect", status: 503, code: "provider_unavailable" });
    await user.click(within(dialog).getByRole("button", { name: "Disconnect and delete" }));
    expect(await within(dialog).findByText("The connection was not removed")).toBeInTheDocument();
    expect(path()).toBe(CONNECTION);
  });
});

describe("a connection", () => {
  it("pauses and resumes", async () => {
    const { user } = await openApp({ scenario: "connected", path: CONNECTION });
    await user.click(await screen.findByRole("button", { name: "Pause" }));
    expect(await screen.findByRole("button", { name: "Resume" })).toBeVisible();
    expect(
      screen.getByText("Nothing is read from this account until you resume. What was synced stays."),
    ).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Resume" }));
    expect(await screen.findByRole("button", { name: "Pause" })).toBeVisible();
  });

  it("tells the progress of its first sync honestly", async () => {
    await openApp({ scenario: "syncing", path: CONNECTION, syncMs: 600_000 });
    const text = await screen.findByTestId("sync-progress");
    expect(text).toHaveTextContent(
      /^1,2\d\d of about 10,000 · about 2\d minutes left; you can already use it$/,
    );
    expect(screen.getByRole("progressbar", { name: "First sync" })).toHaveAttribute("aria-valuenow", "12");
    expect(await screen.findByText(/^Not complete yet/)).toBeVisible();
  });

  it("proves its completeness with the skipped messages and why", async () => {
    await openApp({ scenario: "connected", path: CONNECTION });
    expect(await screen.findByText(/^Complete: of 10,000 messages .* 2 were skipped/)).toBeVisible();
    expect(screen.getByText("Its header is larger than the limit of 1 MB.")).toBeVisible();
  });

  it("asks before it follows a mass deletion", async () => {
    const { user } = await openApp({ scenario: "trouble", path: "/connections/con_trouble_archives" });
    await user.click(await screen.findByRole("button", { name: "Keep them here" }));
    await waitFor(() =>
      expect(screen.queryByRole("button", { name: "Keep them here" })).not.toBeInTheDocument(),
    );
  });

  it("says when access was ended at the provider and when what is left goes", async () => {
    await openApp({ scenario: "trouble", path: "/connections/con_trouble_ventes" });
    expect(
      await screen.findByText(/What was synced is deleted on .* unless you reconnect before/),
    ).toBeVisible();
  });

  it("offers no way to try again for what does not exist, but one back", async () => {
    await openApp({ scenario: "connected", path: "/connections/con_nobody" });
    const alert = within(await screen.findByRole("alert"));
    expect(alert.getByText(/does not exist/)).toBeVisible();
    expect(alert.queryByRole("button", { name: "Try again" })).not.toBeInTheDocument();
    expect(alert.getByRole("link", { name: "To the start" })).toHaveAttribute("href", "/");
  });

  it("does not offer to switch on what is not built yet", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/connections" });
    fake.connections.get("con_demo00000001")?.features.push({ id: "contacts", state: "off" });
    await user.click(await screen.findByRole("link", { name: /@/ }));
    expect(await screen.findByText("not built yet")).toBeVisible();
    expect(screen.getByRole("link", { name: /Switch on.*Deleting/ })).toBeVisible();
    expect(screen.queryByRole("link", { name: /Switch on.*Contacts/ })).not.toBeInTheDocument();
  });

  it("shows a problem with a way to try again", async () => {
    const { user, fake } = await openApp({ scenario: "empty", path: "/privacy" });
    await screen.findByRole("heading", { name: "What is read" });
    fake.load("connected");
    fake.failures.push({ path: "/api/v1/connections", status: 403, code: "forbidden" });
    await user.click(screen.getByRole("link", { name: "Back" }));
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("You are not allowed to do this.");
    expect(alert).toHaveTextContent("req_fake00000001");
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("heading", { name: /^Inbox/ })).toBeVisible();
  });
});

describe("the provider's allowance", () => {
  it("is a bar where there is a limit, and a plain figure where there is none", async () => {
    const { fake, app } = await openApp({ scenario: "connected", path: CONNECTION });
    expect(await screen.findByText(/204 of 6,000 units used/)).toBeVisible();
    expect(screen.getByRole("progressbar", { name: "Provider’s allowance" })).toBeVisible();
    for (const none of [null, 0]) {
      fake.allowance = none;
      await app.client.invalidateQueries();
      expect(await screen.findByText(/^204 units used in the last minute\. No limit is set\./)).toBeVisible();
      expect(screen.queryByRole("progressbar", { name: "Provider’s allowance" })).toBeNull();
    }
  });
});

describe("alarms", () => {
  const alarm = {
    code: "daily_quota",
    provider: "google",
    text: "This server's quota at the provider is spent for today.",
    since: "2026-11-22T06:00:00Z",
    last_at: "2026-11-22T07:00:00Z",
    connections: 1,
  };

  it("tell an owner what the provider refuses the server for", async () => {
    const { fake, user } = await openApp({ scenario: "connected", path: "/" });
    fake.alarms = [alarm];
    await user.click(await screen.findByRole("link", { name: "Connections" }));
    expect(await screen.findByText("The provider refuses this server")).toBeVisible();
    expect(screen.getByText(/quota at the provider is spent for today/)).toBeVisible();
  });

  it("are not asked for by a member, who would be refused", async () => {
    const { calls } = await openApp({ scenario: "connected", path: "/connections", role: "member" });
    await screen.findByRole("heading", { name: "Connections" });
    expect(calls("GET /api/v1/alarms")).toEqual([]);
  });
});
