import { addContacts, beginMerge, type FakeServer } from "@tenon/msw";
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { openApp } from "./testing/app";
import { beginWriting, draftInput, field, MAIL, noComposer, said } from "./testing/mail";

const region = (name: string) => screen.findByRole("region", { name }).then((found) => within(found));

/** The list of mail merges, with one that is being prepared; its page once it is chosen. */
async function openMerge(prepare: (fake: FakeServer, merge: FakeServer["mailMerges"][number]) => void) {
  const app = await openApp({ scenario: "connected", path: "/mail-merges" });
  const draft = app.fake.composing.create(
    draftInput({ subject: "News for {{ contact.name }}", html: "<p>Hello</p>" }),
    "k",
  );
  if (draft === "attachment_gone") throw new Error(draft);
  const merge = beginMerge(app.fake, draft);
  prepare(app.fake, merge);
  await app.user.click(await screen.findByRole("link", { name: /^News for/ }));
  return { ...app, merge };
}

describe("mail merges", () => {
  it("begin in the composer, with nobody named", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await beginWriting(user);
    await user.type(field("Subject"), "News");
    const composer = within(screen.getByTestId("composer"));
    const begin = async () => {
      await user.click(composer.getByRole("button", { name: "More actions" }));
      await user.click(await composer.findByRole("menuitem", { name: "Mail merge…" }));
    };
    await begin();
    await said(/Take the recipients out/);
    expect(fake.mailMerges).toEqual([]);
    await user.click(field("To"));
    await user.keyboard("{Backspace}{Backspace}");
    await begin();
    expect(await screen.findByRole("heading", { level: 1, name: /^News/ })).toBeVisible();
    await noComposer();
    expect(fake.mailMerges).toMatchObject([{ state: "draft", name: "News" }]);
  });

  it("take people from records, and say what was left out", async () => {
    const { user, merge } = await openMerge(() => undefined);
    const list = await region("The list");
    expect(list.getByText("0 people")).toBeVisible();
    await user.click(await list.findByRole("button", { name: "Add to the list" }));
    expect(await list.findByText(/people were added$/)).toBeVisible();
    const [first] = merge.people;
    const letter = await region("The letter");
    expect(await letter.findByText(`News for ${first?.name}`)).toBeVisible();
    const count = merge.people.length;
    await user.click(await list.findByRole("button", { name: `Take ${first?.name} out of the list` }));
    await waitFor(() => expect(merge.people).toHaveLength(count - 1));
  });

  it("are checked, started after being asked, paused and ended", async () => {
    const { user, merge } = await openMerge((fake, one) => {
      addContacts(fake, one);
      one.people = one.people.slice(0, 3);
      const hole = one.people[2];
      if (hole !== undefined) hole.missing = ["contact.first_name"];
    });
    const start = await region("Start");
    await user.click(await start.findByRole("button", { name: "Start" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Send 2 messages?" }));
    expect(dialog.getByText(/1 person gets nothing/)).toBeVisible();
    expect(merge.state).toBe("draft");
    await user.click(dialog.getByRole("button", { name: "Start" }));
    const progress = await region("How far it is");
    expect(progress.getByText("0 of 3 sent")).toBeVisible();
    await user.click(progress.getByRole("button", { name: "Pause" }));
    expect(await progress.findByRole("button", { name: "Go on" })).toBeVisible();
    merge.reason_text = "The letter was changed after the start.";
    await user.click(progress.getByRole("button", { name: "End it" }));
    const asked = within(await screen.findByRole("dialog", { name: "End this mail merge?" }));
    expect(asked.getByText(/^3 people who wait/)).toBeVisible();
    await user.click(asked.getByRole("button", { name: "End it" }));
    await waitFor(() => expect(merge.state).toBe("cancelled"));
    expect(await screen.findByRole("button", { name: "Delete" })).toBeVisible();
  });

  it("keep a pace, and tell one that is none", async () => {
    const { user, merge } = await openMerge(() => undefined);
    const pace = await region("Pace");
    const most = pace.getByLabelText("Seconds between, at most");
    await user.clear(most);
    await user.type(most, "5");
    await user.click(pace.getByRole("button", { name: "Save" }));
    expect(await pace.findByText("must not be longer than gap_max_seconds")).toBeVisible();
    expect(merge.gap_max_seconds).toBe(60);
    await user.clear(most);
    await user.type(most, "90");
    await user.click(pace.getByRole("switch", { name: "Only in my working hours" }));
    await user.click(pace.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(merge).toMatchObject({ gap_max_seconds: 90, working_hours_only: true }));
  });

  it("carry a way out, unless one does not want it", async () => {
    const { user, merge } = await openMerge((fake, one) => void addContacts(fake, one));
    const letter = await region("The letter");
    const way = letter.getByRole("switch", { name: /^With a link to unsubscribe/ });
    expect(way).toBeChecked();
    await user.click(way);
    await waitFor(() => expect(merge.unsubscribe).toBe(false));
    await waitFor(() => expect(way).not.toBeChecked());
  });

  it("tell what came back, and of whom", async () => {
    const { user } = await openMerge((fake, one) => {
      addContacts(fake, one);
      one.people = one.people.slice(0, 3);
      one.state = "done";
      one.finished_at = fake.iso();
      for (const person of one.people) person.state = "sent";
      const [answered, failed] = one.people;
      if (answered !== undefined) answered.replied_at = fake.iso();
      if (failed !== undefined) Object.assign(failed, { bounced_at: fake.iso(), failure: "mailbox_full" });
    });
    const progress = await region("How far it is");
    const figures = within(progress.getByLabelText("What came back"));
    expect(figures.getByText("Answered").nextSibling).toHaveTextContent("1");
    const list = await region("The list");
    expect(await list.findByText("Their mailbox is full.")).toBeVisible();
    expect(list.getAllByRole("listitem")).toHaveLength(3);
    await user.selectOptions(list.getByLabelText("Show"), "Answered (1)");
    await waitFor(() => expect(list.getAllByRole("listitem")).toHaveLength(1));
    expect(list.getByText("Answered", { selector: "li *" })).toBeVisible();
  });
});

describe("the suppression list", () => {
  const path = "/mail-merges/suppressions";

  it("is written by hand, looked through by whole addresses, and asks before somebody is taken off", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path });
    expect(await screen.findByText("Nobody is on the list")).toBeVisible();
    const address = screen.getByLabelText("Address or domain");
    const add = () => user.click(screen.getByRole("button", { name: "Put on the list" }));
    await user.type(address, "nobody");
    await add();
    expect(await screen.findByText("That is neither a whole address nor a domain.")).toBeVisible();
    await user.clear(address);
    await user.type(address, "rival.example");
    await user.type(screen.getByLabelText("Note (optional)"), "A competitor");
    await add();
    expect(await screen.findByText("@rival.example")).toBeVisible();
    expect(fake.suppressions).toMatchObject([{ address: "@rival.example", note: "A competitor" }]);
    await user.type(screen.getByLabelText("Look somebody up"), "zoe@example.com{Enter}");
    expect(await screen.findByText("zoe@example.com is not on the list")).toBeVisible();
    await user.clear(screen.getByLabelText("Look somebody up"));
    await user.click(await screen.findByRole("button", { name: "Take @rival.example off the list" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Write to @rival.example again?" }));
    expect(fake.suppressions).toHaveLength(1);
    await user.click(dialog.getByRole("button", { name: "Take off the list" }));
    await waitFor(() => expect(fake.suppressions).toEqual([]));
  });

  it("is taken along, and entries taken out, by those who run the workspace", async () => {
    await openApp({ scenario: "connected", path, role: "member" });
    expect(await screen.findByText("Nobody is on the list")).toBeVisible();
    expect(screen.getByRole("button", { name: "Take a list in" })).toBeVisible();
    expect(screen.queryByRole("button", { name: "Take it along" })).toBeNull();
  });
});
