import { FAKE_PASSWORD, type FakeServer, samplePerson } from "@tenon/msw";
import { screen, waitFor } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openApp } from "./testing/app";
import { beginWriting, field, MAIL, noComposer, onlyDraft, QUOTE, row, said, saved } from "./testing/mail";
import { SESSION_CHANNEL, type SessionNews } from "./use-session-news";

/** The tab would ask before it is closed. */
const wouldAsk = () => !window.dispatchEvent(new Event("beforeunload", { cancelable: true }));

async function signIn(user: UserEvent, address = samplePerson.address): Promise<void> {
  // As password managers do; typed key by key it is a good part of a slow machine's time.
  await user.click(await screen.findByLabelText("E-mail"));
  await user.paste(address);
  await user.click(screen.getByLabelText("Password"));
  await user.paste(FAKE_PASSWORD);
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
    // The first one here also loads the program.
  }, 40_000);

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

describe("what is being written when the session ends, where one signs in at an issuer", () => {
  /** The member signs in in the tab that was opened, and that tab tells the others. */
  function signInThere(fake: FakeServer): void {
    fake.signedIn = true;
    const tab = new BroadcastChannel(SESSION_CHANNEL);
    tab.postMessage({ member: fake.me.member.id } satisfies SessionNews);
    setTimeout(() => tab.close(), 100);
  }
  /** A tab as the browser would open it; null where it does not let that happen. */
  function openedTab(tab: { replace: (url: string) => void } | null) {
    const close = vi.fn<() => void>();
    const open = vi
      .spyOn(window, "open")
      .mockReturnValue(tab === null ? null : ({ location: tab, close } as unknown as Window));
    return { open, close };
  }
  afterEach(() => vi.restoreAllMocks());
  const google = async () => screen.findByRole("button", { name: /^Continue with Google/ });

  it("stays in this page while another tab goes to the issuer, and comes back by itself", async () => {
    const { user, fake, leave, calls } = await openApp({ scenario: "connected", path: MAIL });
    const replace = vi.fn<(url: string) => void>();
    openedTab({ replace });
    await writeUntilTheEnd(user, fake);
    expect(screen.getByText(/Keep this tab open/)).toBeVisible();
    await user.click(await google());
    await waitFor(() =>
      expect(replace).toHaveBeenCalledWith("https://issuer.example/google?next=/signed-in"),
    );
    expect(await screen.findByText(/goes on by itself afterwards/)).toBeVisible();
    expect(leave).not.toHaveBeenCalled();
    expect(JSON.stringify([{ ...localStorage }, { ...sessionStorage }])).not.toContain("Half of it");
    signInThere(fake);
    await waitFor(() => expect(field("Subject")).toHaveValue("Half of it and the rest"));
    await saved();
    expect(onlyDraft(fake).subject).toBe("Half of it and the rest");
    expect(calls("POST /api/v1/session")).toEqual([]);
  });

  it("waits where somebody else was signed in, and still comes back to whoever wrote it", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    openedTab({ replace: () => undefined });
    await writeUntilTheEnd(user, fake);
    const { id } = fake.me.member;
    fake.me.member.id = "mem_somebodyelse";
    signInThere(fake);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(screen.getByRole("heading", { name: "Sign in" })).toBeVisible();
    expect(wouldAsk()).toBe(true);
    fake.me.member.id = id;
    signInThere(fake);
    await waitFor(() => expect(field("Subject")).toHaveValue("Half of it and the rest"));
  });

  it("goes on when the tab is looked at again, where the news did not arrive", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await writeUntilTheEnd(user, fake);
    fake.signedIn = true;
    document.dispatchEvent(new Event("visibilitychange"));
    await waitFor(() => expect(field("Subject")).toHaveValue("Half of it and the rest"));
  });

  it("offers a link where the browser lets no tab open, and closes one that leads nowhere", async () => {
    const { user, fake, leave } = await openApp({ scenario: "connected", path: MAIL });
    await writeUntilTheEnd(user, fake);
    const { close } = openedTab({ replace: () => undefined });
    fake.failures.push({ path: "/sign-in/issuers", status: 503, code: "issuer_unavailable" });
    await user.click(await google());
    await waitFor(() => expect(close).toHaveBeenCalled());
    openedTab(null);
    await user.click(await google());
    expect(await screen.findByRole("link", { name: "Open it and sign in there" })).toHaveAttribute(
      "href",
      "https://issuer.example/google?next=/signed-in",
    );
    expect(leave).not.toHaveBeenCalled();
  });

  it("leaves as before where nothing waits", async () => {
    const { user, leave } = await openApp({ scenario: "signed_out", path: "/sign-in" });
    const { open } = openedTab(null);
    await user.click(await google());
    await waitFor(() => expect(leave).toHaveBeenCalledWith(expect.stringContaining("issuer.example/google")));
    expect(open).not.toHaveBeenCalled();
    expect(screen.queryByText(/Keep this tab open/)).toBeNull();
  });
});

describe("the page where a tab ends that was opened for signing in", () => {
  it("says where the text is, and tells the other tabs", async () => {
    const heard: SessionNews[] = [];
    const tab = new BroadcastChannel(SESSION_CHANNEL);
    tab.onmessage = ({ data }: MessageEvent<SessionNews>) => heard.push(data);
    const { fake } = await openApp({ scenario: "connected", path: "/signed-in" });
    expect(await screen.findByText(/Go back to the tab where you were writing/)).toBeVisible();
    await waitFor(() => expect(heard).toContainEqual({ member: fake.me.member.id }));
    tab.close();
  });

  it("lets nobody in who is not signed in", async () => {
    const { search } = await openApp({ scenario: "signed_out", path: "/signed-in" });
    await screen.findByRole("heading", { name: "Sign in" });
    expect(search().get("next")).toBe("/signed-in");
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
