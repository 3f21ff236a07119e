import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { openApp } from "./testing/app";

const MAIL = "/mail/con_demo00000001";
const rows = () => [...document.querySelectorAll<HTMLAnchorElement>("[data-thread]")];

describe("searching", () => {
  it("begins with /, asks in a body, and leaves no trace in the address", async () => {
    const { user, search, calls } = await openApp({ scenario: "connected", path: MAIL });
    await waitFor(() => expect(rows().length).toBeGreaterThan(0));
    await user.keyboard("/");
    const box = screen.getByRole("searchbox", { name: "Search mail" });
    expect(box).toHaveFocus();
    await user.type(box, "miramar{Enter}");
    await screen.findByRole("heading", { name: "Search results" });
    await waitFor(() => expect(rows().length).toBeGreaterThan(0));
    expect(calls("POST /api/v1/search")).toEqual(["POST /api/v1/search"]);
    expect(search().toString()).not.toContain("miramar");
    await user.click(rows()[0] as HTMLElement);
    await waitFor(() => expect(search().get("thread")).not.toBeNull());
    await user.type(box, "{Escape}");
    await waitFor(() =>
      expect(screen.queryByRole("heading", { name: "Search results" })).not.toBeInTheDocument(),
    );
  });

  it("keeps a search below the labels and forgets it again", async () => {
    const { user } = await openApp({ scenario: "connected", path: MAIL });
    await waitFor(() => expect(rows().length).toBeGreaterThan(0));
    await user.type(screen.getByRole("searchbox"), "miramar{Enter}");
    await user.click(await screen.findByRole("button", { name: "Keep this search" }));
    const kept = await screen.findByRole("button", { name: "miramar" });
    expect(kept).toHaveAttribute("aria-current", "page");
    await user.click(screen.getByRole("button", { name: "Forget the search miramar" }));
    await waitFor(() => expect(kept).not.toBeInTheDocument());
  });
});
