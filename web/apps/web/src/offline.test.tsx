import { onlineManager } from "@tanstack/react-query";
import { screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { openApp } from "./testing/app";
import { MAIL, QUOTE, row } from "./testing/mail";

afterEach(() => onlineManager.setOnline(true));

describe("without a network", () => {
  it("says that a conversation is not loaded yet, and shows it once the network is back", async () => {
    const { user } = await openApp({ scenario: "connected", path: MAIL });
    const first = await row(QUOTE);
    onlineManager.setOnline(false);
    await user.click(first);
    expect(await screen.findByText("Not loaded yet")).toBeVisible();
    onlineManager.setOnline(true);
    expect(await screen.findByRole("heading", { name: QUOTE, level: 2 })).toBeVisible();
    expect(screen.queryByText("Not loaded yet")).not.toBeInTheDocument();
  });

  it("says so of a search too", async () => {
    const { user } = await openApp({ scenario: "connected", path: MAIL });
    await row(QUOTE);
    onlineManager.setOnline(false);
    await user.keyboard("/quote{Enter}");
    expect(await screen.findByText("Not loaded yet")).toBeVisible();
    onlineManager.setOnline(true);
    await waitFor(() => expect(screen.queryByText("Not loaded yet")).not.toBeInTheDocument());
  });
});

describe("an action after the session has ended", () => {
  it("is said in the person's own language", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL, locale: "fr" });
    await row(QUOTE);
    fake.signedIn = false;
    await user.keyboard("je");
    expect(await screen.findByText(/Vous êtes déconnecté/, { selector: "[data-toast] *" })).toBeVisible();
  });
});
