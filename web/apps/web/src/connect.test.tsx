import { screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { openApp } from "./testing/app";

const toggle = (name: string) => screen.getByRole("switch", { name });

describe("connecting a mailbox", () => {
  it("starts from the one action of the empty page and offers only what is built", async () => {
    const { user } = await openApp({ scenario: "empty", path: "/" });
    await user.click(await screen.findByRole("link", { name: "Connect a mailbox" }));
    expect(await screen.findByRole("link", { name: /Google/ })).toBeVisible();
    expect(screen.getByText("Microsoft")).toBeVisible();
    expect(screen.queryByRole("link", { name: /Microsoft/ })).not.toBeInTheDocument();
  });

  it("ticks the built features of a profile, never the others, and says so of what is not built", async () => {
    const { user } = await openApp({ scenario: "empty", path: "/connect?provider=google" });
    await screen.findByRole("radio", { name: /Light/, checked: true });
    expect(toggle("Mail")).toBeChecked();
    expect(toggle("Sending")).not.toBeChecked();
    expect(toggle("Who you are")).toBeDisabled();
    expect(toggle("Who you are")).toBeChecked();
    await user.click(screen.getByRole("radio", { name: /Sales/ }));
    await screen.findByRole("radio", { name: /Sales/, checked: true });
    expect(toggle("Contacts")).not.toBeChecked();
    expect(toggle("Contacts")).toHaveAccessibleDescription(/only the permission would be given/);
  });

  it("explains each permission: why, what it allows, what is stored", async () => {
    const { user } = await openApp({ scenario: "empty", path: "/connect?provider=google" });
    await screen.findByRole("switch", { name: "Mail" });
    expect(screen.queryByText(/cannot send, change or delete/)).not.toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "2 permissions explained" }));
    expect(screen.getByText(/cannot send, change or delete/)).toBeVisible();
    expect(screen.getByText("https://www.googleapis.com/auth/gmail.readonly")).toBeVisible();
    for (const term of ["Why", "Lets Tenon", "What is stored"])
      expect(screen.getAllByText(term)).toHaveLength(2);
  });

  it("does not go on with nothing chosen", async () => {
    const { user } = await openApp({ scenario: "empty", path: "/connect?provider=google" });
    await user.click(await screen.findByRole("switch", { name: "Mail" }));
    expect(await screen.findByText("Switch on at least one feature.")).toBeVisible();
    expect(screen.getByRole("button", { name: "Continue" })).toBeDisabled();
  });

  it("shows exactly the sentences of the chosen features, then leaves for the provider on Activate only", async () => {
    const { user, leave, calls, fake } = await openApp({
      scenario: "empty",
      path: "/connect?provider=google",
    });
    await user.click(await screen.findByRole("switch", { name: "Tracking" }));
    await user.click(screen.getByRole("button", { name: "Continue" }));
    const read = await screen.findByRole("region", { name: "What is read" });
    expect(within(read).getByText(/Unopened messages are not read/)).toBeVisible();
    expect(screen.getByText("No IP address of a reader is kept.")).toBeVisible();
    expect(screen.getByText(/^Version sha256:[0-9a-f]{12}$/)).toBeVisible();
    expect(calls("authorize")).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Activate" }));
    await expect.poll(() => leave.mock.calls.length).toBe(1);
    expect(leave.mock.calls[0]?.[0]).toContain("/consent?state=");
    const flow = [...fake.flows.values()][0];
    expect(flow).toMatchObject({ features: ["mail", "tracking"], profile: "type" });
  });

  it("leaves out sentences of features that were not chosen", async () => {
    await openApp({ scenario: "empty", path: "/connect?provider=google&features=mail&review=true" });
    await screen.findByRole("region", { name: "What is read" });
    expect(screen.queryByText("No IP address of a reader is kept.")).not.toBeInTheDocument();
  });

  it("shows the text again when it changed meanwhile, and does not leave", async () => {
    const { user, leave, fake } = await openApp({
      scenario: "empty",
      path: "/connect?provider=google&profile=type&features=mail&review=true",
    });
    const before = (await screen.findByText(/^Version/)).textContent;
    fake.policyEdition = 2;
    await user.click(screen.getByRole("button", { name: "Activate" }));
    expect(await screen.findByText("The text has changed")).toBeVisible();
    await expect.poll(() => screen.getByText(/^Version/).textContent).not.toBe(before);
    expect(leave).not.toHaveBeenCalled();
    await user.click(screen.getByRole("button", { name: "Activate" }));
    await expect.poll(() => leave.mock.calls.length).toBe(1);
  });

  it.each([
    ["access_denied", "You did not agree at the provider"],
    ["admin_policy", "Your organization does not allow this"],
    ["no_refresh_token", "The provider gave no lasting access"],
    ["wrong_account", "That was another account"],
    ["something_new", "The connection did not come about"],
  ])("says in words what went wrong at the provider: %s", async (code, title) => {
    await openApp({ scenario: "empty", path: `/connect?error=${code}` });
    expect(await screen.findByRole("alert")).toHaveTextContent(title);
  });

  it("asks again for just the connection at hand when reconnecting", async () => {
    const { user, fake, leave } = await openApp({
      scenario: "trouble",
      path: "/connections/con_trouble_compta",
    });
    await user.click(await screen.findByRole("link", { name: "Ask again: Mail" }));
    await screen.findByRole("region", { name: "What is read" });
    await user.click(screen.getByRole("button", { name: "Activate" }));
    await expect.poll(() => leave.mock.calls.length).toBe(1);
    expect([...fake.flows.values()][0]?.connection).toBe("con_trouble_compta");
  });

  it("speaks French throughout", async () => {
    await openApp({ scenario: "empty", path: "/connect?provider=google", locale: "fr" });
    expect(await screen.findByRole("switch", { name: "Courrier" })).toBeChecked();
    expect(screen.getByRole("button", { name: "Continuer" })).toBeVisible();
    expect(document.documentElement.lang).toBe("fr");
  });
});
