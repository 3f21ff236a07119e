import type { FakeServer } from "@tenon/msw";
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { openApp } from "./testing/app";
import { said } from "./testing/mail";
import { link } from "./testing/records";

const SARAH = "rec_contact00000001";
const DEAL = "rec_deal00000001";

/** Sarah once more, as a colleague wrote her down. */
function twin(fake: FakeServer, sharing: "private" | "workspace" = "workspace") {
  return fake.records.create(
    "contact",
    {
      first_name: "Sarah",
      last_name: "Whitfield",
      title: "Head of everything",
      emails: [
        { address: "Sarah.Whitfield@harbourpine.example", label: null },
        { address: "sarah@home.example", label: "home" },
      ],
    },
    sharing,
  );
}

async function open(sharing?: "private") {
  const opened = await openApp({ scenario: "connected", path: "/settings" });
  const double = twin(opened.fake, sharing);
  opened.fake.records.create("note", { body: "Likes oak", about: [double.id] }, undefined);
  const note = [...opened.fake.records.all.values()].find(({ title }) => title === "Likes oak");
  const go = (to: "/duplicates") => opened.app.router.navigate({ to, search: { kind: "contact" } });
  return { ...opened, double, note, go };
}

describe("duplicates", () => {
  it("are shown in groups with the reason, and merged: values chosen, lists united, links follow; undone", async () => {
    const { user, fake, double, note, go } = await open("private");
    await go("/duplicates");
    const group = await screen.findByTestId("duplicate-group");
    expect(within(group).getByText(/same e-mail/)).toBeVisible();
    await user.click(within(group).getByRole("button", { name: "Merge Sarah Whitfield…" }));
    const dialog = await screen.findByRole("dialog", { name: "Merge 2 records" });
    const keep = await within(dialog).findByRole("group", { name: "Which one stays?" });
    await user.click(within(keep).getByRole("radio", { name: /Whole workspace/ }));
    // Who sees less today is told.
    expect(within(dialog).getByText("More people will see it")).toBeVisible();
    const title = within(dialog).getByRole("group", { name: "Job title" });
    await user.click(within(title).getByRole("radio", { name: /Head of everything/ }));
    expect(within(dialog).getByText("1 more")).toBeVisible();
    await user.click(within(dialog).getByRole("button", { name: "Merge 2 into one" }));

    const toast = await said(/2 became Sarah Whitfield/);
    const kept = fake.records.get(SARAH);
    expect(kept?.values.title).toBe("Head of everything");
    expect(kept?.values.emails).toHaveLength(2);
    expect(note?.values.about).toEqual([SARAH]);
    expect(fake.records.get(double.id)?.deleted_at).not.toBeNull();
    expect(await screen.findByText("No duplicates found")).toBeVisible();

    fake.records.editElsewhere(SARAH, { title: "Director" });
    await user.click(toast.getByRole("button", { name: "Undo" }));
    await said(/They are apart again\. 1 value stayed/);
    expect(kept?.values).toMatchObject({ title: "Director" });
    expect(kept?.values.emails).toHaveLength(1);
    expect(note?.values.about).toEqual([double.id]);
    expect(fake.records.get(double.id)?.deleted_at).toBeNull();
  });

  it("that are none are not asked about again", async () => {
    const { user, go } = await open();
    await go("/duplicates");
    await user.click(await screen.findByRole("button", { name: "Sarah Whitfield: not the same" }));
    await said(/not asked about again/);
    expect(await screen.findByText("No duplicates found")).toBeVisible();
  });

  it("somebody's change meanwhile is shown before it is decided upon again", async () => {
    const { user, fake, go } = await open();
    await go("/duplicates");
    await user.click(await screen.findByRole("button", { name: "Merge Sarah Whitfield…" }));
    const dialog = await screen.findByRole("dialog", { name: "Merge 2 records" });
    await within(dialog).findByRole("group", { name: "Job title" });
    fake.records.editElsewhere(SARAH, { title: "Director" });
    await user.click(within(dialog).getByRole("button", { name: "Merge 2 into one" }));
    expect(await within(dialog).findByText("One of them was changed meanwhile")).toBeVisible();
    expect(await within(dialog).findByRole("radio", { name: /Director/ })).toBeVisible();
    await user.click(within(dialog).getByRole("button", { name: "Merge 2 into one" }));
    await said(/2 became/);
  });

  it("a lost answer makes nothing twice", async () => {
    const { user, fake, go } = await open();
    await go("/duplicates");
    await user.click(await screen.findByRole("button", { name: "Merge Sarah Whitfield…" }));
    fake.lost.push({ path: "/merges", method: "POST" });
    const submit = await screen.findByRole("button", { name: "Merge 2 into one" });
    await user.click(submit);
    expect(await screen.findByText(/server cannot be reached/)).toBeVisible();
    await user.click(submit);
    await said(/2 became/);
    expect(fake.merging.merges.size).toBe(1);
  });
});

describe("on a record", () => {
  it("a hint leads to merging; the address of the merged one leads to the kept one; history takes it back", async () => {
    const { user, fake, double, app, path } = await open();
    await app.router.navigate({ to: "/records/$id", params: { id: SARAH } });
    await user.click(await screen.findByRole("button", { name: "1 possible duplicate" }));
    await user.click(screen.getByRole("button", { name: "Merge Sarah Whitfield…" }));
    const dialog = await screen.findByRole("dialog", { name: "Merge 2 records" });
    const keep = await within(dialog).findByRole("group", { name: "Which one stays?" });
    await user.click(within(keep).getAllByRole("radio")[0] as HTMLElement);
    await user.click(within(dialog).getByRole("button", { name: "Merge 2 into one" }));
    await waitFor(() => expect(fake.merging.into.get(double.id)).toBe(SARAH));

    await app.router.navigate({ to: "/contacts" });
    await app.router.navigate({ to: "/records/$id", params: { id: double.id } });
    await waitFor(() => expect(path()).toBe(`/records/${SARAH}`));
    await said(/It was merged/);
    await user.click(await screen.findByRole("tab", { name: "History" }));
    await user.click(await screen.findByRole("button", { name: "Take apart again" }));
    await said(/They are apart again/);
    expect(fake.merging.into.has(double.id)).toBe(false);
  });

  it("is told while one is made that is there already", async () => {
    const { user, app, calls } = await open();
    await app.router.navigate({ to: "/contacts", search: { new: true } });
    const dialog = await screen.findByRole("dialog", { name: "New contact" });
    await user.type(await within(dialog).findByRole("textbox", { name: "First name" }), "Sarah");
    await user.type(within(dialog).getByRole("textbox", { name: "Last name" }), "Whitfield");
    expect(await within(dialog).findByText(/already/)).toBeVisible();
    expect(within(dialog).getAllByRole("link", { name: "Sarah Whitfield" }).length).toBeGreaterThan(0);
    expect(calls("/duplicates/check").length).toBeLessThan(6);
  });
});

describe("small things", () => {
  it("the bin is emptied at once", async () => {
    const { user, fake, app, double } = await open();
    double.deleted_at = fake.iso();
    await app.router.navigate({ to: "/bin" });
    await user.click(await screen.findByRole("button", { name: "Empty the bin" }));
    const dialog = await screen.findByRole("dialog", { name: /Delete all Contacts/ });
    await user.click(within(dialog).getByRole("button", { name: "Empty the bin" }));
    await said(/1 record is deleted for good/);
    expect(fake.records.get(double.id)).toBeUndefined();
    expect(await screen.findByText("Nothing in the bin")).toBeVisible();
  });

  it("history names what a record named once", async () => {
    const { user, fake, app } = await open();
    const deal = fake.records.get(DEAL);
    if (deal === undefined) throw new Error("no deal");
    fake.records.write(deal, { company: "rec_company00000003" });
    fake.records.write(deal, { company: "rec_company00000004" });
    const entries = fake.records.history.get(DEAL) ?? [];
    for (const entry of entries)
      entry.linked = [{ id: "rec_company00000003", kind: "company", title: "Hotel Miramar" }];
    await app.router.navigate({ to: "/records/$id", params: { id: DEAL } });
    await user.click(await screen.findByRole("tab", { name: "History" }));
    expect((await screen.findAllByText("Hotel Miramar")).length).toBeGreaterThan(0);
  });

  it("a lead is converted in one request, with names of one's own", async () => {
    const { user, fake, app, calls } = await open();
    await app.router.navigate({ to: "/records/$id", params: { id: "rec_lead00000001" } });
    await user.click(await screen.findByRole("button", { name: "Convert" }));
    const dialog = await screen.findByRole("dialog", { name: /^Convert / });
    const contact = within(dialog).getByRole("region", { name: "Contact" });
    const name = within(contact).getByRole("textbox", { name: "Name of the new one" });
    await user.clear(name);
    await user.type(name, "Wanda Walrus");
    await user.click(within(dialog).getByRole("button", { name: "Convert lead" }));
    await waitFor(() => {
      const made = [...fake.records.all.values()].find(({ title }) => title === "Wanda Walrus");
      expect(made?.kind).toBe("contact");
    });
    expect(calls("PATCH /api/v1/records/rec_lead00000001")).toEqual([]);
  });

  it("why some of many were left is told", async () => {
    const { user, fake, app } = await open();
    const mine = fake.records.get(SARAH);
    await app.router.navigate({ to: "/companies" });
    await link(/^Vela Yachts/);
    await user.keyboard("jxjx#");
    // They were taken away from the person while the list was open.
    for (const record of fake.records.all.values()) if (record.kind === "company") record.access = "view";
    expect(mine?.access).toBe("owner");
    await user.click(await screen.findByRole("button", { name: /^Delete 2 records/ }));
    await said(/Left as (it was|they were): 2 that you may not change/);
  });
});
