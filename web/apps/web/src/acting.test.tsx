import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { openApp } from "./testing/app";
import { field, MAIL, noRow, QUOTE, row, rows, said } from "./testing/mail";

describe("acting on conversations", () => {
  it("shows it at once, keeps the keyboard in the list, and takes it back", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    const first = await row(QUOTE);
    const [, second] = rows();
    await user.keyboard("je");
    await noRow(QUOTE);
    expect(second).toHaveFocus();
    const thread = fake.findThread(first.dataset.thread ?? "")?.thread;
    const inbox = fake.mail.get("con_demo00000001")?.labels.find(({ role }) => role === "inbox")?.id;
    await waitFor(() => expect(thread?.label_ids).not.toContain(inbox));
    await user.keyboard("z");
    await row(QUOTE);
    await waitFor(() => expect(thread?.label_ids).toContain(inbox));
    expect(rows()[0]).toHaveTextContent(QUOTE);
  });

  it("brings back what was refused, says why, and tries again under the same key", async () => {
    const keys: Array<string | null> = [];
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    const begin = fake.acting.begin.bind(fake.acting);
    fake.acting.begin = (input, key) => {
      keys.push(key);
      return begin(input, key);
    };
    await row(QUOTE);
    fake.failures.push({ path: "/mail/actions", method: "POST", status: 503, code: "provider_unavailable" });
    await user.keyboard("je");
    const toast = await said(/^It was not archived\./);
    expect(await row(QUOTE)).toBeInTheDocument();
    await user.click(toast.getByRole("button", { name: "Try again" }));
    await noRow(QUOTE);
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  it("offers no second try where the provider said no for good", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await row(QUOTE);
    fake.failures.push({
      path: "/mail/actions",
      method: "POST",
      status: 409,
      code: "provider_refused",
      detail: "The label is full.",
    });
    await user.keyboard("je");
    const toast = await said(/The label is full\./);
    expect(toast.queryByRole("button", { name: "Try again" })).not.toBeInTheDocument();
    expect(await row(QUOTE)).toBeInTheDocument();
  });

  it("is honest about a change that went halfway", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await row(QUOTE);
    fake.acting.nextOutcome = { state: "done", done: 3, failed: 1, reason_text: "One message is locked." };
    await user.keyboard("je");
    await said(/1 message could not be changed\. One message is locked\./);
    expect(await row(QUOTE)).toBeInTheDocument();
  });

  it("leads to the permission where it is missing", async () => {
    const { user, fake, path, search } = await openApp({ scenario: "connected", path: MAIL });
    await row(QUOTE);
    fake.failures.push({ path: "/mail/actions", method: "POST", status: 409, code: "feature_off" });
    await user.keyboard("je");
    const toast = await said(/Tenon may only read this mailbox/);
    expect(await row(QUOTE)).toBeInTheDocument();
    await user.click(toast.getByRole("button", { name: "Allow…" }));
    await waitFor(() => expect(path()).toBe("/connect"));
    expect(search().get("features")).toContain("organizing");
  });

  it("acts on all that are chosen, and says how many", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await row(QUOTE);
    await user.keyboard("jxjxj");
    expect(await screen.findByText("2 selected")).toBeInTheDocument();
    await user.keyboard("#");
    await said(/2 conversations moved to the trash\./);
    await noRow(QUOTE);
    expect(screen.queryByText("2 selected")).not.toBeInTheDocument();
    await waitFor(() =>
      expect(fake.acting.actions[0]).toMatchObject({ action: "trash", threads: 2, state: "done" }),
    );
  });

  it("acts on everything that matches as one job, which can be stopped and undone", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL, threads: 900 });
    await row(QUOTE);
    await user.keyboard("*a");
    await user.click(await screen.findByRole("button", { name: "Select all 900 in Inbox" }));
    await user.keyboard("e");
    expect(await screen.findByText("Nothing here")).toBeInTheDocument();
    const panel = within(await screen.findByRole("region", { name: "Work in progress" }));
    await user.click(await panel.findByRole("button", { name: "Stop" }));
    expect(await panel.findByText(/Cancelled after \d+ messages\./)).toBeInTheDocument();
    await row(/./);
    const [action] = fake.acting.actions;
    expect(action?.state).toBe("cancelled");
    expect(action?.done).toBeLessThan(action?.total ?? 0);
    await user.click(panel.getByRole("button", { name: "Undo" }));
    await row(QUOTE);
  });

  it("asks before deleting forever, and does it only then", async () => {
    const { user, fake, calls } = await openApp({ scenario: "connected", path: MAIL });
    const connection = fake.connections.get("con_demo00000001");
    for (const feature of connection?.features ?? []) if (feature.id === "deleting") feature.state = "on";
    const first = await row(QUOTE);
    await user.keyboard("j#");
    await noRow(QUOTE);
    await waitFor(() => expect(fake.acting.actions[0]?.state).toBe("done"));
    await user.keyboard("g#");
    await row(QUOTE);
    await user.keyboard("j#");
    const dialog = within(await screen.findByRole("dialog"));
    expect(dialog.getByText(/cannot be undone/)).toBeInTheDocument();
    expect(calls("POST /api/v1/mail/actions")).toHaveLength(1);
    await user.click(dialog.getByRole("button", { name: "Delete forever" }));
    const toast = await said(/1 conversation deleted forever\./);
    expect(toast.queryByRole("button", { name: "Undo" })).not.toBeInTheDocument();
    await waitFor(() => expect(fake.findThread(first.dataset.thread ?? "")).toBeUndefined());
  });

  it("discards several drafts together, after a question, and says what stayed", async () => {
    const { user, fake, calls } = await openApp({ scenario: "connected", path: MAIL });
    const content = {
      from: null,
      to: [],
      cc: [],
      bcc: [],
      html: "<p>x</p>",
      quoted_html: null,
      attachments: [],
    };
    for (const subject of ["First draft", "Second draft", "Draft on its way"])
      fake.composing.create({ ...content, subject, connection_id: "con_demo00000001" }, subject);
    const going = [...fake.composing.drafts.values()].find(({ subject }) => subject === "Draft on its way");
    fake.composing.send(going?.id ?? "", "key", 3600);
    await row(QUOTE);
    await user.keyboard("gd");
    await row(/First draft/);
    await user.keyboard("*a#");
    const dialog = within(await screen.findByRole("dialog"));
    expect(dialog.getByText(/cannot be undone/)).toBeInTheDocument();
    expect(calls("POST /api/v1/drafts/discard")).toHaveLength(0);
    await user.click(dialog.getByRole("button", { name: "Discard" }));
    await said(/1 draft was not discarded\./);
    await noRow(/First draft|Second draft/);
    expect(await row(/Draft on its way/)).toBeInTheDocument();
  });

  it("marks what is opened as read, once, and not where it may not", async () => {
    const { user, fake, calls } = await openApp({ scenario: "connected", path: MAIL });
    await user.click(await row(QUOTE));
    await waitFor(() => expect(fake.acting.actions.map(({ action }) => action)).toEqual(["mark_read"]));
    await waitFor(async () => expect(await row(QUOTE)).not.toHaveAttribute("data-unread"));
    for (const feature of fake.connections.get("con_demo00000001")?.features ?? [])
      if (feature.id === "organizing") feature.state = "off";
    await user.click(await row(/Livraison de chêne/));
    await screen.findByRole("heading", { name: /Livraison/, level: 2 });
    expect(calls("POST /api/v1/mail/actions").length).toBeLessThan(3);
  });

  it("goes on to the next conversation only after an action of this page", async () => {
    const { user, fake, app, search } = await openApp({ scenario: "connected", path: MAIL });
    const first = await row(QUOTE);
    await user.click(first);
    await screen.findByRole("heading", { name: QUOTE, level: 2 });
    fake.acting.begin({ action: "archive", threads: [first.dataset.thread ?? ""] }, null);
    await app.client.invalidateQueries({ queryKey: ["threads"] });
    await noRow(QUOTE);
    expect(search().get("thread")).toBe(first.dataset.thread);
    expect(screen.getByRole("heading", { name: QUOTE, level: 2 })).toBeVisible();
  });
});

describe("writing", () => {
  it("saves a draft as one writes, and sends it once", async () => {
    const { user, fake, calls } = await openApp({ scenario: "connected", path: MAIL });
    fake.me.member.undo_send_seconds = 0;
    await row(QUOTE);
    await user.keyboard("c");
    await waitFor(() => expect(field("To")).toHaveFocus());
    await user.keyboard("Ana <ana@x.example>, bo@x.example{Enter}");
    await user.type(field("Subject"), "Samples");
    expect(await screen.findByText("Saved in your drafts", undefined, { timeout: 5000 })).toBeInTheDocument();
    expect(fake.composing.created).toBe(1);
    expect([...fake.composing.drafts.values()][0]).toMatchObject({
      subject: "Samples",
      to: [
        { name: "Ana", address: "ana@x.example" },
        { name: "", address: "bo@x.example" },
      ],
    });
    await user.keyboard("{Control>}{Enter}{/Control}");
    await waitFor(() => expect(screen.queryByTestId("composer")).not.toBeInTheDocument());
    await said(/^Sent\.$/);
    expect(calls("POST /api/v1/drafts/")).toHaveLength(1);
    expect(fake.composing.sends.map(({ state }) => state)).toEqual(["sent"]);
  });

  it("makes no draft of a window that was opened and closed", async () => {
    const { user, calls } = await openApp({ scenario: "connected", path: MAIL });
    await row(QUOTE);
    await user.keyboard("c");
    await waitFor(() => expect(field("To")).toHaveFocus());
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("composer")).not.toBeInTheDocument());
    expect(calls("POST /api/v1/drafts")).toHaveLength(0);
  });

  it("sends nothing to nobody, or to what is no address", async () => {
    const { user, calls } = await openApp({ scenario: "connected", path: MAIL });
    await row(QUOTE);
    await user.keyboard("c");
    await waitFor(() => expect(field("To")).toHaveFocus());
    await user.click(screen.getByRole("button", { name: "Send" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("Add at least one recipient.");
    await user.type(field("To"), "nobody{Enter}");
    await user.click(screen.getByRole("button", { name: "Send" }));
    expect(await screen.findByText(/One of the addresses is not valid/)).toBeInTheDocument();
    expect(calls("POST /api/v1/drafts/")).toHaveLength(0);
  });

  it("stays open with all its text when sending is refused", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await row(QUOTE);
    await user.keyboard("c");
    await waitFor(() => expect(field("To")).toHaveFocus());
    await user.keyboard("ana@x.example{Enter}");
    fake.failures.push({ path: "/send", method: "POST", status: 503, code: "provider_unavailable" });
    await user.click(screen.getByRole("button", { name: "Send" }));
    await said(/^It was not sent\./);
    expect(screen.getByTestId("composer")).toHaveTextContent("ana@x.example");
    await user.click(screen.getByRole("button", { name: "Send" }));
    await waitFor(() => expect(fake.composing.sends).toHaveLength(1));
    expect(fake.composing.created).toBe(1);
  });

  it("answers with recipient, subject and quotation, from the address it came to", async () => {
    const { user } = await openApp({ scenario: "connected", path: MAIL });
    await user.click(await row(/Pallet arrived/));
    await screen.findByRole("heading", { name: /Pallet arrived/, level: 2 });
    await user.click(await screen.findByRole("button", { name: "Reply" }));
    await waitFor(() => expect(field("Subject")).toHaveValue("Re: Pallet arrived with a damaged corner"));
    expect(screen.getByTestId("composer")).toHaveTextContent("Sarah Whitfield");
    expect(screen.getByRole("button", { name: "Show the quoted message" })).toHaveAttribute(
      "aria-expanded",
      "false",
    );
  });

  it("puts a message nobody knows of before the person, with what is known", async () => {
    const { user, fake, path } = await openApp({ scenario: "connected", path: MAIL });
    await row(QUOTE);
    fake.addSends();
    await user.keyboard("go");
    await waitFor(() => expect(path()).toBe("/outbox"));
    expect(await screen.findByText(/No copy of it is in Sent\./)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Keep as draft" }));
    await waitFor(() => expect(screen.queryByText("What is known")).not.toBeInTheDocument());
    expect(fake.composing.drafts.size).toBe(2);
  });
});
