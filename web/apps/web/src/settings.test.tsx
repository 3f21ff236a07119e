import { FAKE_PASSWORD, FAKE_TOTP } from "@tenon/msw";
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { openApp } from "./testing/app";

describe("settings", () => {
  it("changes the language of everything at once and keeps it", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/settings" });
    await user.selectOptions(await screen.findByLabelText("Language"), "fr");
    expect(await screen.findByRole("heading", { name: "Réglages" })).toBeVisible();
    expect(await screen.findByRole("link", { name: "Connexions" })).toBeVisible();
    await waitFor(() => expect(fake.me.member.locale).toBe("fr"));
  });

  it("saves the time zone", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/settings" });
    await user.selectOptions(await screen.findByLabelText("Time zone"), "America/New_York");
    await waitFor(() => expect(fake.me.member.time_zone).toBe("America/New_York"));
    expect(await screen.findByText("Saved")).toBeVisible();
  });

  it("switches the second step on with a code, shows recovery codes once, and off with a proof", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/settings" });
    await user.click(await screen.findByRole("button", { name: "Set up" }));
    expect(await screen.findByRole("img", { name: "QR code for the authenticator app" })).toBeInTheDocument();
    await user.type(screen.getByLabelText("Code"), FAKE_TOTP);
    await user.click(screen.getByRole("button", { name: "Switch on" }));
    expect(await screen.findByText("The second step is on")).toBeVisible();
    expect(document.body.textContent?.match(/k7f\d-9qm2-x4t\d/g)).toHaveLength(10);
    await user.click(screen.getByRole("button", { name: "I have kept them" }));
    expect(document.body.textContent).not.toMatch(/k7f\d-9qm2/);
    await user.click(screen.getByRole("button", { name: "Switch off" }));
    expect(screen.getByText(/the password alone is enough/)).toBeVisible();
    fake.access.wantsProof = true;
    await user.click(screen.getByRole("button", { name: "Switch off" }));
    const dialog = await screen.findByRole("dialog", { name: "Is it you?" });
    await user.type(within(dialog).getByLabelText("Your password"), FAKE_PASSWORD);
    expect(within(dialog).getByRole("button", { name: "Continue" })).toBeDisabled();
    await user.type(within(dialog).getByLabelText("Code"), FAKE_TOTP);
    await user.click(within(dialog).getByRole("button", { name: "Continue" }));
    await waitFor(() => expect(fake.me.member.totp_enabled).toBe(false));
  });

  it("proves at an issuer who is there: leaves for it, and says what to do after coming back", async () => {
    const { user, fake, leave } = await openApp({ scenario: "connected", path: "/settings" });
    fake.access.wantsProof = true;
    await user.click(await screen.findByRole("button", { name: "Remove Google" }));
    const dialog = await screen.findByRole("dialog", { name: "Is it you?" });
    await user.click(await within(dialog).findByRole("button", { name: "Confirm with Google" }));
    await waitFor(() =>
      expect(leave).toHaveBeenCalledWith(expect.stringContaining("https://issuer.example/google")),
    );
    expect(sessionStorage.getItem("tenon.proof")).not.toBeNull();
  });

  it("says after a proof at an issuer that it goes on here", async () => {
    sessionStorage.setItem("tenon.proof", "1");
    await openApp({ scenario: "connected", path: "/settings" });
    expect(await screen.findByText(/Please do once more/)).toBeVisible();
    expect(sessionStorage.getItem("tenon.proof")).toBeNull();
  });

  it("says why a proof at an issuer proved nothing", async () => {
    await openApp({ scenario: "connected", path: "/settings?error=no_auth_time" });
    expect(await screen.findByText(/does not tell when you signed in/)).toBeVisible();
  });

  it("ends another browser's session, never offers to end this one", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/settings" });
    expect(await screen.findByText("this browser")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "End: Safari · iOS" }));
    await waitFor(() => expect(fake.sessions).toHaveLength(1));
    await waitFor(() => expect(screen.queryByText("Safari · iOS")).not.toBeInTheDocument());
  });

  it("says how long mail is kept, and who has decided it", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/settings" });
    expect(await screen.findByText("Tenon’s own default, which this server has too.")).toBeVisible();
    await user.clear(screen.getByLabelText("Days to keep"));
    await user.type(screen.getByLabelText("Days to keep"), "30");
    await user.click(within(screen.getByRole("region", { name: "How long mail is kept" })).getByText("Save"));
    expect(
      await screen.findByText(/^Chosen by your workspace\. Without that choice: 180 days/),
    ).toBeVisible();
    expect(fake.retention.mail_days).toBe(30);
  });

  it.each([
    [false, null, /Whoever runs this server has set no time limit\. .* is 180 days\./],
    [true, null, /^Only in this demo, .* keeps 180 days unless/],
    [false, 90, /^As whoever runs this server has set it\. .* is 180 days\./],
  ])("says what holds in a server (demo: %s) whose default is %s", async (demo, days, words) => {
    const { fake, app } = await openApp({ scenario: "connected", path: "/settings" });
    fake.me.server.demo = demo;
    Object.assign(fake.retention, { mail_days: days, default_days: days });
    await screen.findByText("How long mail is kept");
    await app.client.invalidateQueries();
    await waitFor(() => expect(screen.getByText(words)).toBeVisible());
    if (days === null) expect(screen.getByText("as long as the mailbox is connected")).toBeVisible();
  });

  it("forgets everything on signing out", async () => {
    const { user, app } = await openApp({ scenario: "connected", path: "/settings" });
    await user.click(await screen.findByRole("button", { name: /^Account of/ }));
    await user.click(await screen.findByRole("menuitem", { name: "Sign out" }));
    await screen.findByRole("heading", { name: "Sign in" });
    expect(app.client.getQueryData(["connections"])).toBeUndefined();
  });
});
