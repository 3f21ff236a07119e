#!/usr/bin/env node
/**
 * Mail merge: a letter is written in the composer, a list comes from a file and from records, it is looked at for each of
 * them and tried out, the list is checked and a hole in it told, it goes at its pace, is paused and goes on, and everybody
 * got one message. One of them comes back, one is unsubscribed by the link in the message. Each step checks what the person sees and what the server then holds.
 *
 *   node e2e/mail-merge.mjs BASE_URL [--locale fr] [--phone] [--dark] [--shots DIR]
 *
 * Against `tenon demo` (with TENON_E2E_EMAIL / TENON_E2E_PASSWORD).
 */
import { apiOf, connectMailbox, signIn } from "./lib/session.mjs";
import { openWalk, readArguments, textsOf, until } from "./lib/walk.mjs";

const { args, base } = readArguments("mail-merge.mjs");
const { t } = textsOf(args.locale);
const { checks, allowed, page, screen, run } = await openWalk(args, base, { hasTouch: args.phone });

const api = apiOf(page);
const open = async (path) => {
  await page.goto(new URL(path, base).href);
  await page.locator("main").waitFor();
};
const composer = page.getByTestId("composer");
const body = composer.locator(".ProseMirror");
const dialog = page.getByRole("dialog");
const button = (within, key, values) => within.getByRole("button", { name: t(key, values), exact: true });
const panel = (key) => page.getByRole("region", { name: t(key), exact: true });
const LIST = `Prénom,Société,Mail
Ines,Duarte Lda,ines@duarte.example
Tom,Quill & Co,bounce@quill.example
,Halden AS,office@halden.example
Bad,,nobody
`;
let connection;
let contact;
let id;

const merge = () => api("GET", `/mail-merges/${id}`);
const people = async (state) =>
  (await api("GET", `/mail-merges/${id}/recipients?limit=100${state === undefined ? "" : `&state=${state}`}`))
    .items;

async function begin() {
  await checks.step("is signed in, with a mailbox to send from and a contact", async () => {
    await signIn(page, base);
    const provider = await connectMailbox(page, base, "mail,sending");
    if (provider !== undefined) allowed.add(provider);
    await api("PATCH", "/me", { locale: args.locale });
    connection = (await api("GET", "/connections")).items[0].id;
    const values = { first_name: "Otto", last_name: "Merge", emails: [{ address: "otto@merge.example" }] };
    contact = await api("POST", "/records", { kind: "contact", values });
    await open("/");
    await page.reload();
  });
}

async function writing() {
  await checks.step("a letter becomes a mail merge, not with recipients of its own", async () => {
    await open("/mail-merges");
    await page.getByText(t("mailmerge.empty_title")).waitFor();
    await screen("no mail merges yet");
    await button(page, "mailmerge.write").click();
    await body.waitFor();
    const subject = composer.getByRole("textbox", { name: t("compose.subject"), exact: true });
    await subject.fill("A visit, {{ row.prenom }}");
    await body.click();
    await page.keyboard.type('Dear {{ row.prenom }} of {{ row.societe | default("your company") }},');
    await page.keyboard.press("Enter");
    await page.keyboard.type("may we come by next week?");
    await composer.locator("input[inputmode=email]").first().fill("somebody@quill.example");
    await page.keyboard.press("Enter");
    await button(composer, "acting.more").click();
    await composer.getByRole("menuitem", { name: t("compose.mail_merge.begin") }).click();
    await page.getByText(t("compose.mail_merge.named")).first().waitFor();
    await composer.locator("input[inputmode=email]").first().click();
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Backspace");
    await until(
      "nobody is named",
      async () => (await composer.getByText("somebody@quill.example").count()) === 0,
    );
    await button(composer, "acting.more").click();
    await screen("the composer's menu");
    await composer.getByRole("menuitem", { name: t("compose.mail_merge.begin") }).click();
    await panel("mailmerge.list").waitFor();
    await composer.waitFor({ state: "detached" });
    id = new URL(page.url()).pathname.split("/").at(-1);
    const one = await merge();
    if (one.state !== "draft" || one.connection_id !== connection) throw new Error(JSON.stringify(one));
    await screen("a new mail merge");
  });
  await checks.step("people come from a file, and what is wrong in it is told", async () => {
    await page.getByTestId("list-file").setInputFiles({
      name: "visits.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(LIST),
    });
    await page.getByText(t("mailmerge.added_other", { number: 3 })).waitFor();
    await page.getByText(t("mailmerge.left_out.address_invalid_one", { number: 1 })).waitFor();
    await until("three are in the list", async () => (await people()).length === 3);
    await page.getByRole("button", { name: "{{ row.societe }}" }).waitFor();
  });
  await checks.step("and from contacts, each address once", async () => {
    const before = (await people()).length;
    await button(page, "mailmerge.add").click();
    await until("Otto is in the list", async () =>
      (await people()).some(({ address }) => address === "otto@merge.example"),
    );
    const all = await people();
    if (all.length <= before) throw new Error(String(all.length));
    if (new Set(all.map(({ address }) => address)).size !== all.length)
      throw new Error("somebody is in it twice");
    // All but four of them, to see one taken out and one left out.
    for (const { number, address } of all)
      if (!/duarte|quill|halden|otto@merge/.test(address))
        await api("DELETE", `/mail-merges/${id}/recipients/${number}`);
    await open(`/mail-merges/${id}`);
    await page
      .getByRole("button", { name: t("mailmerge.take_out", { person: "Otto Merge" }), exact: true })
      .click();
    await until("three are left", async () => (await people()).length === 3);
    await screen("a list with its letter");
  });
}

async function looking() {
  await checks.step("it is looked at for each of them, and a hole is shown", async () => {
    const letter = panel("mailmerge.letter");
    await letter.getByText("A visit, Ines").waitFor();
    await button(letter, "mailmerge.person_after").click();
    await letter.getByText("A visit, Tom").waitFor();
    await button(letter, "mailmerge.person_after").click();
    await letter.getByText(t("mailmerge.missing_one", { count: 1 })).waitFor();
    await screen("somebody whose name is missing");
    await button(letter, "mailmerge.person_before").click();
    await letter.getByText("A visit, Tom").waitFor();
  });
  await checks.step("it gets a way out", async () => {
    const letter = panel("mailmerge.letter");
    await letter.getByRole("switch").press("Space");
    await until("it is stored", async () => (await merge()).unsubscribe);
    await letter.getByText(t("mailmerge.way_out_http")).waitFor();
    await letter.getByText("A visit, Tom").waitFor();
    await screen("a letter with its way out");
  });
  await checks.step("it is tried out on oneself", async () => {
    const letter = panel("mailmerge.letter");
    await letter.getByRole("button", { name: /@example\.com/ }).click();
    await until("it went", async () => {
      const { items } = await api("GET", "/sends?limit=20");
      return items.some(({ subject, state }) => subject === "A visit, Tom" && state === "sent");
    });
  });
  await checks.step("the check tells who would get nothing", async () => {
    await button(page, "mailmerge.start.check").click();
    await page.getByText(t("mailmerge.start.goes_other", { number: 2 })).waitFor();
    await panel("mailmerge.start.title").getByText("row.prenom").waitFor();
    await screen("the list is checked");
  });
  await checks.step("its pace is set", async () => {
    const pace = panel("mailmerge.pace.title");
    await pace.getByRole("textbox", { name: t("mailmerge.pace.gap_min_seconds") }).fill("8");
    await pace.getByRole("textbox", { name: t("mailmerge.pace.gap_max_seconds") }).fill("8");
    await button(pace, "common.save").click();
    await until("it is stored", async () => (await merge()).gap_max_seconds === 8);
  });
}

async function sending() {
  await checks.step("it is started, after being asked", async () => {
    await button(panel("mailmerge.start.title"), "mailmerge.start.now").click();
    await dialog.getByText(t("mailmerge.start.sure_other", { number: 2 })).waitFor();
    await screen("asked before it starts");
    await button(dialog, "mailmerge.start.now").click();
    await panel("mailmerge.progress").waitFor();
    await until("the first one went", async () => (await people("sent")).length === 1);
    await page
      .getByText(t("mailmerge.sent_of", { sent: 1, whole: 3 }), { exact: true })
      .first()
      .waitFor();
    await screen("on its way");
  });
  await checks.step("it is paused, and goes on", async () => {
    await button(page, "mailmerge.pause").click();
    await button(page, "mailmerge.resume").waitFor();
    if ((await merge()).state !== "paused") throw new Error("it is not paused");
    await screen("paused");
    await button(page, "mailmerge.resume").click();
    await until("it is done", async () => (await merge()).state === "done", 40_000);
    const done = await merge();
    const sent = done.counts.find(({ state }) => state === "sent");
    if (sent?.count !== 2) throw new Error(JSON.stringify(done.counts));
    await page.getByText(t("mailmerge.why.skipped_one", { number: 1 })).waitFor();
    await screen("done");
  });
  await checks.step("everybody got one message, filled in", async () => {
    const labels = (await api("GET", `/connections/${connection}/labels`)).items;
    const sent = labels.find(({ role }) => role === "sent");
    const subjects = async () =>
      (await api("GET", `/threads?connection=${connection}&label=${sent.id}&limit=50`)).items.map(
        ({ subject }) => subject,
      );
    // One of the two was also tried out.
    const times = async (subject) => (await subjects()).filter((one) => one === subject).length;
    await until(
      "both are in the mailbox",
      async () => (await times("A visit, Ines")) > 0 && (await times("A visit, Tom")) > 1,
    );
    if ((await times("A visit, Ines")) !== 1 || (await times("A visit, Tom")) !== 2)
      throw new Error((await subjects()).join(", "));
    const [left] = await people("skipped");
    if (left?.address !== "office@halden.example") throw new Error(JSON.stringify(left));
  });
}

async function comingBack() {
  await checks.step("a message that comes back is told, and nobody writes there again", async () => {
    await until("it came back", async () => (await merge()).bounced === 1, 40_000);
    await open(`/mail-merges/${id}`);
    const list = panel("mailmerge.list");
    await list.getByText(t("mailmerge.back.bounce"), { exact: true }).last().waitFor();
    await list.getByText(t("mailmerge.failure.no_such_address")).waitFor();
    const figures = page.getByLabel(t("mailmerge.back.title"));
    await figures.waitFor();
    await screen("what came back");
  });
  await checks.step(
    "the link in a message asks first, without an account, and one click ends it",
    async () => {
      const link = await wayOut();
      const stranger = await page
        .context()
        .browser()
        .newContext({
          locale: args.locale,
          colorScheme: args.dark ? "dark" : "light",
          viewport: page.viewportSize(),
        });
      const other = await stranger.newPage();
      await other.goto(link);
      await other.getByText("i••••@duarte.example").waitFor();
      const { total } = await api("GET", "/suppressions");
      if (total !== 1) throw new Error(`opening the link changed something: ${total}`);
      if (args.shots !== undefined) await other.screenshot({ path: `${args.shots}/unsubscribe.png` });
      await other.getByRole("button").click();
      await other.getByRole("heading", { level: 1 }).waitFor();
      await until("she is on the list", async () => (await api("GET", "/suppressions")).total === 2);
      if (args.shots !== undefined) await other.screenshot({ path: `${args.shots}/unsubscribed.png` });
      const cookies = await stranger.cookies();
      if (cookies.length > 0) throw new Error(JSON.stringify(cookies));
      await stranger.close();
      await until("it is told", async () => (await merge()).unsubscribed === 1);
    },
  );
  await checks.step("the suppression list is looked through, written and taken along", async () => {
    await open("/mail-merges");
    await page.getByRole("link", { name: t("mailmerge.off.title"), exact: true }).click();
    await page.getByText("ines@duarte.example").waitFor();
    await page.getByLabel(t("mailmerge.off.address")).fill("rival.example");
    await page.getByLabel(t("mailmerge.off.note")).fill("A competitor");
    await button(page, "mailmerge.off.add").click();
    await page.getByText("@rival.example", { exact: true }).waitFor();
    await page.getByText(t("mailmerge.off.count_other", { number: 3 })).waitFor();
    await screen("the suppression list");
    const search = page.getByLabel(t("mailmerge.off.search"), { exact: true });
    await search.fill("anna@rival.example");
    await button(page, "mailmerge.off.find").click();
    await until(
      "only the domain is shown",
      async () => (await page.getByText("ines@duarte.example").count()) === 0,
    );
    await page.getByText("@rival.example", { exact: true }).waitFor();
    await search.fill("");
    await page
      .getByRole("button", { name: t("mailmerge.off.take_out", { address: "ines@duarte.example" }) })
      .click();
    await dialog.getByText(t("mailmerge.off.sure_said")).waitFor();
    await screen("asked before somebody is taken off");
    await button(dialog, "mailmerge.off.allow").click();
    await until("two are left", async () => (await api("GET", "/suppressions")).total === 2);
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      button(page, "mailmerge.off.export").click(),
    ]);
    if (file.suggestedFilename() !== "suppressions.csv") throw new Error(file.suggestedFilename());
    for (const { id: entry } of (await api("GET", "/suppressions")).items)
      await api("DELETE", `/suppressions/${entry}`);
  });
}

/** The link to unsubscribe of the message to Ines, as it stands in its header. */
async function wayOut() {
  const labels = (await api("GET", `/connections/${connection}/labels`)).items;
  const sent = labels.find(({ role }) => role === "sent");
  const threads = await api("GET", `/threads?connection=${connection}&label=${sent.id}&limit=50`);
  const thread = threads.items.find(({ subject }) => subject === "A visit, Ines");
  const messages = (await api("GET", `/threads/${thread.id}`)).messages;
  const raw = await page.evaluate(
    async (path) => (await fetch(path)).text(),
    `/api/v1/messages/${messages[0].id}/original`,
  );
  const [, link] = /^List-Unsubscribe: <(.+)>\r?$/m.exec(raw) ?? [];
  if (!link?.startsWith(new URL("/u/", base).href)) throw new Error(String(link));
  return link;
}

async function ending() {
  await checks.step("it is in the list of mail merges, and can be forgotten", async () => {
    await open("/mail-merges");
    await page.getByRole("link", { name: "A visit, {{ row.prenom }}" }).waitFor();
    await screen("the mail merges");
    await page.getByRole("link", { name: "A visit, {{ row.prenom }}" }).click();
    await button(page, "mailmerge.remove").click();
    await page.getByText(t("mailmerge.empty_title")).waitFor();
    await api("DELETE", `/records/${contact.id}`);
  });
}

await run(async () => {
  await begin();
  await writing();
  await looking();
  await sending();
  await comingBack();
  await ending();
});
