import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { openApp } from "./testing/app";

async function open(path = "/settings") {
  const opened = await openApp({ scenario: "connected", path });
  await screen.findByRole("heading", { level: 1 });
  const { user } = opened;
  const show = async () => {
    await user.keyboard("{Control>}k{/Control}");
    const dialog = await screen.findByRole("dialog", { name: "Find customers and commands" });
    return {
      box: within(dialog).getByRole("textbox"),
      options: () => within(dialog).queryAllByRole("option"),
      find: (name: RegExp) => within(dialog).findByRole("option", { name }),
      group: (label: string | RegExp) => within(dialog).findByText(label),
      dialog: within(dialog),
    };
  };
  return { ...opened, show };
}

describe("the palette and customers", () => {
  it("finds records of every kind as one types, tells their kind and what tells them apart", async () => {
    const { user, show, path, calls } = await open();
    const palette = await show();
    await user.type(palette.box, "miramar");
    const company = await palette.find(/^Hotel Miramar(?!:)/);
    expect(company).toHaveTextContent("hotelmiramar.example");
    expect(company).toHaveTextContent("Company");
    expect((await palette.dialog.findAllByRole("option", { name: /^Hotel Miramar: .*Deal$/ })).length).toBe(
      2,
    );
    // Not with every letter.
    expect(calls("POST /api/v1/records/search").length).toBeLessThan(5);
    await user.keyboard("{Enter}");
    await waitFor(() => expect(path()).toMatch(/^\/records\/rec_/));
  });

  it("says when names are only spelled alike", async () => {
    const { user, show, path } = await open();
    const palette = await show();
    await user.type(palette.box, "Whitfeild");
    expect(await palette.group("No results for “Whitfeild”. Did you mean…")).toBeVisible();
    await user.click(await palette.find(/^Sarah Whitfield/));
    await waitFor(() => expect(path()).toBe("/records/rec_contact00000001"));
  });

  it("Enter pressed before the answer waits for it, and never opens what was found before", async () => {
    const { user, show, path } = await open();
    const palette = await show();
    await user.type(palette.box, "a");
    await waitFor(() => expect(palette.options().length).toBeGreaterThan(3));
    await user.clear(palette.box);
    await user.type(palette.box, "whitfield{Enter}");
    await waitFor(() => expect(path()).toBe("/records/rec_contact00000001"));
  });

  it("commands that begin so come first", async () => {
    const { user, show, path } = await open();
    const palette = await show();
    await user.type(palette.box, "contacts");
    await waitFor(() => expect(palette.options()[0]).toHaveTextContent("Contacts"));
    await user.keyboard("{Enter}");
    await waitFor(() => expect(path()).toBe("/contacts"));
  });

  it("without words shows what was seen last, and before that what changed last", async () => {
    const { user, show, app } = await open();
    const before = await show();
    expect(await before.group("Changed last")).toBeVisible();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    await app.router.navigate({ to: "/records/$id", params: { id: "rec_company00000003" } });
    await screen.findByRole("heading", { level: 1, name: /Hotel Miramar/ });
    await app.router.navigate({ to: "/settings" });
    await screen.findByRole("heading", { level: 1, name: "Settings" });
    const palette = await show();
    expect(await palette.group("Seen last")).toBeVisible();
    expect(palette.options()[0]).toHaveTextContent("Hotel Miramar");
  });

  it("goes on in a list, which then searches for the same words; they stand in no address", async () => {
    const { user, show, path, app } = await open();
    const palette = await show();
    await user.type(palette.box, "e");
    await user.click(await palette.find(/^More in contacts…/));
    await waitFor(() => expect(path()).toBe("/contacts"));
    await waitFor(async () =>
      expect(await screen.findByRole("searchbox", { name: /Search/ })).toHaveValue("e"),
    );
    expect(app.router.history.location.href).toBe("/contacts");
  });

  it("still runs commands when the search fails", async () => {
    const { user, show, fake } = await open();
    fake.failures.push({ path: "/records/search", status: 503, code: "unavailable" });
    const palette = await show();
    await user.type(palette.box, "outb");
    expect(await palette.group("Customers could not be searched. Commands still work.")).toBeVisible();
    expect(await palette.find(/^Outbox/)).toBeVisible();
  });
});

describe("the search of a list", () => {
  it("says when names are only spelled alike", async () => {
    const { user } = await openApp({ scenario: "connected", path: "/contacts" });
    await user.type(await screen.findByRole("searchbox", { name: /Search/ }), "Whitfeild");
    expect(await screen.findByText("Nothing has “Whitfeild” in it. These are spelled alike.")).toBeVisible();
    expect(await screen.findByRole("link", { name: /Sarah Whitfield/ })).toBeVisible();
  });
});
