import { FAKE_PASSWORD, samplePerson } from "@tenon/msw";
import { screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openApp } from "./testing/app";
import { beginWriting, field, MAIL, noComposer, QUOTE, row } from "./testing/mail";
import { SESSION_CHANNEL, type SessionNews } from "./use-session-news";

/** Another tab of the same browser. */
let tab: BroadcastChannel;
let heard: SessionNews[];
const tell = (news: SessionNews) => tab.postMessage(news);

beforeEach(() => {
  heard = [];
  tab = new BroadcastChannel(SESSION_CHANNEL);
  tab.onmessage = ({ data }: MessageEvent<SessionNews>) => heard.push(data);
});
afterEach(() => tab.close());

describe("what another tab does to the session", () => {
  it("is heard at once: somebody else was signed in, and nothing of the one before stays", async () => {
    const { user, fake, calls } = await openApp({ scenario: "connected", path: MAIL });
    await beginWriting(user);
    await user.type(field("Subject"), "Mine alone");
    const before = calls("GET /api/v1/threads?").length;
    fake.me = { ...fake.me, member: { ...fake.me.member, id: "mem_somebodyelse", name: "Bo" } };
    tell({ member: "mem_somebodyelse" });
    await noComposer();
    await waitFor(() => expect(calls("GET /api/v1/threads?").length).toBeGreaterThan(before));
    expect(await screen.findByRole("button", { name: "Account of Bo" })).toBeInTheDocument();
    expect(screen.queryByText("Mine alone")).not.toBeInTheDocument();
  });

  it("is heard at once: it signed out", async () => {
    const { fake } = await openApp({ scenario: "connected", path: MAIL });
    await row(QUOTE);
    fake.signedIn = false;
    tell({ member: null });
    await screen.findByRole("heading", { name: "Sign in" });
  });

  it("changes nothing where it is the same member", async () => {
    const { fake, calls } = await openApp({ scenario: "connected", path: MAIL });
    await row(QUOTE);
    const before = calls("GET /api/v1/session").length;
    tell({ member: fake.me.member.id });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(calls("GET /api/v1/session")).toHaveLength(before);
  });
});

describe("what this tab does to the session", () => {
  it("is told to the others", async () => {
    const { user, fake } = await openApp({ scenario: "signed_out", path: "/sign-in" });
    await user.type(await screen.findByLabelText("E-mail"), samplePerson.address);
    await user.type(screen.getByLabelText("Password"), FAKE_PASSWORD);
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    await waitFor(() => expect(heard).toEqual([{ member: fake.me.member.id }]));
    await user.click(await screen.findByRole("button", { name: /^Account of/ }));
    await user.click(await screen.findByRole("menuitem", { name: "Sign out" }));
    await waitFor(() => expect(heard.at(-1)).toEqual({ member: null }));
  });
});
