import { screen, waitFor, within } from "@testing-library/react";
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

const file = (name: string) => new File([name], name, { type: "text/plain" });

describe("files of a draft", () => {
  it("go to the server again without a word when it has lost them", async () => {
    const { user, fake, calls } = await openApp({ scenario: "connected", path: MAIL });
    fake.me.member.undo_send_seconds = 0;
    await beginWriting(user);
    await user.upload(screen.getByTestId("file-picker"), file("plan.txt"));
    await waitFor(() => expect(fake.composing.uploads.size).toBe(1));
    fake.composing.restart();
    await saved();
    expect(calls("POST /api/v1/uploads")).toHaveLength(2);
    expect(onlyDraft(fake).attachments.map(({ name }) => name)).toEqual(["plan.txt"]);
    expect(document.querySelector("[data-toast]")).toBeNull();
    await user.click(screen.getByRole("button", { name: "Send" }));
    await noComposer();
  });

  it("are named when nobody has them any more, and the text is saved without them", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    const { id } = fake.composing.upload("old.txt", "text/plain", false, new ArrayBuffer(3));
    const other = fake.composing.upload("stays.txt", "text/plain", false, new ArrayBuffer(3));
    const attachments = [{ id }, { id: other.id }];
    const to = [{ name: "", address: "ana@x.example" }];
    fake.composing.create(draftInput({ subject: "With files", to, attachments }), "key");
    await row(/./);
    await user.keyboard("gd");
    await user.click(await row(/With files/));
    await waitFor(() => expect(field("Subject")).toHaveValue("With files"));
    // Another program takes one of them out; then this text is put over that.
    fake.composing.restart();
    const draft = onlyDraft(fake);
    fake.composing.update(
      draft.id,
      draftInput({ subject: "There", to, attachments: [{ id: other.id }] }),
      null,
    );
    await user.type(field("Subject"), "!");
    await user.click(await screen.findByRole("button", { name: "Keep mine" }, { timeout: 5000 }));
    await said(/A file is no longer there: old\.txt/);
    await saved();
    expect(onlyDraft(fake)).toMatchObject({ subject: "With files!", attachments: [{ id: other.id }] });
    const list = within(screen.getByTestId("composer")).getByRole("list", { name: /2 attachments/i });
    expect(list).toHaveTextContent("It is no longer there. Add it again.");
    await user.click(screen.getByRole("button", { name: "Send" }));
    expect(await screen.findByText(/A file could not be uploaded/)).toBeVisible();
  });
});
