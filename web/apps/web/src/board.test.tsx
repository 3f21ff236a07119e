import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { openApp } from "./testing/app";
import { said } from "./testing/mail";
import { cardsOf, column, link, links, wide } from "./testing/records";

beforeEach(wide);

async function board(path = "/deals") {
  const opened = await openApp({ scenario: "connected", path });
  await link(/./);
  const deal = (title: string) => {
    const found = [...opened.fake.records.all.values()].find((record) => record.title === title);
    if (found === undefined) throw new Error(`no deal ${title}`);
    return found;
  };
  return { ...opened, deal };
}
const card = async (name: string, at = 0) => (await cardsOf(name))[at] ?? "";

describe("the board", () => {
  it("shows the stages with how many and how much stands in them", async () => {
    const { fake } = await board();
    const stage = await column("Qualified");
    const inside = [...fake.records.all.values()].filter(
      ({ values, deleted_at }) => values.stage === "stg_sales2" && deleted_at === null,
    );
    await waitFor(() => expect(within(stage).getByText(`${inside.length} records`)).toBeInTheDocument());
    expect(stage.querySelector("header")).toHaveTextContent(/€/);
  });

  it("is walked by keys; the card comes along with Shift, is said aloud, and goes back by z", async () => {
    const { user, deal } = await board();
    await user.keyboard("j");
    expect(links()[0]).toHaveFocus();
    const title = await card("New");
    const second = await card("New", 1);
    expect(links()[0]).toHaveTextContent(title);
    await user.keyboard("L");
    await waitFor(async () => expect(await cardsOf("Qualified")).toContain(title));
    expect(await cardsOf("New")).not.toContain(title);
    await waitFor(() => expect(deal(title).values.stage).toBe("stg_sales2"));
    expect(screen.getByText(new RegExp(`${title}: Qualified, place 1 of`))).toBeInTheDocument();
    await waitFor(async () => expect(await link(title)).toHaveFocus());
    await said(/ is in Qualified now/);
    await user.keyboard("z");
    await waitFor(() => expect(deal(title).values.stage).toBe("stg_sales1"));
    expect(await card("New")).toBe(title);
    await waitFor(async () => expect(await link(title)).toHaveFocus());
    await user.keyboard("{Shift>}{ArrowDown}{/Shift}");
    await waitFor(async () => expect((await cardsOf("New")).slice(0, 2)).toEqual([second, title]));
  });

  it("moves by menu, and asks first for what the stage needs", async () => {
    const { user, deal, calls } = await board();
    const bare = "Brightwater: terrace";
    await user.click(await screen.findByRole("button", { name: `Move ${bare}` }));
    await user.click(await screen.findByRole("menuitem", { name: "Proposal" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Before it goes to Proposal" }));
    await user.click(dialog.getByRole("button", { name: "Move to Proposal" }));
    expect(await dialog.findByText("Needed for this stage")).toBeInTheDocument();
    expect(calls("/move")).toHaveLength(0);
    await user.type(dialog.getByRole("textbox", { name: /Amount/ }), "4200");
    await user.click(dialog.getByRole("button", { name: "Move to Proposal" }));
    await waitFor(() => expect(deal(bare).values.stage).toBe("stg_sales3"));
    expect(deal(bare).values.amount).toMatchObject({ amount: "4200" });
    expect(await cardsOf("Proposal")).toContain(bare);
    const toast = await said(/is in Proposal now/);
    await user.click(toast.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(deal(bare).values.stage).toBe("stg_sales1"));
    expect(deal(bare).values.amount ?? null).toBeNull();
  });

  it("asks what the server needs when only it knows, and why something was lost", async () => {
    const { user, deal, fake } = await board();
    const title = await card("New");
    fake.failures.push({
      path: "/move",
      method: "POST",
      status: 422,
      code: "stage_needs_fields",
      fields: [{ name: "close_date", detail: "Needed." }],
    });
    await user.keyboard("jL");
    const needs = within(await screen.findByRole("dialog", { name: "Before it goes to Qualified" }));
    expect(needs.getByLabelText(/Expected close/)).toBeInTheDocument();
    await user.click(needs.getByRole("button", { name: "Cancel" }));
    expect(await cardsOf("New")).toContain(title);

    await user.click(await screen.findByRole("button", { name: `Move ${title}` }));
    await user.click(await screen.findByRole("menuitem", { name: "Lost" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Before it goes to Lost" }));
    await user.type(dialog.getByRole("textbox", { name: /Why it was lost/ }), "Too dear");
    await user.click(dialog.getByRole("button", { name: "Move to Lost" }));
    await waitFor(() =>
      expect(deal(title).values).toMatchObject({ stage: "stg_sales6", lost_reason: "Too dear" }),
    );
  });

  it("puts back what was refused, and says why", async () => {
    const { user, fake } = await board();
    const title = await card("New");
    fake.failures.push({ path: "/move", method: "POST", status: 403, code: "forbidden" });
    await user.keyboard("jL");
    await said(/^Not saved:/);
    expect(await card("New")).toBe(title);
    expect(await cardsOf("Qualified")).not.toContain(title);
  });

  it("adds a card by one line", async () => {
    const { user, deal } = await board();
    await user.click(await screen.findByRole("button", { name: "Add to Qualified" }));
    await user.keyboard("Harbour bench{Enter}");
    await waitFor(async () => expect(await cardsOf("Qualified")).toContain("Harbour bench"));
    expect(deal("Harbour bench").values).toMatchObject({ stage: "stg_sales2", pipeline: "pip_sales0000001" });
    expect(screen.getByRole("textbox", { name: "Name of the new one in Qualified" })).toHaveFocus();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.getByRole("button", { name: "Add to Qualified" })).toHaveFocus());
  });

  it("becomes a table, and another pipeline", async () => {
    const { user, search, path } = await board();
    await user.keyboard("b");
    expect(await screen.findByRole("grid", { name: "Deals" })).toBeInTheDocument();
    expect(search().get("layout")).toBe("table");
    await user.click(screen.getByRole("button", { name: /^Deals:\s*Sales$/ }));
    await user.click(await screen.findByRole("menuitem", { name: "Service contracts" }));
    await waitFor(() => expect(path()).toBe("/deals/pip_service00001"));
    expect(await column("Offered")).toBeInTheDocument();
  });
});

describe("tasks", () => {
  it("stand by day; x finishes one, Undo brings it back, one line makes another", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/tasks" });
    const first = await link(/./);
    expect(screen.getByRole("heading", { name: /^Overdue/ })).toBeInTheDocument();
    const id = first.dataset.record ?? "";
    await user.keyboard("jx");
    await waitFor(() => expect(fake.records.get(id)?.values.done).toBe(true));
    const toast = await said(/ is done$/);
    await user.click(toast.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(fake.records.get(id)?.values.done).toBe(false));
    await user.keyboard("c");
    await user.keyboard("Order hinges");
    await user.click(screen.getByRole("button", { name: "Tomorrow" }));
    await user.click(screen.getByRole("button", { name: "Add" }));
    expect(await link(/Order hinges/)).toBeInTheDocument();
    const made = [...fake.records.all.values()].find(({ title }) => title === "Order hinges");
    expect(made?.values).toMatchObject({ owner: fake.me.member.id });
    await user.click(screen.getByRole("link", { name: "Everybody’s" }));
    await waitFor(() => expect(links().length).toBeGreaterThan(8));
  });
});

describe("the ways there", () => {
  it("lead by g and a letter, and by the palette to something new", async () => {
    const { user, path, search } = await openApp({ scenario: "connected", path: "/settings" });
    await screen.findByRole("heading", { level: 1 });
    await user.keyboard("gv");
    await waitFor(() => expect(path()).toBe("/deals"));
    await column("New");
    await user.keyboard("gw");
    await waitFor(() => expect(path()).toBe("/tasks"));
    await user.keyboard("{Control>}k{/Control}");
    const palette = within(await screen.findByRole("dialog"));
    await user.type(palette.getByRole("textbox"), "new contact");
    await user.click(await screen.findByRole("option", { name: /^New contact/ }));
    await waitFor(() => expect(path()).toBe("/contacts"));
    expect(await screen.findByRole("dialog", { name: /contact/i })).toBeInTheDocument();
    await waitFor(() => expect(search().get("new")).toBeNull());
  });
});
