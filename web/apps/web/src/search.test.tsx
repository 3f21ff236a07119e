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

  it("goes through what was found by keyboard, older mail too, and back", async () => {
    const { user, search, calls } = await openApp({ scenario: "connected", path: MAIL });
    await waitFor(() => expect(rows().length).toBeGreaterThan(0));
    await user.keyboard("/a{Enter}");
    const title = await screen.findByRole("heading", { name: "Search results" });
    await waitFor(() => expect(rows().length).toBeGreaterThan(1));
    expect(title).toHaveFocus();
    await user.keyboard("j");
    expect(rows()[0]).toHaveFocus();
    expect(rows().filter((row) => row.tabIndex === 0)).toHaveLength(1);
    await user.keyboard("j");
    expect(rows()[1]).toHaveFocus();
    await user.keyboard("k{Enter}");
    await waitFor(() => expect(search().get("thread")).toBe(rows()[0]?.dataset.thread));
    const first = search().get("thread");
    await user.keyboard("j");
    await waitFor(() => expect(search().get("thread")).not.toBe(first));
    await waitFor(() => expect(rows()[1]).toHaveAttribute("aria-current", "true"));
    await user.keyboard("u");
    await waitFor(() => expect(search().get("thread")).toBeNull());
    expect(rows()[1]).toHaveFocus();
    expect(calls("POST /api/v1/search").length).toBeGreaterThan(0);
    // Without a conversation open, Escape leads back to the list that was there before.
    await user.keyboard("{Escape}");
    await waitFor(() =>
      expect(screen.queryByRole("heading", { name: "Search results" })).not.toBeInTheDocument(),
    );
  });

  it("a label leads out of the search, the one it has covered too", async () => {
    const { user } = await openApp({ scenario: "connected", path: MAIL });
    await waitFor(() => expect(rows().length).toBeGreaterThan(0));
    await user.keyboard("/a{Enter}");
    await screen.findByRole("heading", { name: "Search results" });
    await user.click(screen.getAllByRole("link", { name: /^Inbox/ })[0] as HTMLElement);
    await screen.findByRole("heading", { name: /^Inbox/ });
    await user.keyboard("/a{Enter}");
    await screen.findByRole("heading", { name: "Search results" });
    await user.click(screen.getAllByRole("link", { name: /^Inbox/ })[0] as HTMLElement);
    await screen.findByRole("heading", { name: /^Inbox/ });
  });
});
