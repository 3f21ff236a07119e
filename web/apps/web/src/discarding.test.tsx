import { screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { openApp } from "./testing/app";
import {
  beginWriting,
  draftInList,
  field,
  MAIL,
  noComposer,
  onlyDraft,
  rows,
  said,
  saved,
} from "./testing/mail";

const discard = () => screen.getByRole("button", { name: "Discard draft" });
const refused = () => screen.queryByText(/was not discarded/);

async function write(user: UserEvent): Promise<void> {
  await beginWriting(user);
  await user.type(field("Subject"), "Not this one");
  await saved();
}

describe("an answer to Discard that is lost", () => {
  it("is looked for in the draft: it is gone, and can be taken back", async () => {
    const { user, fake, calls } = await openApp({ scenario: "connected", path: MAIL });
    await write(user);
    fake.lost.push({ path: "/drafts/", method: "DELETE" });
    await user.click(discard());
    await noComposer();
    const toast = await said(/^Draft discarded\.$/);
    expect(calls("DELETE /api/v1/drafts/")).toHaveLength(1);
    expect(refused()).toBeNull();
    expect(fake.composing.drafts.size).toBe(0);
    await user.click(toast.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(field("Subject")).toHaveValue("Not this one"));
  });

  it("leads to another attempt when the draft is there still", async () => {
    const { user, fake, calls } = await openApp({ scenario: "connected", path: MAIL });
    await write(user);
    fake.failures.push({ path: "/drafts/", method: "DELETE", status: 502, code: "http_502" });
    await user.click(discard());
    await noComposer();
    await said(/^Draft discarded\.$/);
    expect(calls("DELETE /api/v1/drafts/")).toHaveLength(2);
    expect(fake.composing.drafts.size).toBe(0);
  });

  it("is said to be not known when nothing answers, and the text stays", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await write(user);
    fake.offline = true;
    await user.click(discard());
    await waitFor(() => expect(screen.getByText(/not known whether the draft was discarded/)).toBeVisible(), {
      timeout: 8000,
    });
    expect(refused()).toBeNull();
    expect(field("Subject")).toHaveValue("Not this one");
    fake.offline = false;
    await user.click(discard());
    await noComposer();
    expect(fake.composing.drafts.size).toBe(0);
  }, 15_000);

  it("says that it was not discarded when the server says so", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await write(user);
    fake.failures.push({ path: "/drafts/", method: "DELETE", status: 409, code: "feature_off" });
    await user.click(discard());
    await said(/^The draft was not discarded\./);
    expect(onlyDraft(fake).subject).toBe("Not this one");
  });

  it("finds the draft whose first save was never answered", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await beginWriting(user);
    fake.lost.push({ path: "/drafts", method: "POST" });
    await user.type(field("Subject"), "Unheard");
    await waitFor(() => expect(fake.composing.drafts.size).toBe(1), { timeout: 5000 });
    await waitFor(() => expect(fake.lost).toEqual([]));
    await user.click(discard());
    await noComposer();
    expect(fake.composing.drafts.size).toBe(0);
    expect(fake.composing.created).toBe(1);
  });
});

describe("an answer to Discard that is lost in the list of drafts", () => {
  const POST = { path: "/drafts/discard", method: "POST" };
  async function discardInList(user: UserEvent): Promise<void> {
    await user.keyboard("jx#");
    const dialog = within(await screen.findByRole("dialog"));
    await user.click(dialog.getByRole("button", { name: "Discard" }));
  }

  it("is looked for in the conversation: the draft is gone, nothing is asked for twice", async () => {
    const { user, fake, calls } = await openApp({ scenario: "connected", path: MAIL });
    await draftInList(user, fake);
    fake.lost.push(POST);
    await discardInList(user);
    await said(/^1 draft discarded\.$/);
    expect(calls("POST /api/v1/drafts/discard")).toHaveLength(1);
    expect(refused()).toBeNull();
    await waitFor(() => expect(rows()).toEqual([]));
  });

  it("leads to another attempt when the draft is there still", async () => {
    const { user, fake, calls } = await openApp({ scenario: "connected", path: MAIL });
    await draftInList(user, fake);
    fake.failures.push({ ...POST, status: 502, code: "http_502" });
    await discardInList(user);
    await said(/^1 draft discarded\.$/);
    expect(calls("POST /api/v1/drafts/discard")).toHaveLength(2);
    expect(fake.composing.drafts.size).toBe(0);
  });

  it("leaves a draft alone that has been written on meanwhile", async () => {
    const { user, fake, calls } = await openApp({ scenario: "connected", path: MAIL });
    await draftInList(user, fake);
    await user.keyboard("jx#");
    const dialog = within(await screen.findByRole("dialog"));
    fake.composing.changeElsewhere();
    fake.failures.push({ ...POST, status: 502, code: "http_502" });
    await user.click(dialog.getByRole("button", { name: "Discard" }));
    await said(/^1 draft was not discarded\.$/);
    expect(calls("POST /api/v1/drafts/discard")).toHaveLength(1);
    expect(onlyDraft(fake).html).toContain("another program");
  });

  it("is said to be not known when nothing answers", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await draftInList(user, fake);
    await user.keyboard("jx#");
    const dialog = within(await screen.findByRole("dialog"));
    fake.offline = true;
    await user.click(dialog.getByRole("button", { name: "Discard" }));
    await waitFor(() => expect(screen.getByText(/not known whether the draft was discarded/)).toBeVisible(), {
      timeout: 8000,
    });
    expect(refused()).toBeNull();
    fake.offline = false;
  }, 15_000);
});

describe("an address that is half typed", () => {
  it("comes back with the text when the session ends", async () => {
    const { user, fake, app } = await openApp({ scenario: "connected", path: MAIL });
    await write(user);
    await user.type(field("To"), "mira@stud");
    fake.signedIn = false;
    void app.client.invalidateQueries();
    await screen.findByRole("heading", { name: "Sign in" }, { timeout: 5000 });
    fake.signedIn = true;
    app.router.history.push(MAIL);
    await waitFor(() => expect(field("To")).toHaveValue("mira@stud"));
    expect(field("Subject")).toHaveValue("Not this one");
    expect(fake.composing.created).toBe(1);
  });

  it("makes the page ask before it is closed", async () => {
    const { user } = await openApp({ scenario: "connected", path: MAIL });
    await write(user);
    await user.type(field("To"), "mira@stud");
    expect(window.dispatchEvent(new Event("beforeunload", { cancelable: true }))).toBe(false);
  });

  it("is not dropped by Escape in a window that holds nothing else", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await beginWriting(user, "");
    await user.type(field("To"), "mira@studio.example");
    await user.keyboard("{Escape}");
    await noComposer();
    expect(onlyDraft(fake).to).toEqual([{ name: "", address: "mira@studio.example" }]);
  });

  it("that stays half is told when the window is closed, and can be mended", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    await write(user);
    await user.type(field("To"), "mira@stud");
    await user.keyboard("{Escape}");
    await noComposer();
    const toast = await said(/without “mira@stud”: that is not an address/);
    expect(onlyDraft(fake).to).toHaveLength(1);
    await user.click(toast.getByRole("button", { name: "Open again" }));
    await waitFor(() => expect(screen.getByTestId("composer")).toHaveTextContent("mira@stud"));
    expect(field("Subject")).toHaveValue("Not this one");
    expect(fake.composing.created).toBe(1);
  });
});
