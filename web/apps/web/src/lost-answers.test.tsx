import type { FakeServer } from "@tenon/msw";
import { screen, waitFor } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { openApp } from "./testing/app";
import { beginWriting, field, MAIL, noComposer, onlyDraft, said, saved } from "./testing/mail";

const send = () => screen.getByRole("button", { name: "Send" });
const states = (fake: FakeServer) => fake.composing.sends.map(({ state }) => state);
const notSent = () => screen.queryByText(/was not sent/);

async function write(user: UserEvent): Promise<void> {
  await beginWriting(user);
  await user.type(field("Subject"), "Samples");
  await saved();
}

describe("an answer to Send that is lost", () => {
  it("is looked for in the outbox: it went, once", async () => {
    const { user, fake, calls } = await openApp({ scenario: "connected", path: MAIL });
    await write(user);
    fake.lost.push({ path: "/send", method: "POST" });
    await user.click(send());
    await noComposer();
    await said(/^Sending…$/);
    expect(calls("/send").filter((call) => call.endsWith("/send"))).toHaveLength(1);
    expect(states(fake)).toEqual(["scheduled"]);
    expect(notSent()).toBeNull();
  });

  it("leads to another attempt under the same key when the outbox has nothing", async () => {
    const { user, fake, headers } = await openApp({ scenario: "connected", path: MAIL });
    await write(user);
    fake.failures.push({ path: "/send", method: "POST", status: 502, code: "http_502" });
    fake.failures.push({ path: "/send", method: "POST", status: 0, code: "" });
    await user.click(send());
    await noComposer();
    const keys = headers("/send").flatMap((all) => all.get("Idempotency-Key") ?? []);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(states(fake)).toEqual(["scheduled"]);
    expect(notSent()).toBeNull();
  });

  it("is said to be not known, never that it was not sent, until the server says it", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await write(user);
    // It arrives, and from then on nothing does.
    const { send: original } = fake.composing;
    fake.lost.push({ path: "/send", method: "POST" });
    fake.composing.send = (...given) => {
      fake.offline = true;
      return original.call(fake.composing, ...given);
    };
    await user.click(send());
    expect(await screen.findByText("Is it on its way?")).toBeVisible();
    expect(notSent()).toBeNull();
    expect(field("Subject").closest("[inert]")).not.toBeNull();
    fake.offline = false;
    await user.click(screen.getByRole("button", { name: "Ask now" }));
    await noComposer();
    expect(states(fake)).toEqual(["scheduled"]);
  });

  it("may be left to the outbox", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await write(user);
    fake.offline = true;
    await user.click(send());
    await screen.findByText("Is it on its way?");
    await user.click(screen.getByRole("button", { name: "Close and keep the draft" }));
    await noComposer();
    await said(/was not known yet\. The outbox shows it\.$/);
    expect(screen.queryByText("Kept in your drafts.")).toBeNull();
  });
});

describe("an answer to Undo that is lost", () => {
  const undo = async (user: UserEvent) => {
    const toast = await said(/^Sending…$/);
    await user.click(toast.getByRole("button", { name: "Undo" }));
  };

  it("is looked for: it was called back", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await write(user);
    await user.click(send());
    fake.lost.push({ path: "/cancel", method: "POST" });
    await undo(user);
    await said(/^Called back\./);
    await waitFor(() => expect(field("Subject")).toHaveValue("Samples"));
    expect(states(fake)).toEqual(["cancelled"]);
  });

  it("is looked for again when a second attempt is told that it is too late", async () => {
    const { user, fake, calls } = await openApp({ scenario: "connected", path: MAIL });
    await write(user);
    await user.click(send());
    fake.lost.push({ path: "/cancel", method: "POST" });
    fake.failures.push({ path: "/sends/snd", method: "GET", status: 0, code: "" });
    await undo(user);
    await waitFor(() => expect(field("Subject")).toHaveValue("Samples"));
    expect(calls("/cancel")).toHaveLength(2);
    expect(screen.queryByText(/Too late/)).toBeNull();
    expect(onlyDraft(fake).subject).toBe("Samples");
  });

  it("says too late only when it is on its way", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await write(user);
    await user.click(send());
    const toast = await said(/^Sending…$/);
    const [one] = fake.composing.sends;
    if (one !== undefined) one.state = "sending";
    await user.click(toast.getByRole("button", { name: "Undo" }));
    await said(/^Too late/);
  });
});
