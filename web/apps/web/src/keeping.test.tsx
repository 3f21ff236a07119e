import { FAKE_PASSWORD, type FakeServer, samplePerson } from "@tenon/msw";
import { screen, waitFor } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { openApp } from "./testing/app";
import { beginWriting, field, MAIL, noComposer, onlyDraft, QUOTE, row, said, saved } from "./testing/mail";

/** The tab would ask before it is closed. */
const wouldAsk = () => !window.dispatchEvent(new Event("beforeunload", { cancelable: true }));

async function signIn(user: UserEvent, address = samplePerson.address): Promise<void> {
  await user.type(await screen.findByLabelText("E-mail"), address);
  await user.type(screen.getByLabelText("Password"), FAKE_PASSWORD);
  await user.click(screen.getByRole("button", { name: "Sign in" }));
}

/** Writes, and the session ends before it is saved. */
async function writeUntilTheEnd(user: UserEvent, fake: FakeServer): Promise<void> {
  await beginWriting(user);
  await user.type(field("Subject"), "Half of it");
  await saved();
  expect(wouldAsk()).toBe(false);
  fake.signedIn = false;
  await user.type(field("Subject"), " and the rest");
  expect(wouldAsk()).toBe(true);
  await screen.findByRole("heading", { name: "Sign in" }, { timeout: 5000 });
  await noComposer();
}

describe("what is being written when the session ends", () => {
  it("comes back when the same member signs in again in this tab, and is saved", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await writeUntilTheEnd(user, fake);
    expect(wouldAsk()).toBe(true);
    await signIn(user);
    await waitFor(() => expect(field("Subject")).toHaveValue("Half of it and the rest"));
    await said(/^What you were writing is back\.$/);
    await saved();
    expect(onlyDraft(fake).subject).toBe("Half of it and the rest");
    expect(fake.composing.created).toBe(1);
    expect(wouldAsk()).toBe(false);
  });

  it("is never shown to another member, and is gone then", async () => {
    const { user, fake, app } = await openApp({ scenario: "connected", path: MAIL });
    await writeUntilTheEnd(user, fake);
    const { id } = fake.me.member;
    fake.me.member.id = "mem_somebodyelse";
    await signIn(user);
    await row(QUOTE);
    expect(screen.queryByTestId("composer")).not.toBeInTheDocument();
    expect(wouldAsk()).toBe(false);
    fake.signedIn = false;
    await app.client.invalidateQueries();
    await screen.findByRole("heading", { name: "Sign in" });
    fake.me.member.id = id;
    await signIn(user);
    await row(QUOTE);
    expect(screen.queryByTestId("composer")).not.toBeInTheDocument();
    expect(onlyDraft(fake).subject).toBe("Half of it");
  });

  it("does not make a second draft when the answer to the first save was on its way", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    const create = fake.composing.create.bind(fake.composing);
    // The draft is made, its answer is lost, and then the session ends.
    fake.composing.create = (input, key) => {
      const made = create(input, key);
      fake.composing.create = create;
      fake.signedIn = false;
      if (typeof made !== "string") throw new Error("the connection breaks");
      return made;
    };
    await beginWriting(user);
    await user.type(field("Subject"), "Once");
    await screen.findByRole("heading", { name: "Sign in" }, { timeout: 15_000 });
    await signIn(user);
    await waitFor(() => expect(field("Subject")).toHaveValue("Once"));
    await saved();
    expect(fake.composing.created).toBe(1);
    expect(onlyDraft(fake).subject).toBe("Once");
  });
});

describe("a draft that was discarded and taken back", () => {
  it("is saved again, also when its window is closed at once", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await beginWriting(user);
    await user.type(field("Subject"), "Taken back");
    await saved();
    await user.click(screen.getByRole("button", { name: "Discard draft" }));
    const toast = await said(/^Draft discarded\.$/);
    expect(fake.composing.drafts.size).toBe(0);
    await user.click(toast.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(field("Subject")).toHaveValue("Taken back"));
    await user.click(screen.getByRole("button", { name: "Close and keep the draft" }));
    await noComposer();
    expect(onlyDraft(fake).subject).toBe("Taken back");
  });
});
