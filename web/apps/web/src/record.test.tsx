import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { openApp } from "./testing/app";
import { said } from "./testing/mail";

const CONTACT = "rec_contact00000001";
const DEAL = "rec_deal00000001";

async function open(id: string, role?: "viewer") {
  const opened = await openApp({
    scenario: "connected",
    path: `/records/${id}`,
    ...(role === undefined ? {} : { role }),
  });
  await screen.findByRole("heading", { level: 1 });
  const values = () => opened.fake.records.get(id)?.values ?? {};
  return { ...opened, values };
}

describe("fields in place", () => {
  it("Enter saves, Escape gives up, Tab saves and goes on; each write says which version was seen", async () => {
    const { user, values, headers, fake } = await open(CONTACT);
    await user.click(await screen.findByRole("button", { name: /^Job title: / }));
    const title = screen.getByRole("textbox", { name: "Job title" });
    await user.clear(title);
    await user.type(title, "Head of purchasing{Enter}");
    await waitFor(() => expect(values().title).toBe("Head of purchasing"));
    expect(headers(`PATCH /api/v1/records/${CONTACT}`)[0]?.get("If-Match")).toBe('"1"');
    const again = await screen.findByRole("button", { name: "Job title: Head of purchasing, edit" });
    await waitFor(() => expect(again).toHaveFocus());

    await user.keyboard("{Enter}");
    await user.type(screen.getByRole("textbox", { name: "Job title" }), " and sales{Escape}");
    expect(await screen.findByRole("button", { name: "Job title: Head of purchasing, edit" })).toBeVisible();

    await user.click(screen.getByRole("button", { name: /^First name: / }));
    await user.clear(screen.getByRole("textbox", { name: "First name" }));
    await user.type(screen.getByRole("textbox", { name: "First name" }), "Sara{Tab}");
    expect(screen.getByRole("textbox", { name: "Last name" })).toHaveFocus();
    expect(await screen.findByRole("heading", { level: 1, name: "Sara Whitfield" })).toBeVisible();
    await waitFor(() => expect(values().first_name).toBe("Sara"));
    expect(fake.records.get(CONTACT)?.version).toBe(3);
  });

  it("several addresses have labels; empty ones are not saved", async () => {
    const { user, values } = await open(CONTACT);
    await user.click(await screen.findByRole("button", { name: /^E-mail: / }));
    await user.click(screen.getByRole("button", { name: "Add another" }));
    expect(screen.getByRole("textbox", { name: "E-mail 2" })).toHaveFocus();
    await user.type(screen.getByRole("textbox", { name: "E-mail 2" }), "sarah@home.example");
    await user.selectOptions(screen.getByRole("combobox", { name: "Label of E-mail 2" }), "home");
    await user.click(screen.getByRole("button", { name: "Add another" }));
    await user.keyboard("{Enter}");
    await waitFor(() =>
      expect(values().emails).toEqual([
        { address: "sarah.whitfield@harbourpine.example", label: "work" },
        { address: "sarah@home.example", label: "home" },
      ]),
    );
  });

  it("a company is found by typing, or made of what was typed", async () => {
    const { user, values, fake } = await open(CONTACT);
    await user.click(await screen.findByRole("button", { name: "Company: Harbour & Pine, edit" }));
    await user.type(screen.getByRole("combobox", { name: "Company" }), "Vela");
    await user.click(await screen.findByRole("option", { name: /Vela Yachts/ }));
    await waitFor(() => expect(values().company).toBe("rec_company00000025"));
    expect(await screen.findByRole("link", { name: "Vela Yachts" })).toBeVisible();

    await user.click(screen.getByRole("button", { name: "Company: Vela Yachts, edit" }));
    await user.type(screen.getByRole("combobox", { name: "Company" }), "Quay Works");
    await user.click(await screen.findByRole("option", { name: "New company “Quay Works”" }));
    expect(await screen.findByRole("link", { name: "Quay Works" })).toBeVisible();
    const made = [...fake.records.all.values()].find(({ title }) => title === "Quay Works");
    await waitFor(() => expect(values().company).toBe(made?.id));
  });

  it("an amount is read as it is written here", async () => {
    const { user, values } = await open(DEAL);
    await user.click(await screen.findByRole("button", { name: /^Amount: / }));
    const amount = screen.getByRole("textbox", { name: "Amount" });
    await user.clear(amount);
    await user.type(amount, "a lot");
    expect(screen.getByText("Write a number, as 1250 or 1.5k.")).toBeVisible();
    await user.clear(amount);
    await user.type(amount, "12.5k{Enter}");
    await waitFor(() => expect(values().amount).toEqual({ amount: "12500", currency: "EUR" }));
    expect(await screen.findByRole("button", { name: "Amount: €12,500, edit" })).toBeVisible();
  });

  it("what somebody else changed meanwhile is shown beside one's own, and one of both is kept", async () => {
    const { user, values, fake } = await open(CONTACT);
    await screen.findByRole("button", { name: /^Job title: / });
    fake.records.editElsewhere(CONTACT, { title: "Director", last_name: "Whitfield-Jones" });
    await user.click(screen.getByRole("button", { name: /^Job title: / }));
    await user.clear(screen.getByRole("textbox", { name: "Job title" }));
    await user.type(screen.getByRole("textbox", { name: "Job title" }), "Buyer{Enter}");
    const dialog = await screen.findByRole("dialog", { name: /^Changed twice: / });
    expect(within(dialog).getByText("Director")).toBeVisible();
    expect(within(dialog).getByText("Buyer")).toBeVisible();
    expect(values().title).toBe("Director");
    await user.click(within(dialog).getByRole("radio", { name: /Take mine/ }));
    await user.click(within(dialog).getByRole("button", { name: "Done" }));
    await waitFor(() => expect(values().title).toBe("Buyer"));
    expect(values().last_name).toBe("Whitfield-Jones");
    expect(await screen.findByRole("heading", { level: 1, name: "Sarah Whitfield-Jones" })).toBeVisible();
  });

  it("what the server refuses goes back to what it was, and the reason is said", async () => {
    const { user, fake } = await open(CONTACT);
    await user.click(await screen.findByRole("button", { name: /^Job title: / }));
    fake.failures.push({
      path: `/records/${CONTACT}`,
      method: "PATCH",
      status: 422,
      code: "validation",
      fields: [{ name: "values.title", detail: "This is too long." }],
    });
    await user.clear(screen.getByRole("textbox", { name: "Job title" }));
    await user.type(screen.getByRole("textbox", { name: "Job title" }), "x{Enter}");
    await said(/Not saved: This is too long\./);
    expect(await screen.findByRole("button", { name: "Job title: Purchasing, edit" })).toBeVisible();
  });

  it("who may only look edits nothing", async () => {
    await open(CONTACT, "viewer");
    expect(await screen.findByText("Purchasing", { selector: "dd *" })).toBeVisible();
    expect(screen.queryByRole("button", { name: /edit$/ })).not.toBeInTheDocument();
    await screen.findByRole("tab", { name: "Timeline" });
  });
});

describe("a box", () => {
  it("is moved along its stages, with Undo", async () => {
    const { user, values } = await open("rec_deal00000002");
    const before = values().stage;
    const stages = await screen.findByRole("navigation", { name: "Stages of Sales" });
    await user.click(within(stages).getByRole("button", { name: "Qualified" }));
    await waitFor(() => expect(values().stage).toBe("stg_sales2"));
    const toast = await said(/Qualified/);
    await user.click(toast.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(values().stage).toBe(before));
  });

  it("a lead becomes contact, company and deal", async () => {
    const { user, fake, path } = await open("rec_lead00000001");
    await user.click(await screen.findByRole("button", { name: "Convert" }));
    const dialog = await screen.findByRole("dialog", { name: /^Convert / });
    const contact = within(dialog).getByRole("region", { name: "Contact" });
    expect(within(contact).getByRole("textbox", { name: "Name of the new one" })).toHaveValue(
      String(fake.records.get("rec_lead00000001")?.values.contact_name),
    );
    await user.click(within(dialog).getByRole("button", { name: "Convert lead" }));
    await waitFor(() => expect(path()).not.toBe("/records/rec_lead00000001"));
    expect(fake.records.get("rec_lead00000001")?.values.stage).toBe("stg_lead4");
    expect(await screen.findByRole("navigation", { name: "Stages of Sales" })).toBeVisible();
  });
});

describe("timeline and history", () => {
  it("notes call colleagues, calls are logged, tasks are ticked off", async () => {
    const { user, fake } = await open(DEAL);
    await user.click(await screen.findByRole("tab", { name: "Timeline" }));
    const note = await screen.findByRole("textbox", { name: "Note" });
    await user.type(note, "Ask @Lé");
    await user.click(await screen.findByRole("option", { name: /Léa Fontaine/ }));
    await user.type(note, "first");
    expect(screen.getByText("1 colleague is mentioned")).toBeVisible();
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(await screen.findByText("@Léa Fontaine")).toBeVisible();
    const made = [...fake.records.all.values()].find(({ title }) => title.startsWith("Ask @Léa"));
    expect(made?.values).toMatchObject({ about: [DEAL], mentions: ["mem_lea000000001"] });

    await user.click(screen.getByRole("button", { name: "Call" }));
    await user.type(screen.getByRole("textbox", { name: /^Subject/ }), "Asked for the drawings");
    await user.click(screen.getByRole("button", { name: "Log call" }));
    expect(await screen.findByRole("link", { name: "Asked for the drawings" })).toBeVisible();

    const task = await screen.findByRole("checkbox", { name: /^Done: / });
    await user.click(task);
    await waitFor(() => expect(fake.records.get("rec_task00000001")?.values.done).toBe(true));
  });

  it("what was begun is there again after looking elsewhere", async () => {
    const { user, app } = await open(DEAL);
    await user.click(await screen.findByRole("tab", { name: "Timeline" }));
    await user.type(await screen.findByRole("textbox", { name: "Note" }), "Half a thought");
    await app.router.navigate({ to: "/settings" });
    await screen.findByRole("heading", { level: 1, name: "Settings" });
    await app.router.navigate({ to: "/records/$id", params: { id: DEAL } });
    await user.click(await screen.findByRole("tab", { name: "Timeline" }));
    expect(await screen.findByRole("textbox", { name: "Note" })).toHaveValue("Half a thought");
  });

  it("shows mail with the people of a contact, and leads to it", async () => {
    const { user } = await open(CONTACT);
    await user.click(await screen.findByRole("tab", { name: "Timeline" }));
    const mail = await screen.findAllByText(/messages?$/);
    expect(mail.length).toBeGreaterThan(0);
  });

  it("a field is set back to what it was", async () => {
    const { user, values } = await open(DEAL);
    await user.click(await screen.findByRole("tab", { name: "History" }));
    await user.click(await screen.findByRole("button", { name: "Restore Amount as it was before" }));
    await waitFor(() => expect(values().amount).toEqual({ amount: "900", currency: "EUR" }));
    await said(/Amount is what it was before/);
  });
});

describe("sharing and bin", () => {
  it("is shared with people and teams, to see or to change", async () => {
    const { user, fake } = await open(CONTACT);
    await user.click(await screen.findByRole("button", { name: "Sharing: Whole workspace" }));
    const dialog = await screen.findByRole("dialog", { name: "Who sees this?" });
    await user.click(await within(dialog).findByRole("radio", { name: /People and teams/ }));
    expect(within(dialog).getByRole("button", { name: "Save" })).toBeDisabled();
    await user.type(within(dialog).getByRole("combobox", { name: "Add a person or team" }), "Sales");
    await user.click(await screen.findByRole("option", { name: /Sales/ }));
    await user.selectOptions(await within(dialog).findByLabelText("What Sales may do"), "edit");
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    await waitFor(() =>
      expect(fake.records.sharings.get(CONTACT)).toEqual({
        scope: "shared",
        shares: [{ member: null, team: "team_sales0000001", access: "edit" }],
      }),
    );
    expect(await screen.findByRole("button", { name: "Sharing: People and teams" })).toBeVisible();
  });

  it("goes into the bin, comes back by Undo, and out of the bin itself", async () => {
    const { user, fake, app } = await open(CONTACT);
    const remove = async () => {
      await user.click(await screen.findByRole("button", { name: "More about this record" }));
      await user.click(await screen.findByRole("menuitem", { name: "Move to the bin" }));
    };
    await remove();
    const toast = await said(/is in the bin/);
    await waitFor(() => expect(fake.records.get(CONTACT)?.deleted_at).not.toBeNull());
    await user.click(toast.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(fake.records.get(CONTACT)?.deleted_at).toBeNull());

    await app.router.navigate({ to: "/records/$id", params: { id: CONTACT } });
    await remove();
    await waitFor(() => expect(fake.records.get(CONTACT)?.deleted_at).not.toBeNull());
    await app.router.navigate({ to: "/bin" });
    await user.click(await screen.findByRole("button", { name: "Restore Sarah Whitfield" }));
    await waitFor(() => expect(fake.records.get(CONTACT)?.deleted_at).toBeNull());
  });

  it("what is not there, or not shared, says so", async () => {
    await openApp({ scenario: "connected", path: "/records/rec_nothing" });
    expect(await screen.findByRole("heading", { name: "Nothing to see here" })).toBeVisible();
  });
});

describe("choosing with the keyboard", () => {
  it("Enter on a list that was only opened keeps what is chosen; what was looked for is taken", async () => {
    const { user, values } = await open(CONTACT);
    (await screen.findByRole("button", { name: "Company: Harbour & Pine, edit" })).focus();
    await user.keyboard("{Enter}");
    await screen.findAllByRole("option");
    await user.keyboard("{Enter}");
    const closed = await screen.findByRole("button", { name: "Company: Harbour & Pine, edit" });
    expect(values().company).toBe("rec_company00000001");
    await waitFor(() => expect(closed).toHaveFocus());
    await user.keyboard("{Enter}");
    await user.keyboard("Torre");
    await screen.findByRole("option", { name: /Torre Alta/ });
    await waitFor(() => expect(screen.getAllByRole("option")).toHaveLength(2));
    await user.keyboard("{Enter}");
    await waitFor(() => expect(values().company).toBe("rec_company00000022"));
  });
});
