import type { FakeServer } from "@tenon/msw";
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { openApp } from "./testing/app";
import {
  beginWriting,
  draftInput,
  field,
  MAIL,
  noComposer,
  onlyDraft,
  row,
  said,
  saved,
} from "./testing/mail";

const DAY = 86_400_000;
/** The day so many days from now, on the member's wall. */
const day = (fake: FakeServer, days: number) =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: fake.me.member.time_zone }).format(fake.now() + days * DAY);
const dialog = async (name: string) => within(await screen.findByRole("dialog", { name }));

/** A message that waits for its hour. */
function scheduled(fake: FakeServer, subject: string, local: string, time_zone = "Europe/Paris") {
  const to = [{ name: "Ana Ferreira", address: "ana@x.example" }];
  const draft = fake.composing.create(draftInput({ subject, to }), subject);
  if (typeof draft === "string") throw new Error(draft);
  const send = fake.composing.send(draft.id, `send ${subject}`, 10, null, { local, time_zone });
  if (typeof send === "string") throw new Error(send);
  return send;
}

async function writeOne(user: UserEvent, subject: string) {
  await beginWriting(user);
  await user.type(field("Subject"), subject);
  await saved();
}

describe("sending later", () => {
  it("schedules for an hour that is offered, and can be undone with the hour remembered", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await writeOne(user, "Offer");
    await user.click(screen.getByRole("button", { name: "Send later" }));
    const offered = await dialog("Send later");
    await user.click(await offered.findByRole("button", { name: /^Tomorrow morning/ }));
    await noComposer();
    const at = { local: `${day(fake, 1)}T09:00`, time_zone: "Europe/Paris" };
    expect(fake.composing.sends.map(({ scheduled, state }) => [scheduled, state])).toEqual([
      [at, "scheduled"],
    ]);
    const toast = await said(/^Scheduled for .+ 9:00 AM\.$/);
    await user.click(toast.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(field("Subject")).toHaveValue("Offer"));
    expect(fake.composing.sends[0]?.state).toBe("cancelled");
    expect(screen.getByText(/^It was scheduled for .+ 9:00 AM\.$/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Schedule for the same hour" }));
    await noComposer();
    expect(fake.composing.sends.map(({ scheduled, state }) => [scheduled, state])).toEqual([
      [at, "scheduled"],
      [at, "cancelled"],
    ]);
  });

  it("says what an hour chosen by hand comes to, on another wall too, and takes none that is past", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await writeOne(user, "To Tokyo");
    await user.keyboard("{Control>}{Shift>}{Enter}{/Shift}{/Control}");
    const chosen = await dialog("Send later");
    fireEvent.change(chosen.getByLabelText("Date"), { target: { value: "2020-01-01" } });
    expect(await chosen.findByText("Choose a minute that lies ahead, within a year.")).toBeVisible();
    expect(chosen.getByRole("button", { name: "Schedule" })).toBeDisabled();
    fireEvent.change(chosen.getByLabelText("Date"), { target: { value: day(fake, 2) } });
    fireEvent.change(chosen.getByLabelText("Time"), { target: { value: "05:30" } });
    await user.selectOptions(chosen.getByLabelText("Time zone"), "Asia/Tokyo");
    expect(await chosen.findByText(/^Goes on .+5:30 AM in Tokyo\)\.$/)).toBeVisible();
    expect(chosen.getByText("Outside your working hours.")).toBeVisible();
    await user.click(chosen.getByRole("button", { name: "Schedule" }));
    await noComposer();
    expect(fake.composing.sends[0]?.scheduled).toEqual({
      local: `${day(fake, 2)}T05:30`,
      time_zone: "Asia/Tokyo",
    });
  });

  it("asks for what is missing before any hour", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await row(/Revised quote/);
    await user.keyboard("c");
    await waitFor(() => expect(field("To")).toHaveFocus());
    await user.click(screen.getByRole("button", { name: "Send later" }));
    expect(await screen.findByText("Add at least one recipient.")).toBeVisible();
    expect(screen.queryByRole("dialog", { name: "Send later" })).not.toBeInTheDocument();
    expect(fake.composing.sends).toEqual([]);
  });

  it("shows a draft that waits as it is, and lets it be changed once it is taken out", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await row(/Revised quote/);
    const send = scheduled(fake, "Waits", `${day(fake, 3)}T10:00`);
    await user.click(await screen.findByRole("link", { name: /^Drafts/ }));
    await user.click(await row(/Waits/));
    const shown = within(await screen.findByTestId("waiting-draft"));
    expect(await shown.findByText(/^Scheduled for .+ 10:00 AM\.$/)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Send" })).not.toBeInTheDocument();
    await user.click(shown.getByRole("button", { name: "Edit" }));
    await waitFor(() => expect(field("Subject")).toHaveValue("Waits"));
    expect(send.state).toBe("cancelled");
    expect(screen.getByRole("button", { name: "Schedule for the same hour" })).toBeVisible();
    await user.type(field("Subject"), " no more");
    await saved();
    expect(onlyDraft(fake).subject).toBe("Waits no more");
  });
});

describe("the schedule", () => {
  it("lists what waits by days, moves, sends now, and cancels with an undo", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await row(/Revised quote/);
    const first = scheduled(fake, "First", `${day(fake, 1)}T09:00`);
    const second = scheduled(fake, "Second", `${day(fake, 2)}T05:00`, "Asia/Tokyo");
    await user.click(screen.getByRole("link", { name: "Scheduled" }));
    const line = async (subject: string) =>
      within((await screen.findByText(subject)).closest("li") as HTMLElement);
    expect((await line("Second")).getByText(/5:00 AM in Tokyo/)).toBeVisible();

    await user.click((await line("First")).getByRole("button", { name: "More actions" }));
    await user.click(await screen.findByRole("menuitem", { name: "Another time…" }));
    const chosen = await dialog("Another time…");
    expect(chosen.getByLabelText("Time")).toHaveValue("09:00");
    await user.click(await chosen.findByRole("button", { name: /^Tomorrow afternoon/ }));
    await waitFor(() => expect(first.scheduled?.local).toBe(`${day(fake, 1)}T14:00`));
    await waitFor(() =>
      expect(screen.queryByRole("dialog", { name: "Another time…" })).not.toBeInTheDocument(),
    );

    await user.click((await line("First")).getByRole("button", { name: "More actions" }));
    await user.click(await screen.findByRole("menuitem", { name: "Cancel sending" }));
    const toast = await said(/^It is out of the schedule\./);
    await waitFor(() => expect(screen.queryByText("First")).not.toBeInTheDocument());
    await user.click(toast.getByRole("button", { name: "Undo" }));
    expect(await screen.findByText("First")).toBeVisible();
    expect(fake.composing.sends[0]).toMatchObject({ subject: "First", state: "scheduled" });

    await user.click((await line("Second")).getByRole("button", { name: "More actions" }));
    await user.click(await screen.findByRole("menuitem", { name: "Send now" }));
    await waitFor(() => expect(second.state).toBe("sent"));
  });

  it("takes a message out to be changed, in a composer that knows its hour", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/outbox/scheduled" });
    const send = scheduled(fake, "Not yet", `${day(fake, 5)}T11:00`);
    await user.click(await screen.findByRole("button", { name: "Edit" }));
    await waitFor(() => expect(field("Subject")).toHaveValue("Not yet"));
    expect(send.state).toBe("cancelled");
    expect(await screen.findByText("Nothing is scheduled")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Schedule for the same hour" }));
    await noComposer();
    expect(fake.composing.sends[0]).toMatchObject({ state: "scheduled", scheduled: send.scheduled });
  });

  it("shows months, by keys too, with what became of each message", async () => {
    const { user, fake, app, search } = await openApp({ scenario: "connected", path: "/outbox/scheduled" });
    await user.click(await screen.findByRole("button", { name: "Month" }));
    const today = await screen.findByRole("button", { current: "date" });
    expect(today).toHaveAttribute("data-day", day(fake, 0));
    const send = scheduled(fake, "In the calendar", `${day(fake, 7)}T08:15`);
    Object.assign(send, { state: "refused", reason_text: "Deleted in Gmail.", finished_at: fake.iso() });
    await app.client.invalidateQueries({ queryKey: ["sends"] });
    today.focus();
    await user.keyboard("{ArrowDown}");
    const chosen = await waitFor(() => {
      const found = document.querySelector<HTMLElement>(`[data-day="${day(fake, 7)}"]`);
      expect(found).toHaveFocus();
      return found as HTMLElement;
    });
    await waitFor(() => expect(chosen).toHaveAccessibleName(/, 1 message\./));
    expect(screen.getByText("Deleted in Gmail.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Month after" }));
    await waitFor(() => expect(search().get("month")).toMatch(/^20\d\d-\d\d$/));
    expect(await screen.findByText("Nothing is scheduled for this day.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Today" }));
    await waitFor(() => expect(search().get("month")).toBe(day(fake, 0).slice(0, 7)));
  });
});

describe("working hours", () => {
  it("are set in the settings, and refused where they make no sense", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/settings" });
    const panel = within(await screen.findByRole("region", { name: "Working hours" }));
    await user.click(panel.getByRole("checkbox", { name: "Friday" }));
    fireEvent.change(panel.getByLabelText("Until"), { target: { value: "08:00" } });
    expect(panel.getByText("The end must be later than the beginning.")).toBeVisible();
    expect(panel.getByRole("button", { name: "Save" })).toBeDisabled();
    fireEvent.change(panel.getByLabelText("Until"), { target: { value: "16:30" } });
    await user.click(panel.getByRole("button", { name: "Save" }));
    await waitFor(() =>
      expect(fake.me.member.working_hours).toEqual({ days: [1, 2, 3, 4], from: "09:00", until: "16:30" }),
    );
  });
});
