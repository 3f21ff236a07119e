import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { openApp } from "./testing/app";
import { said } from "./testing/mail";
import { cell, link, links, titles, wide } from "./testing/records";

beforeEach(wide);

const at = (path: string, role?: "viewer") =>
  openApp({ scenario: "connected", path, ...(role === undefined ? {} : { role }) });
const choose = async (user: Awaited<ReturnType<typeof at>>["user"], field: string, how: string) => {
  const rules = screen.getAllByRole("combobox", { name: "Field" });
  await user.selectOptions(rules.at(-1) as HTMLElement, field);
  await user.selectOptions(screen.getAllByRole("combobox", { name: "How" }).at(-1) as HTMLElement, how);
};

describe("the table of records", () => {
  it("is walked by keys, opens a record beside it, and gives the keyboard back", async () => {
    const { user, search } = await at("/companies");
    await link("Vela Yachts");
    await user.keyboard("j");
    expect(links()[0]).toHaveFocus();
    await user.keyboard("jj");
    expect(links()[2]).toHaveFocus();
    const third = links()[2]?.dataset.record;
    await user.keyboard("o");
    await waitFor(() => expect(search().get("open")).toBe(third));
    expect(await screen.findByRole("complementary", { name: "Record" })).toBeVisible();
    await user.keyboard("j");
    await waitFor(() => expect(search().get("open")).toBe(links()[3]?.dataset.record));
    await user.keyboard("{Escape}");
    await waitFor(() => expect(search().get("open")).toBeNull());
    await waitFor(() => expect(links()[3]).toHaveFocus());
  });

  it("writes into cells: arrows go there, letters begin, Escape gives up, Tab goes on", async () => {
    const { user, fake } = await at("/companies");
    const first = await link("Vela Yachts");
    const id = first.dataset.record ?? "";
    await user.keyboard("j{ArrowRight}{ArrowRight}");
    const industry = await cell("Vela Yachts", "Industry");
    expect(industry).toHaveFocus();
    await user.keyboard("Sails{Enter}");
    await waitFor(() => expect(fake.records.get(id)?.values.industry).toBe("Sails"));
    await waitFor(async () => expect(await cell("Vela Yachts", "Industry")).toHaveFocus());
    await user.keyboard("{Enter}");
    await user.keyboard(" and oars{Escape}");
    expect(await cell("Vela Yachts", "Industry")).toHaveTextContent("Sails");
    await user.keyboard("Boats{Tab}");
    await waitFor(() => expect(fake.records.get(id)?.values.industry).toBe("Boats"));
    await waitFor(async () => expect(await cell("Vela Yachts", "Employees")).toHaveFocus());
    await user.keyboard("{Delete}");
    await waitFor(() => expect(fake.records.get(id)?.values.employees ?? null).toBeNull());
    await user.keyboard("{Escape}");
    expect(first).toHaveFocus();
  });

  it("sorts by a column, and hides, moves and widens it without dragging", async () => {
    const { user } = await at("/companies");
    await link("Vela Yachts");
    await user.click(screen.getByRole("button", { name: "Employees" }));
    await user.click(await screen.findByRole("menuitem", { name: "Sort downwards" }));
    await waitFor(() => expect(titles()[0]).toBe("Ville d’Annecy"));
    expect(screen.getByRole("columnheader", { name: "Employees" })).toHaveAttribute(
      "aria-sort",
      "descending",
    );
    await user.click(screen.getByRole("button", { name: "Employees" }));
    await user.click(await screen.findByRole("menuitem", { name: "Move to the left" }));
    const names = () => screen.getAllByRole("columnheader").map((head) => head.textContent);
    expect(names().slice(1, 4)).toEqual(["Domain", "Employees", "Industry"]);
    const grid = screen.getByRole("grid");
    const before = grid.style.getPropertyValue("--cols");
    await user.click(screen.getByRole("button", { name: "Employees" }));
    await user.click(await screen.findByRole("menuitem", { name: "Wider" }));
    expect(grid.style.getPropertyValue("--cols")).not.toBe(before);
    await user.click(screen.getByRole("menuitem", { name: "Hide this column" }));
    await waitFor(() => expect(names()).not.toContain("Employees"));
    await user.click(screen.getByRole("button", { name: "Columns" }));
    await user.click(await screen.findByRole("checkbox", { name: "Employees" }));
    await waitFor(() => expect(names()).toContain("Employees"));
  });

  it("searches, and says where nothing fits", async () => {
    const { user, path, search } = await at("/contacts");
    await link(/./);
    await user.keyboard("/");
    expect(screen.getByRole("searchbox", { name: "Search" })).toHaveFocus();
    await user.keyboard("whitfield");
    await waitFor(() => expect(titles()).toEqual(["Sarah Whitfield"]));
    await user.keyboard(" nobody");
    await user.click(await screen.findByRole("button", { name: "Show all" }));
    await waitFor(() => expect(titles().length).toBeGreaterThan(10));
    // What was looked for is nowhere in the address.
    expect(path()).toBe("/contacts");
    expect([...search().keys()]).toEqual([]);
  });

  it("lets a viewer read and nothing else", async () => {
    const { user } = await at("/companies", "viewer");
    await link("Vela Yachts");
    expect(screen.queryByRole("button", { name: "New company" })).not.toBeInTheDocument();
    await user.keyboard("jx");
    const bar = within(await screen.findByRole("toolbar"));
    expect(bar.queryByRole("button", { name: "Delete" })).not.toBeInTheDocument();
  });
});

describe("many at once", () => {
  it("gives all chosen ones a value, and takes it back by z", async () => {
    const { user, fake, headers } = await at("/companies");
    await link("Vela Yachts");
    await user.keyboard("jxjjx");
    const chosen = [links()[0], links()[2]].map((one) => one?.dataset.record ?? "");
    const before = chosen.map((id) => fake.records.get(id)?.values.industry);
    expect(await screen.findByText("2 chosen")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Set a field" }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.selectOptions(dialog.getByRole("combobox", { name: "Field" }), "industry");
    await user.type(dialog.getByRole("textbox", { name: "New value" }), "Crafts");
    await user.click(dialog.getByRole("button", { name: "Change 2 records" }));
    await waitFor(async () => expect(await cell("Vela Yachts", "Industry")).toHaveTextContent("Crafts"));
    await said(/2 records changed\./);
    expect(headers("POST /api/v1/records/bulk")[0]?.get("Idempotency-Key")).toMatch(/^[0-9a-f]{32}$/);
    expect(chosen.map((id) => fake.records.get(id)?.values.industry)).toEqual(["Crafts", "Crafts"]);
    await waitFor(() => expect(screen.queryByText("2 chosen")).not.toBeInTheDocument());
    await user.keyboard("z");
    await waitFor(() => expect(chosen.map((id) => fake.records.get(id)?.values.industry)).toEqual(before));
  });

  it("changes all that a search has found, those that are not loaded too, and no others", async () => {
    const { user, fake, calls } = await openApp({ scenario: "connected", path: "/contacts", contacts: 3000 });
    await waitFor(() => expect(links().length).toBeGreaterThan(0));
    const all = () => [...fake.records.all.values()].filter(({ kind }) => kind === "contact");
    const word = String(all()[0]?.values.first_name).slice(0, 1);
    await user.type(screen.getByRole("searchbox", { name: "Search" }), word);
    await waitFor(() => expect(calls("POST /api/v1/records/count").length).toBeGreaterThan(1));
    await waitFor(() => expect(screen.queryByText("3,000 records")).not.toBeInTheDocument());
    await user.click(await screen.findByRole("checkbox", { name: "Choose all that are loaded" }));
    const everything = await screen.findByRole("button", { name: /^Choose all [\d,]+$/ });
    const count = Number((everything.textContent ?? "").replace(/\D/g, ""));
    expect(count).toBeLessThan(all().length);
    await user.click(everything);
    await user.click(screen.getByRole("button", { name: "Set a field" }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.selectOptions(dialog.getByRole("combobox", { name: "Field" }), "title");
    await user.type(dialog.getByRole("textbox", { name: "New value" }), "Walrus");
    await user.click(dialog.getByRole("button", { name: /^Change [\d,]+ records$/ }));
    await waitFor(() => expect(all().filter(({ values }) => values.title === "Walrus")).toHaveLength(count));
  });

  it("deletes after saying how many, and brings them back", async () => {
    const { user, fake } = await at("/companies");
    const first = (await link("Vela Yachts")).dataset.record ?? "";
    await user.keyboard("jxjx#");
    const dialog = within(await screen.findByRole("dialog"));
    expect(dialog.getByText(/30 days/)).toBeInTheDocument();
    await user.click(dialog.getByRole("button", { name: "Delete 2 records" }));
    await waitFor(() => expect(titles()).not.toContain("Vela Yachts"));
    const toast = await said(/2 records are in the bin\./);
    await waitFor(() => expect(fake.records.get(first)?.deleted_at).not.toBeNull());
    await user.click(toast.getByRole("button", { name: "Undo" }));
    await link("Vela Yachts");
    expect(fake.records.get(first)?.deleted_at).toBeNull();
  });

  it("brings back what was refused, and says why", async () => {
    const { user, fake } = await at("/companies");
    await link("Vela Yachts");
    fake.failures.push({ path: "/records/bulk", method: "POST", status: 403, code: "forbidden" });
    await user.keyboard("jx");
    await user.click(await screen.findByRole("button", { name: "Delete" }));
    await user.click(await screen.findByRole("button", { name: "Delete 1 record" }));
    await said(/^Not saved:/);
    expect(await link("Vela Yachts")).toBeInTheDocument();
  });
});

describe("conditions and views", () => {
  it("narrows down in words, saves it as a view, and keeps values out of the address", async () => {
    const { user, fake, search } = await at("/companies");
    await link("Vela Yachts");
    await user.keyboard("f");
    await user.click(await screen.findByRole("button", { name: "Add a condition" }));
    await choose(user, "industry", "contains");
    await user.type(screen.getByRole("textbox", { name: "Industry: what to look for" }), "Boat");
    await waitFor(() => expect(titles()).toEqual(["Vela Yachts"]));
    await user.keyboard("{Escape}");
    expect(await screen.findByRole("button", { name: "Industry contains “Boat”" })).toBeVisible();
    expect([...search().keys()]).toEqual([]);

    await user.click(screen.getByRole("button", { name: "Save as a new view" }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.type(dialog.getByRole("textbox", { name: "Name" }), "Boat builders");
    await user.click(dialog.getByRole("button", { name: "Save" }));
    const tab = await screen.findByRole("link", { name: "Boat builders" });
    await waitFor(() => expect(search().get("view")).toMatch(/^viw_/));
    expect(tab).toHaveAttribute("aria-current", "true");
    expect([...fake.records.views].at(-1)).toMatchObject({
      name: "Boat builders",
      definition: { filter: { all: [{ field: "industry", op: "contains", value: "Boat" }] } },
    });
    await user.click(screen.getByRole("link", { name: "All" }));
    await waitFor(() => expect(titles().length).toBeGreaterThan(10));
    await user.click(screen.getByRole("link", { name: "Boat builders" }));
    await waitFor(() => expect(titles()).toEqual(["Vela Yachts"]));
  });

  it("takes any of several conditions, and groups of them", async () => {
    const { user } = await at("/companies");
    await link("Vela Yachts");
    await user.keyboard("f");
    await user.selectOptions(await screen.findByRole("combobox", { name: "How many must hold" }), "any");
    await user.click(screen.getByRole("button", { name: "Add a condition" }));
    await choose(user, "name", "begins with");
    await user.type(screen.getByRole("textbox", { name: "Name: what to look for" }), "Vela");
    await user.click(screen.getByRole("button", { name: "Add a group" }));
    await choose(user, "employees", "is more than");
    await user.type(screen.getByRole("textbox", { name: "Employees: what to look for" }), "1000");
    await waitFor(() => expect(titles().toSorted()).toEqual(["Vela Yachts", "Ville d’Annecy"]));
    await user.click(screen.getByRole("button", { name: "Done" }));
    const chips = within(screen.getByRole("region", { name: "Narrowed down to" }));
    await user.click(chips.getByRole("button", { name: /^Take away: .*Vela.* or .*1,000/ }));
    await waitFor(() => expect(titles().length).toBeGreaterThan(10));
  });
});
