import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { openApp } from "./testing/app";
import { said } from "./testing/mail";

describe("fields of one's own", () => {
  it("are added with options and colours, renamed and archived", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/settings/fields" });
    await user.click(await screen.findByRole("button", { name: "Deals" }));
    await user.click(screen.getByRole("button", { name: "Add field" }));
    const dialog = await screen.findByRole("dialog", { name: "New field of Deals" });
    await user.type(within(dialog).getByRole("textbox", { name: "Name" }), "Finish");
    await user.selectOptions(within(dialog).getByRole("combobox", { name: /^Type/ }), "choice");
    expect(within(dialog).getByRole("button", { name: "Save" })).toBeDisabled();
    await user.click(within(dialog).getByRole("button", { name: "Add option" }));
    await user.type(within(dialog).getByRole("textbox", { name: "Option 1" }), "Oiled{Enter}");
    await user.type(within(dialog).getByRole("textbox", { name: "Option 2" }), "Waxed");
    await user.click(within(dialog).getByRole("button", { name: "Move Waxed up" }));
    await user.click(within(dialog).getByRole("button", { name: "Colour of Waxed" }));
    await user.click(await screen.findByRole("button", { name: "Colour 7" }));
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    await said(/Finish is saved/);
    const field = () =>
      fake.records.objects.find(({ kind }) => kind === "deal")?.fields.find(({ key }) => key === "c_finish");
    expect(field()?.options.map(({ label, color }) => [label, color])).toEqual([
      ["Waxed", 6],
      ["Oiled", 1],
    ]);

    await user.click(await screen.findByRole("button", { name: "Edit Finish" }));
    const edit = await screen.findByRole("dialog", { name: "Edit Finish" });
    await user.clear(within(edit).getByRole("textbox", { name: "Name" }));
    await user.type(within(edit).getByRole("textbox", { name: "Name" }), "Surface{Enter}");
    await waitFor(() => expect(field()?.label).toBe("Surface"));
    await user.click(await screen.findByRole("button", { name: "Archive Surface" }));
    const asking = await screen.findByRole("dialog", { name: "Archive Surface?" });
    expect(asking).toHaveTextContent("stays in the history");
    await user.click(within(asking).getByRole("button", { name: "Archive" }));
    await waitFor(() => expect(field()?.archived).toBe(true));
    await waitFor(() => expect(screen.queryByRole("button", { name: "Edit Surface" })).toBeNull());
  });

  it("a name that is taken is refused at its field", async () => {
    const { user } = await openApp({ scenario: "connected", path: "/settings/fields" });
    await user.click(await screen.findByRole("button", { name: "Add field" }));
    await user.type(await screen.findByRole("textbox", { name: "Name" }), "newsletter{Enter}");
    expect(await screen.findByText("There is a field of this name already.")).toBeVisible();
  });

  it("plain members only read them", async () => {
    await openApp({ scenario: "connected", path: "/settings/fields", role: "member" });
    expect(await screen.findByText("Newsletter")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Add field" })).not.toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Edit Newsletter" })).not.toBeInTheDocument();
  });
});

describe("pipelines", () => {
  it("are made with stages to begin with, and changed as a whole", async () => {
    const { user, fake, headers } = await openApp({ scenario: "connected", path: "/settings/pipelines" });
    await user.click(await screen.findByRole("button", { name: "New pipeline" }));
    await user.type(await screen.findByRole("textbox", { name: "Name" }), "Repairs{Enter}");
    const dialog = await screen.findByRole("dialog", { name: "Edit Repairs" });
    const made = () => fake.records.pipelines.find(({ name }) => name === "Repairs");
    expect(made()?.stages.map(({ name, outcome }) => [name, outcome])).toEqual([
      ["New", "open"],
      ["In progress", "open"],
      ["Won", "won"],
      ["Lost", "lost"],
    ]);
    await user.click(within(dialog).getByRole("button", { name: "Add stage" }));
    await user.type(within(dialog).getByRole("textbox", { name: "Stage 5" }), "Waiting");
    await user.click(within(dialog).getByRole("button", { name: "Move Waiting up" }));
    await user.click(within(dialog).getByRole("button", { name: "Rules of Won" }));
    await user.type(within(dialog).getByRole("combobox", { name: "Needs these fields" }), "Amount");
    await user.click(await screen.findByRole("option", { name: "Amount" }));
    await user.type(within(dialog).getByRole("textbox", { name: "Makes this task" }), "Send the invoice");
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    await said(/Repairs is saved/);
    expect(made()?.stages.map(({ name }) => name)).toEqual(["New", "In progress", "Won", "Waiting", "Lost"]);
    expect(made()?.stages[2]).toMatchObject({
      required: ["amount"],
      task: { name: "Send the invoice", due_days: 3 },
    });
    expect(headers("PATCH /api/v1/pipelines/")[0]?.get("If-Match")).toBe('"1"');
  });

  it("a stage that holds records stays, and that is said", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/settings/pipelines" });
    await user.click(await screen.findByRole("button", { name: "Edit Sales" }));
    const dialog = await screen.findByRole("dialog", { name: "Edit Sales" });
    await user.click(within(dialog).getByRole("button", { name: "Take Qualified away" }));
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    expect(await within(dialog).findByRole("alert")).toHaveTextContent("still holds records");
    expect(fake.records.pipelines[0]?.stages).toHaveLength(6);
  });
});

describe("teams", () => {
  it("are made of members, changed and removed", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/settings/teams" });
    await user.click(await screen.findByRole("button", { name: "New team" }));
    await user.type(await screen.findByRole("textbox", { name: "Name" }), "Support");
    await user.type(screen.getByRole("combobox", { name: "Members" }), "Nadia");
    await user.click(await screen.findByRole("option", { name: /Nadia Benali/ }));
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() =>
      expect(fake.records.teams[2]).toMatchObject({ name: "Support", members: ["mem_nadia0000001"] }),
    );
    await user.click(await screen.findByRole("button", { name: "Remove Support" }));
    const dialog = await screen.findByRole("dialog", { name: "Remove Support?" });
    await user.click(within(dialog).getByRole("button", { name: "Remove" }));
    await waitFor(() => expect(fake.records.teams).toHaveLength(2));
  });
});
