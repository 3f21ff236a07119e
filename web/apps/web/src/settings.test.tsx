import { FAKE_PASSWORD, FAKE_TOTP } from "@tenon/msw";
import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { openApp } from "./testing/app";

describe("settings", () => {
  it("changes the language of everything at once and keeps it", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/settings" });
    await user.selectOptions(await screen.findByLabelText("Language"), "fr");
    expect(await screen.findByRole("heading", { name: "Réglages" })).toBeVisible();
    expect(screen.getByRole("link", { name: "Connexions" })).toBeVisible();
    await waitFor(() => expect(fake.me.member.locale).toBe("fr"));
  });

  it("saves the time zone", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/settings" });
    await user.selectOptions(await screen.findByLabelText("Time zone"), "America/New_York");
    await waitFor(() => expect(fake.me.member.time_zone).toBe("America/New_York"));
    expect(await screen.findByText("Saved")).toBeVisible();
  });

  it("switches the second step on with a code, shows recovery codes once, and off with the password", async () => {
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
    await user.type(screen.getByLabelText("Your password"), "wrong");
    await user.click(screen.getByRole("button", { name: "Switch off" }));
    expect(await screen.findByText("This is not your password.")).toBeVisible();
    await user.clear(screen.getByLabelText("Your password"));
    await user.type(screen.getByLabelText("Your password"), FAKE_PASSWORD);
    await user.click(screen.getByRole("button", { name: "Switch off" }));
    await waitFor(() => expect(fake.me.member.totp_enabled).toBe(false));
  });

  it("ends another browser's session, never offers to end this one", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/settings" });
    expect(await screen.findByText("this browser")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "End: Safari · iOS" }));
    await waitFor(() => expect(fake.sessions).toHaveLength(1));
    await waitFor(() => expect(screen.queryByText("Safari · iOS")).not.toBeInTheDocument());
  });

  it("forgets everything on signing out", async () => {
    const { user, app } = await openApp({ scenario: "connected", path: "/settings" });
    await user.click(await screen.findByRole("button", { name: /^Account of/ }));
    await user.click(await screen.findByRole("menuitem", { name: "Sign out" }));
    await screen.findByRole("heading", { name: "Sign in" });
    expect(app.client.getQueryData(["connections"])).toBeUndefined();
  });
});
