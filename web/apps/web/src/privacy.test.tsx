import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { openApp } from "./testing/app";

describe("the page of privacy promises", () => {
  it("shows the sentences of every feature the server knows, also before somebody signs in", async () => {
    const { calls } = await openApp({ scenario: "signed_out", path: "/privacy" });
    await screen.findByRole("heading", { name: "What is read" });
    expect(screen.getByText(/changed only when you click/)).toBeVisible();
    expect(screen.getByText(/in the bin or in spam is deleted for good/)).toBeVisible();
    const [asked] = calls("GET /api/v1/policy");
    const features = new URLSearchParams(asked?.split("?")[1]).get("features")?.split(",");
    expect(features).toEqual(expect.arrayContaining(["mail", "organizing", "sending", "deleting"]));
  });

  it("can be asked for again when the list of features does not come", async () => {
    const { user, fake } = await openApp({ scenario: "signed_out", path: "/sign-in" });
    fake.failures.push({ path: "/providers", status: 403, code: "forbidden" });
    await user.click(await screen.findByRole("link", { name: "Privacy" }));
    const alert = await screen.findByRole("alert");
    await user.click(within(alert).getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("heading", { name: "What is read" })).toBeVisible();
    await waitFor(() => expect(screen.queryByRole("alert")).not.toBeInTheDocument());
  });
});
