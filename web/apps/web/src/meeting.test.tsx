import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { openApp } from "./testing/app";
import { MAIL, QUOTE, row, said } from "./testing/mail";

const LEAS = "thr_lea000000001";
const DEAL = "rec_deal00000006";

beforeEach(() => localStorage.clear());

/** A conversation of one's own mailbox, with its customers unfolded. */
async function openThread(subject: RegExp = QUOTE, role?: "viewer") {
  const opened = await openApp({
    scenario: "connected",
    path: MAIL,
    ...(role === undefined ? {} : { role }),
  });
  await opened.user.click(await row(subject));
  const area = await screen.findByRole("region", { name: "Customers" });
  await opened.user.click(within(area).getByRole("button", { name: /^Customers:/ }));
  const thread = opened.search().get("thread") ?? "";
  return { ...opened, area: within(area), thread };
}

type Area = Awaited<ReturnType<typeof openThread>>["area"];
type User = Awaited<ReturnType<typeof openThread>>["user"];

/** Types, waits for what was found (the company is no deal that was worked on last), takes the first deal of it. */
async function joinBrightwater(user: User, area: Area): Promise<void> {
  await user.type(area.getByRole("combobox", { name: "Join to a record" }), "brightwater");
  await screen.findByRole("option", { name: /^Brightwater(?!:)/ });
  const [deal] = screen.getAllByRole("option", { name: /^Brightwater: / });
  await user.click(deal as HTMLElement);
}

describe("customers beside a conversation", () => {
  it("shows who is a contact, with their company, and which colleagues take part", async () => {
    const { area, user, path } = await openThread();
    expect(area.getByRole("link", { name: "Hotel Miramar" })).toBeInTheDocument();
    expect(area.getByText(/^Colleagues: Hugo Lambert/)).toBeInTheDocument();
    await user.click(area.getByRole("link", { name: "Ana Ferreira" }));
    await waitFor(() => expect(path()).toBe("/records/rec_contact00000003"));
  });

  it("makes a contact of somebody unknown, with their company by the domain", async () => {
    const { area, user, fake } = await openThread(/Livraison de chêne/);
    await user.click(area.getByRole("button", { name: "Add contact: Scierie du Lac" }));
    const dialog = within(await screen.findByRole("dialog", { name: "New contact" }));
    expect(await dialog.findByDisplayValue("commandes@scierie-du-lac.example")).toBeVisible();
    expect(dialog.getByRole("combobox", { name: /^Company/ })).toHaveValue("Scierie du Lac");
    await user.click(dialog.getByRole("button", { name: "Create" }));
    // The person is called as their company is.
    await waitFor(() => expect(area.getAllByRole("link", { name: "Scierie du Lac" })).toHaveLength(2));
    await waitFor(() =>
      expect(area.queryByRole("button", { name: /^Add contact: / })).not.toBeInTheDocument(),
    );
    const made = [...fake.records.all.values()].find(({ values }) =>
      JSON.stringify(values.emails ?? "").includes("commandes@"),
    );
    expect(made?.values).toMatchObject({ company: "rec_company00000011" });
  });

  it("is joined to a deal by typing, taken off again, each with Undo", async () => {
    const { area, user, fake, thread } = await openThread();
    await joinBrightwater(user, area);
    const link = await area.findByRole("link", { name: /^Brightwater: / });
    expect(link).toBeVisible();
    const toast = await said(/^Joined to Brightwater/);
    const joined = () => [...(fake.meeting.boxes.get(thread) ?? [])].filter(([, { off }]) => off !== true);
    await waitFor(() => expect(joined()).toHaveLength(1));
    await user.click(toast.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(joined()).toHaveLength(0));
    expect(area.queryByRole("link", { name: /^Brightwater: / })).not.toBeInTheDocument();

    await joinBrightwater(user, area);
    await user.click(await area.findByRole("button", { name: /^Take this conversation off Brightwater/ }));
    await said(/^Taken off Brightwater/);
    await waitFor(() => expect(joined()).toHaveLength(0));
  });

  it("a join that is refused goes back, and why is said", async () => {
    const { area, user, fake } = await openThread();
    fake.failures.push({ path: "/boxes/", method: "PUT", status: 409, code: "x", detail: "Not now." });
    await joinBrightwater(user, area);
    await said(/Not now\./);
    expect(area.queryByRole("link", { name: /^Brightwater: / })).not.toBeInTheDocument();
  });

  it("is shared with everyone, then with a team, then with nobody; the words say what that means", async () => {
    const { area, user, fake, thread } = await openThread();
    await user.click(area.getAllByRole("button", { name: "Share this conversation" })[0] as HTMLElement);
    const first = within(await screen.findByRole("dialog", { name: "Share this conversation" }));
    expect(first.getByText(/also those that arrive later/)).toBeVisible();
    expect(first.getByText(/it ends at once/)).toBeVisible();
    await user.click(first.getByRole("button", { name: "Share" }));
    await waitFor(() => expect(fake.meeting.sharings.get(thread)?.scope).toBe("workspace"));
    const badge = await area.findByRole("button", {
      name: /^Shared: Everyone in the workspace\. Change sharing/,
    });

    await user.click(badge);
    const second = within(await screen.findByRole("dialog"));
    await user.click(second.getByRole("radio", { name: /^People and teams/ }));
    expect(second.getByRole("button", { name: "Save" })).toBeDisabled();
    await user.type(second.getByRole("combobox", { name: "Add a person or team" }), "Sales");
    await user.click(await screen.findByRole("option", { name: /^Sales/ }));
    await user.click(second.getByRole("button", { name: "Save" }));
    await waitFor(() =>
      expect(fake.meeting.sharings.get(thread)).toEqual({
        scope: "shared",
        shares: [{ member: null, team: "team_sales0000001" }],
        records: false,
      }),
    );

    await user.click(await area.findByRole("button", { name: /^Shared: You and Sales\. Change sharing/ }));
    await user.click(await screen.findByRole("button", { name: "Stop sharing" }));
    await waitFor(() => expect(fake.meeting.sharings.get(thread)?.scope).toBe("private"));
    await said(/Only you can read the conversation now/);
  });

  it("who may only look joins and adds nothing", async () => {
    const { area } = await openThread(/Livraison de chêne/, "viewer");
    expect(area.queryByRole("button", { name: /^Add contact: / })).not.toBeInTheDocument();
    expect(area.queryByRole("combobox", { name: "Join to a record" })).not.toBeInTheDocument();
    expect(area.queryByRole("button", { name: "Share this conversation" })).not.toBeInTheDocument();
  });
});

describe("a colleague's conversation", () => {
  it("is read without anything that would act on it, until she takes it back", async () => {
    const { fake, app } = await openApp({ scenario: "connected", path: `/conversations/${LEAS}` });
    expect(await screen.findByRole("heading", { level: 1, name: /^Reception desk/ })).toBeVisible();
    expect(screen.getByText("Shared by Léa Fontaine")).toBeVisible();
    expect(await screen.findByTitle(/Reception desk/)).toBeInTheDocument();
    for (const name of ["Reply", "Archive", "Starred"])
      expect(screen.queryByRole("button", { name })).not.toBeInTheDocument();
    const area = within(await screen.findByRole("region", { name: "Customers" }));
    expect(area.queryByRole("button", { name: /Share/ })).not.toBeInTheDocument();

    fake.meeting.revoke(LEAS);
    // As the event that tells of it does.
    void app.router.options.context.client.invalidateQueries({ queryKey: ["thread", LEAS] });
    expect(
      await screen.findByRole("heading", { name: "This conversation is not shared with you" }),
    ).toBeVisible();
    expect(screen.queryByTitle(/Reception desk/)).not.toBeInTheDocument();
  });

  it("one's own opens in the mailbox", async () => {
    const { path, search } = await openApp({
      scenario: "connected",
      path: "/conversations/thr_demo00000000",
    });
    await waitFor(() => expect(path()).toMatch(/^\/mail\//));
    expect(search().get("thread")).toBe("thr_demo00000000");
  });
});

describe("conversations of a record", () => {
  it("a deal shows what was joined and what is shared, and rules join more", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: `/records/${DEAL}` });
    await user.click(await screen.findByRole("tab", { name: "Conversations" }));
    const shared = await screen.findByRole("link", { name: /^Reception desk/ });
    expect(shared).toHaveAttribute("href", `/conversations/${LEAS}`);
    expect(screen.getByText(/joined by hand · Shared by Léa Fontaine/)).toBeVisible();

    await user.click(screen.getByRole("button", { name: "Mail joins by itself…" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Mail joins by itself" }));
    expect(await dialog.findByText(/Nobody else can read them for that/)).toBeVisible();
    await user.selectOptions(await dialog.findByRole("combobox", { name: "Also by a label" }), "Legal");
    expect(dialog.getByRole("checkbox", { name: "when it has the label “Legal”" })).toBeChecked();
    await user.click(dialog.getByRole("checkbox", { name: /^when somebody writes from/ }));
    await user.click(dialog.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(fake.meeting.rules.get(DEAL)).toHaveLength(2));
    expect((await screen.findAllByText(/joined by a rule/)).length).toBeGreaterThan(0);
  });

  it("the timeline tells whose conversation it is, the head when there was a touch last", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: `/records/${DEAL}` });
    await user.click(await screen.findByRole("tab", { name: "Timeline" }));
    expect(await screen.findByText(/shared by Léa Fontaine/)).toBeVisible();
    expect(screen.getByText(/^Last touch /)).toBeVisible();
    await user.click(await screen.findByRole("tab", { name: "Details" }));
    await user.click(await screen.findByRole("button", { name: /^Why it was lost: / }));
    await user.type(screen.getByRole("textbox", { name: "Why it was lost" }), "Oak{Enter}");
    await waitFor(() => expect(fake.records.get(DEAL)?.values.lost_reason).toBe("Oak"));
    expect(screen.getByText(/^Last touch /)).toBeVisible();
  });
});

describe("people one writes with", () => {
  async function open(options: { role?: "viewer"; scenario?: "empty" } = {}) {
    const opened = await openApp({ scenario: "connected", path: "/contacts/suggestions", ...options });
    await screen.findByRole("heading", { level: 1, name: "People you write with" });
    return opened;
  }
  const people = () => [...document.querySelectorAll<HTMLElement>("[data-suggestion]")];

  it("are counted at the head of the contacts", async () => {
    const { user, path } = await openApp({ scenario: "connected", path: "/contacts" });
    await user.click(await screen.findByRole("link", { name: /people you write with are no contacts yet/ }));
    await waitFor(() => expect(path()).toBe("/contacts/suggestions"));
  });

  it("become contacts: one with a look at the dialog, several at once, with Undo", async () => {
    const { user, fake } = await open();
    await waitFor(() => expect(people()).toHaveLength(6));
    await user.click(screen.getByRole("button", { name: "Add contact: Nora Lindgren" }));
    const dialog = within(await screen.findByRole("dialog", { name: "New contact" }));
    expect(await dialog.findByRole("textbox", { name: /^First name/ })).toHaveValue("Nora");
    expect(dialog.getByRole("combobox", { name: /^Company/ })).toHaveValue("Nordlys Kontor");
    await user.click(dialog.getByRole("button", { name: "Create" }));
    await waitFor(() => expect(people()).toHaveLength(5));

    await user.click(screen.getByRole("checkbox", { name: "Choose Pedro Alves" }));
    await user.click(screen.getByRole("checkbox", { name: "Choose Marlene Hauser" }));
    await user.click(screen.getByRole("button", { name: "Add 2 contacts" }));
    const toast = await said(/2 contacts added/);
    await waitFor(() => expect(people()).toHaveLength(3));
    const pedro = () => [...fake.records.all.values()].find(({ title }) => title === "Pedro Alves");
    expect(pedro()?.deleted_at).toBeNull();
    await user.click(toast.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(pedro()?.deleted_at).not.toBeNull());
    await waitFor(() => expect(people()).toHaveLength(5));
  });

  it("are put aside for now, or for good, which can be taken back for a moment", async () => {
    const { user, fake, app } = await open();
    await waitFor(() => expect(people()).toHaveLength(6));
    await user.click(screen.getByRole("button", { name: "Not now: Pedro Alves" }));
    await waitFor(() => expect(people()).toHaveLength(5));
    await user.click(screen.getByRole("button", { name: "Never suggest Marlene Hauser" }));
    const toast = await said(/1 person is never suggested again/);
    await user.click(toast.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(people()).toHaveLength(5));
    await user.click(screen.getByRole("button", { name: "Never suggest Nora Lindgren" }));
    expect(fake.meeting.dismissed.size).toBe(0);
    // Leaving the page says it at once.
    await app.router.navigate({ to: "/settings" });
    await waitFor(() => expect([...fake.meeting.dismissed]).toEqual(["nora.lindgren@nordlys.example"]));
  });

  it("says so when there is nobody, and when there is no mailbox", async () => {
    const { fake, app } = await open();
    await waitFor(() => expect(people()).toHaveLength(6));
    for (const one of fake.meeting.suggestions()) fake.meeting.dismissed.add(one.address);
    await app.router.navigate({ to: "/contacts" });
    await app.router.options.context.client.invalidateQueries({ queryKey: ["suggestions"] });
    await app.router.navigate({ to: "/contacts/suggestions" });
    expect(await screen.findByRole("heading", { name: "Nobody to suggest" })).toBeVisible();
  });

  it("without a mailbox leads to connecting one", async () => {
    await open({ scenario: "empty" });
    expect(await screen.findByRole("heading", { name: "No mailbox is connected" })).toBeVisible();
  });
});

describe("default sharing", () => {
  it("is set per kind by those who manage the workspace", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/settings/fields" });
    const choice = await screen.findByRole("combobox", { name: "Sharing of new ones: Contacts" });
    await user.selectOptions(choice, "private");
    await waitFor(() => expect(fake.meeting.defaults.get("contact")?.scope).toBe("private"));
    await user.click(screen.getByRole("button", { name: "Deals" }));
    expect(await screen.findByRole("combobox", { name: "Sharing of new ones: Deals" })).toHaveValue(
      "workspace",
    );
  });

  it("others see it, and that a refusal changes nothing", async () => {
    await openApp({ scenario: "connected", path: "/settings/fields", role: "viewer" });
    expect(await screen.findByRole("combobox", { name: "Sharing of new ones: Contacts" })).toBeDisabled();
  });
});
