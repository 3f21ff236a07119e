import { FAKE_PASSWORD, INVITATION_TOKEN, RESET_TOKEN } from "@tenon/msw";
import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { openApp } from "./testing/app";

afterEach(() => window.history.replaceState(null, "", "/"));

describe("members", () => {
  it("changes a role, and asks first who is there when the server wants to know", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/members" });
    fake.access.wantsProof = true;
    const role = await screen.findByLabelText("Role of Léa Fontaine");
    await user.selectOptions(role, "admin");
    const dialog = await screen.findByRole("dialog", { name: "Is it you?" });
    await user.type(within(dialog).getByLabelText("Your password"), "wrong");
    await user.click(within(dialog).getByRole("button", { name: "Continue" }));
    expect(await within(dialog).findByRole("alert")).toHaveTextContent("This is not your password.");
    await user.clear(within(dialog).getByLabelText("Your password"));
    await user.type(within(dialog).getByLabelText("Your password"), FAKE_PASSWORD);
    await user.click(within(dialog).getByRole("button", { name: "Continue" }));
    await waitFor(() => expect(fake.access.people[1]?.role).toBe("admin"));
    expect(await screen.findByText("Changed. Léa Fontaine has to sign in again.")).toBeVisible();
  });

  it("does nothing when the proof is not given", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/members" });
    fake.access.wantsProof = true;
    await user.click(await screen.findByRole("button", { name: /^Withdraw the invitation/ }));
    const dialog = await screen.findByRole("dialog", { name: "Is it you?" });
    await user.click(within(dialog).getByRole("button", { name: "Close" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    expect(fake.access.invitations).toHaveLength(1);
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  it("shows the link of an invitation once, and why an address cannot be invited", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/members" });
    await user.type(await screen.findByLabelText("E-mail"), "lea@ateliernord.example");
    await user.click(screen.getByRole("button", { name: "Invite" }));
    expect(await screen.findByText("is a member of this workspace already")).toBeVisible();
    await user.clear(screen.getByLabelText("E-mail"));
    await user.type(screen.getByLabelText("E-mail"), "zoe@ateliernord.example");
    await user.selectOptions(screen.getByLabelText("Role"), "viewer");
    await user.click(screen.getByRole("button", { name: "Invite" }));
    const link = await screen.findByTestId("one-time-link");
    expect(link).toHaveTextContent(`https://crm.example/join#token=${INVITATION_TOKEN}`);
    expect(fake.access.invitations[0]).toMatchObject({ email: "zoe@ateliernord.example", role: "viewer" });
    await user.click(screen.getByRole("button", { name: "Dismiss" }));
    expect(screen.queryByTestId("one-time-link")).not.toBeInTheDocument();
  });

  it("says what happens before an account is switched off or reset", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/members" });
    await user.click(await screen.findByRole("button", { name: "More for Hugo Lambert" }));
    await user.click(await screen.findByRole("menuitem", { name: "Switch the account off…" }));
    const dialog = await screen.findByRole("dialog", { name: "Switch off the account of Hugo Lambert?" });
    expect(dialog).toHaveTextContent("signed out at once");
    await user.click(within(dialog).getByRole("button", { name: "Switch off" }));
    await waitFor(() => expect(fake.access.people[2]?.disabled).toBe(true));
    await user.click(await screen.findByRole("button", { name: "More for Léa Fontaine" }));
    await user.click(await screen.findByRole("menuitem", { name: "Make a reset link…" }));
    const reset = await screen.findByRole("dialog", { name: "New access for Léa Fontaine?" });
    expect(reset).toHaveTextContent("disconnects their mailboxes");
    await user.click(within(reset).getByRole("button", { name: "Sign out and make link" }));
    expect(await screen.findByTestId("one-time-link")).toHaveTextContent("/reset#token=");
  });

  it("hides what a plain member may not do", async () => {
    const { fake, app } = await openApp({ scenario: "connected", path: "/members" });
    await screen.findByRole("heading", { name: "Invitations" });
    fake.me = { ...fake.me, member: { ...fake.me.member, role: "member" } };
    for (const one of fake.access.people) one.managed = false;
    app.client.setQueryData(["session"], fake.me);
    await app.client.invalidateQueries();
    await waitFor(() => expect(screen.queryByRole("heading", { name: "Invitations" })).toBeNull());
    expect(screen.queryByLabelText(/^Role of/)).not.toBeInTheDocument();
  });
});

describe("links", () => {
  it("an invitation is accepted with a name and a password, and its token leaves the address", async () => {
    window.history.replaceState(null, "", `/join#token=${INVITATION_TOKEN}`);
    const { user, leave } = await openApp({ scenario: "signed_out", path: "/join" });
    await screen.findByRole("heading", { name: "Join Atelier Nord" });
    expect(window.location.hash).toBe("");
    expect(screen.getByText(/The invitation is for noe@ateliernord.example/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Join with Google" }));
    await waitFor(() => expect(leave).toHaveBeenCalledWith("https://issuer.example/google"));
    await user.type(screen.getByLabelText("Your name"), "Noé");
    await user.type(screen.getByLabelText("Password"), "short");
    await user.click(screen.getByRole("button", { name: "Join" }));
    expect(await screen.findByText("is too short")).toBeVisible();
    await user.clear(screen.getByLabelText("Password"));
    await user.type(screen.getByLabelText("Password"), "four unrelated words here");
    await user.click(screen.getByRole("button", { name: "Join" }));
    await screen.findByRole("heading", { name: "Welcome, Noé" });
  });

  it.each(["/join", "/reset"])("a void link says so: %s", async (path) => {
    window.history.replaceState(null, "", `${path}#token=void`);
    await openApp({ scenario: "signed_out", path });
    await screen.findByRole("heading", { name: "This link leads nowhere" });
  });

  it("a reset says what will be gone", async () => {
    window.history.replaceState(null, "", `/reset#token=${RESET_TOKEN}`);
    const { user } = await openApp({ scenario: "signed_out", path: "/reset" });
    await screen.findByRole("heading", { name: "Set a new password" });
    expect(await screen.findByText(/2 mailboxes are disconnected/)).toBeVisible();
    await user.type(screen.getByLabelText("New password"), "four unrelated words here");
    await user.click(screen.getByRole("button", { name: "Set password and sign in" }));
    await screen.findByRole("heading", { name: /^Welcome/ });
  });
});

describe("other ways in", () => {
  it("offers the issuers, and says why one of them did not let somebody in", async () => {
    const { user, leave, calls } = await openApp({
      scenario: "signed_out",
      path: "/sign-in?error=not_invited&next=%2Fsettings",
    });
    expect(await screen.findByRole("alert")).toHaveTextContent("Nobody has invited this account");
    await user.click(await screen.findByRole("button", { name: "Continue with Google" }));
    await waitFor(() => expect(leave).toHaveBeenCalledWith("https://issuer.example/google?next=/settings"));
    expect(calls("POST /api/v1/sign-in/issuers/google")).toHaveLength(1);
    // jsdom knows no passkeys, so none are offered.
    expect(screen.queryByRole("button", { name: "Use a passkey" })).not.toBeInTheDocument();
  });

  it("an unknown word in the address is a plain failure", async () => {
    await openApp({ scenario: "signed_out", path: "/sign-in?error=<b>x</b>" });
    expect(await screen.findByRole("alert")).toHaveTextContent("The sign-in did not come about.");
  });

  it("passkeys are renamed and removed; sign-in accounts are added and removed", async () => {
    const { user, fake, leave } = await openApp({ scenario: "connected", path: "/settings?added=1" });
    expect(await screen.findByText(/The account is added/)).toBeVisible();
    await user.click(await screen.findByRole("button", { name: "Rename Chrome · Linux" }));
    await user.clear(screen.getByLabelText("Name of the passkey"));
    await user.type(screen.getByLabelText("Name of the passkey"), "Office{Enter}");
    await user.click(await screen.findByRole("button", { name: "Remove Office" }));
    await waitFor(() => expect(fake.access.passkeys).toHaveLength(0));
    await user.click(screen.getByRole("button", { name: "Add Google" }));
    await waitFor(() => expect(leave).toHaveBeenCalledWith("https://issuer.example/google"));
    await user.click(screen.getByRole("button", { name: "Remove Google" }));
    await waitFor(() => expect(fake.access.accounts).toHaveLength(0));
  });

  it("a new password is set with the current one", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/settings" });
    await user.click(await screen.findByRole("button", { name: "Change password" }));
    const form = screen.getByLabelText("Current password").closest("form") as HTMLFormElement;
    const save = () => within(form).getByRole("button", { name: "Save" });
    await user.type(screen.getByLabelText("Current password"), "wrong");
    await user.type(screen.getByLabelText("New password"), "four unrelated words here");
    await user.click(save());
    expect(await screen.findByText("This is not your password.")).toBeVisible();
    await user.clear(screen.getByLabelText("Current password"));
    await user.type(screen.getByLabelText("Current password"), FAKE_PASSWORD);
    await user.click(save());
    expect(await screen.findByText(/The password is changed/)).toBeVisible();
    expect(fake.sessions).toHaveLength(1);
  });
});
