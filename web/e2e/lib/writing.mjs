/** Writing, answering and sending, as part of the walk of acting on mail. */

/** The steps, over what the walk has: its page, its checks, its ways to look into the mailbox. */
export function writing(walk) {
  const {
    api,
    atProvider,
    base,
    body,
    checks,
    composer,
    control,
    fault,
    field,
    isMock,
    labelOf,
    like,
    openList,
    page,
    rows,
    screen,
    t,
    threadsIn,
    toast,
    until,
  } = walk;

  async function write() {
    let inSent;
    await checks.step("c opens a composer; its keys stay in it", async () => {
      await openList("inbox");
      await rows.first().waitFor();
      const count = await rows.count();
      await page.locator("h1").first().focus();
      await page.keyboard.press("c");
      await body.waitFor();
      await until("the cursor is in To", () =>
        page.evaluate(() => document.activeElement?.getAttribute("inputmode") === "email"),
      );
      await body.click();
      await page.keyboard.type("e # ! s x j");
      if ((await rows.count()) !== count) throw new Error("a key typed in the text acted on the list");
      await body.fill("");
    });
    await checks.step("a pasted list becomes chips; what is no address is shown and not sent", async () => {
      await field(0).focus();
      await page.evaluate(() => {
        const data = new DataTransfer();
        data.setData("text", '"Ferreira, Ana" <ana@hotel.example>; bo@x.example\nno address');
        document.activeElement?.dispatchEvent(
          new ClipboardEvent("paste", { clipboardData: data, bubbles: true }),
        );
      });
      await composer.getByText("Ferreira, Ana").waitFor();
      await until(
        "three chips",
        async () => (await composer.locator("[aria-label*='@'], [aria-label*='no address']").count()) >= 3,
      );
      await composer.locator("input[placeholder]").last().fill("Samples, été 2026");
      await page.keyboard.press("Control+Enter");
      await composer.getByRole("alert").getByText(t("compose.complaint.invalid")).waitFor();
      await screen("composer with an invalid address");
      await composer
        .getByRole("button", {
          name: like("compose.remove_recipient").source.includes("no address") ? "" : /no address/,
        })
        .last()
        .click();
    });
    await checks.step(
      "formats, attaches a file, takes a pasted picture; all of it is saved by itself",
      async () => {
        await body.click();
        await page.keyboard.press("Control+b");
        await page.keyboard.type("Bonjour Ana");
        await page.keyboard.press("Control+b");
        await composer
          .locator("input[type=file]")
          .setInputFiles([
            { name: "plan du salon.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(40_000, 7) },
          ]);
        await composer.getByText("plan du salon.pdf").waitFor();
        await body.click();
        await page.evaluate(async () => {
          const canvas = document.createElement("canvas");
          canvas.width = canvas.height = 24;
          canvas.getContext("2d").fillRect(0, 0, 24, 24);
          const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
          const data = new DataTransfer();
          data.items.add(new File([blob], "pasted.png", { type: "image/png" }));
          document
            .querySelector(".ProseMirror")
            .dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
        });
        await body.locator("img[data-attachment]").waitFor();
        await composer.getByText(t("compose.save.saved")).waitFor();
        await page.waitForTimeout(2500);
        await composer.getByText(t("compose.save.saved")).waitFor();
        await screen("composer saved");
      },
    );
    await checks.step("the draft is in the drafts folder, with its text, file and picture", async () => {
      await until("one draft", async () => (await threadsIn(labelOf("drafts"))).length > 0);
      const [thread] = await threadsIn(labelOf("drafts"));
      const detail = await api("GET", `/threads/${thread.id}`);
      const draft = await api("POST", `/messages/${detail.messages.at(-1).id}/draft`);
      if (!/<(strong|b)>Bonjour Ana/.test(draft.html)) throw new Error(draft.html);
      if (draft.attachments.length !== 2) throw new Error(`${draft.attachments.length} attachments`);
      if (!draft.html.includes("cid:")) throw new Error("the picture has no address");
      if (draft.to.length !== 2) throw new Error(`${draft.to.length} recipients`);
    });
    await checks.step(
      "Ctrl+Enter sends after a moment; Undo calls it back with everything in it",
      async () => {
        inSent = (await threadsIn(labelOf("sent"))).length;
        await body.click();
        await page.keyboard.press("Control+Enter");
        const said = toast(t("outbox.sending"));
        await said.waitFor();
        await screen("sending with undo");
        await said.getByRole("button", { name: t("acting.undo") }).click();
        await body.waitFor();
        await composer.getByText("plan du salon.pdf").waitFor();
        await composer.getByText("Ferreira, Ana").waitFor();
        if (!(await body.textContent()).includes("Bonjour Ana")) throw new Error("the text is gone");
        if ((await threadsIn(labelOf("sent"))).length !== inSent) throw new Error("it was sent all the same");
      },
    );
    await checks.step("sent once, said so, and it is in Sent", async () => {
      const before = await atProvider("SENT");
      await body.click();
      await page.keyboard.press("Control+Enter");
      await composer.waitFor({ state: "detached" });
      await toast(t("outbox.sent")).waitFor({ timeout: 40_000 });
      await until(
        "one more in Sent",
        async () => (await threadsIn(labelOf("sent"))).length === inSent + 1,
        30_000,
      );
      if (before !== undefined && (await atProvider("SENT")) !== before + 1)
        throw new Error("the provider holds another number of sent messages");
      await until("no draft is left", async () => (await threadsIn(labelOf("drafts"))).length === 0);
    });
  }

  async function answer() {
    await checks.step(
      "r answers the open conversation: recipient, subject and quotation are there",
      async () => {
        await openList("inbox");
        await rows.first().click();
        await page.getByTestId("thread-pane").locator("h2").first().waitFor();
        await page.waitForTimeout(500);
        await page.keyboard.press("r");
        await body.waitFor();
        await until("the cursor is in the text", () =>
          page.evaluate(() => document.activeElement?.classList.contains("ProseMirror") === true),
        );
        const subject = await composer.locator("input[placeholder]").last().inputValue();
        if (!/^Re: /.test(subject)) throw new Error(subject);
        if ((await composer.locator("[title*='@']").count()) < 1) throw new Error("no recipient");
        await composer.getByRole("button", { name: t("compose.quote_show") }).click();
        await composer.locator(`iframe[title="${t("compose.quoted")}"]`).waitFor();
        await page.waitForTimeout(400);
        await screen("reply with quotation");
        await page.keyboard.type("Merci !");
      },
    );
    await checks.step("Escape closes it and keeps the draft; the drafts folder opens it again", async () => {
      await body.click();
      await page.keyboard.type("Merci !");
      await page.keyboard.press("Escape");
      await composer.waitFor({ state: "detached" });
      await toast(t("compose.kept")).waitFor();
      await openList("drafts");
      await rows.first().click();
      await body.waitFor();
      if (!(await body.textContent()).includes("Merci !")) throw new Error("the text is gone");
    });
    await checks.step("discarding deletes it; Undo writes it anew", async () => {
      await composer.getByRole("button", { name: t("compose.discard"), exact: true }).click();
      await composer.waitFor({ state: "detached" });
      const said = toast(t("compose.discarded"));
      await said.waitFor();
      await until("no draft", async () => (await threadsIn(labelOf("drafts"))).length === 0);
      await said.getByRole("button", { name: t("acting.undo") }).click();
      await body.waitFor();
      if (!(await body.textContent()).includes("Merci !")) throw new Error("the text is gone");
      await body.click();
      await page.keyboard.press("End");
      await page.keyboard.type(" Encore.");
      await composer.getByText(t("compose.save.saved")).waitFor();
      await composer.getByRole("button", { name: t("compose.discard"), exact: true }).click();
      await composer.waitFor({ state: "detached" });
    });
    await checks.step("f forwards, with the attachments of the original", async () => {
      await openList("inbox");
      await page
        .locator("[data-thread]")
        .filter({ hasText: t("mail.has_attachments") })
        .first()
        .click();
      await page.getByTestId("thread-pane").locator("h2").first().waitFor();
      await page.waitForTimeout(700);
      await page.keyboard.press("f");
      await body.waitFor();
      const subject = await composer.locator("input[placeholder]").last().inputValue();
      if (!/^Fwd?: /.test(subject)) throw new Error(subject);
      await composer.getByRole("button", { name: t("compose.close") }).click();
      await composer.waitFor({ state: "detached" });
    });
  }

  async function discardMany() {
    await checks.step("several drafts are discarded together, after a question", async () => {
      const drafts = (await api("GET", "/connections")).items.map(({ id }) => id).slice(0, 1);
      for (const n of [1, 2, 3]) {
        const draft = { connection_id: drafts[0], kind: "new", subject: `Many ${n}`, html: "<p>x</p>" };
        await api("POST", "/drafts", draft, { "Idempotency-Key": `many-${n}-${Date.now()}` });
      }
      await until("they are listed", async () => (await threadsIn(labelOf("drafts"))).length >= 3);
      await openList("drafts");
      await rows.nth(2).waitFor();
      await page.locator("h1").first().focus();
      await page.keyboard.press("*");
      await page.keyboard.press("a");
      await page.keyboard.press("#");
      const dialog = page.getByRole("dialog");
      await dialog.waitFor();
      await page.waitForTimeout(300);
      await screen("discard drafts");
      await dialog.getByRole("button", { name: t("acting.discard_confirm"), exact: true }).click();
      await dialog.waitFor({ state: "detached" });
      await until("none is left", async () => (await threadsIn(labelOf("drafts"))).length === 0);
      await page.getByText(t("mail.empty_title")).waitFor();
    });
  }

  async function refused() {
    if (!(await fault("G31", "/drafts/send"))) return;
    await checks.step("what the provider refuses says why in the outbox, and stays a draft", async () => {
      await openList("inbox");
      await rows.first().waitFor();
      await page.locator("h1").first().focus();
      await page.keyboard.press("c");
      await body.waitFor();
      await field(0).fill("ana@hotel.example");
      await composer.locator("input[placeholder]").last().fill("Refused once");
      await body.fill("Hello");
      await page.keyboard.press("Control+Enter");
      await composer.waitFor({ state: "detached" });
      await toast(t("outbox.said.refused")).waitFor({ timeout: 40_000 });
      await page.goto(new URL("/outbox", base).href);
      await page.getByText("Refused once").first().waitFor();
      await page.getByText(t("outbox.state.refused"), { exact: true }).first().waitFor();
      await screen("outbox");
      await until("it is a draft again", async () =>
        (await threadsIn(labelOf("drafts"))).some(({ subject }) => subject === "Refused once"),
      );
    });
  }

  async function doubt() {
    if (!isMock) return;
    await checks.step("a message nobody knows of waits for the person, with what is known", async () => {
      await control("sent");
      await page.goto(new URL("/outbox", base).href);
      await page.getByText(t("outbox.known")).waitFor();
      await screen("outbox with a doubt");
      await page.getByRole("button", { name: t("outbox.decision.check") }).click();
      await toast(t("outbox.decided.check")).waitFor();
      await page.getByRole("button", { name: t("outbox.decision.keep_draft") }).click();
      await page.getByText(t("outbox.known")).waitFor({ state: "detached" });
    });
  }

  return { write, answer, discardMany, refused, doubt };
}
