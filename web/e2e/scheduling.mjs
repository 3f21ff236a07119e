#!/usr/bin/env node
/**
 * Sending later: hours that are offered, any minute on anybody's wall, the schedule as a list and as a month; what waits is
 * moved, cancelled, changed, sent at once, and goes by itself at its hour. Each step checks what the person sees and what
 * the server then holds.
 *
 *   node e2e/scheduling.mjs BASE_URL [--locale fr] [--phone] [--dark] [--shots DIR]
 *
 * Against `tenon demo` (with TENON_E2E_EMAIL / TENON_E2E_PASSWORD).
 */
import { apiOf, connectMailbox, signIn } from "./lib/session.mjs";
import { openWalk, readArguments, textsOf, until } from "./lib/walk.mjs";

const { args, base } = readArguments("scheduling.mjs");
const { t } = textsOf(args.locale);
const { checks, allowed, page, screen, run } = await openWalk(args, base, { hasTouch: args.phone });

const ZONE = "Europe/Paris";
const DAY = 86_400_000;
/** The minute on the member's wall at a moment. */
const wall = (at) =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, dateStyle: "short", timeStyle: "short" })
    .format(at)
    .replace(" ", "T");

const api = apiOf(page);
const open = async (path) => {
  await page.goto(new URL(path, base).href);
  await page.locator("main").waitFor();
};
const composer = page.getByTestId("composer");
const body = composer.locator(".ProseMirror");
const dialog = page.getByRole("dialog").filter({ has: page.locator("input[type=date]") });
const button = (within, key) => within.getByRole("button", { name: t(key), exact: true });
const toast = page.locator("[data-toast]");
/** The start of a text whose hour is not known. */
const begins = (key) =>
  new RegExp(
    t(key)
      .split("{{")[0]
      .replace(/[.*+?^$()|[\]\\]/g, "\\$&"),
  );
const line = (subject) => page.locator("main li").filter({ hasText: subject });
/** The newest message with a subject, as the server has it. */
const sendOf = async (subject) =>
  (await api("GET", "/sends?limit=50")).items.find((one) => one.subject === subject);
const becomes = (subject, state, timeout) =>
  until(`${subject} is ${state}`, async () => (await sendOf(subject))?.state === state, timeout);
const shownAs = (subject, local, zone = ZONE) =>
  until(`${subject} waits for ${local}`, async () => {
    const { state, scheduled } = (await sendOf(subject)) ?? {};
    return state === "scheduled" && scheduled?.local === local && scheduled.time_zone === zone;
  });
let connection;

async function write(subject) {
  await open(`/mail/${connection}`);
  await page.locator("[data-thread]").first().waitFor();
  await page.locator("h1").first().focus();
  await page.keyboard.press("c");
  await body.waitFor();
  await composer.locator("input[inputmode=email]").first().fill("ana@hotel.example");
  await page.keyboard.press("Enter");
  await composer.getByRole("textbox", { name: t("compose.subject"), exact: true }).fill(subject);
  await body.fill("The samples come with the first delivery.");
  await composer.getByText(t("compose.save.saved")).waitFor();
}

async function byHand(local, zone = ZONE) {
  await dialog.locator("input[type=date]").fill(local.slice(0, 10));
  await dialog.locator("input[type=time]").fill(local.slice(11));
  await dialog.locator("select").selectOption(zone);
  await dialog.getByText(begins("scheduling.goes")).waitFor();
}

async function begin() {
  await checks.step("is signed in, with a mailbox to send from", async () => {
    await signIn(page, base);
    const provider = await connectMailbox(page, base, "mail,sending");
    if (provider !== undefined) allowed.add(provider);
    await api("PATCH", "/me", { locale: args.locale, time_zone: ZONE });
    connection = (await api("GET", "/connections")).items[0].id;
    await open("/");
    await page.reload();
  });
}

/** Looked at again at the end. */
async function soon() {
  await checks.step("a message is scheduled for the next minute but one", async () => {
    await write("Soon");
    await page.keyboard.press("Control+Shift+Enter");
    const local = wall(Date.now() + 120_000);
    await byHand(local);
    await button(dialog, "scheduling.schedule").click();
    await composer.waitFor({ state: "detached" });
    await shownAs("Soon", local);
  });
}

async function offered() {
  await checks.step("the arrow offers hours that suit; one is taken, and undone", async () => {
    await write("Offer for the lobby");
    await button(composer, "scheduling.title").click();
    const presets = dialog.getByRole("list", { name: t("scheduling.offered") }).getByRole("button");
    await presets.first().waitFor();
    await screen("hours that suit");
    const { presets: known } = await api("GET", "/send-times");
    if ((await presets.count()) !== known.length) throw new Error(`${await presets.count()} hours`);
    await presets.last().click();
    await composer.waitFor({ state: "detached" });
    await shownAs("Offer for the lobby", known.at(-1).local);
    const said = toast.filter({ hasText: begins("scheduling.waits") }).last();
    await screen("scheduled with undo");
    await said.getByRole("button", { name: t("acting.undo") }).click();
    await composer.getByText(begins("scheduling.waited")).waitFor();
    await becomes("Offer for the lobby", "cancelled");
    await screen("out of the schedule");
    await button(composer, "scheduling.same_hour").click();
    await composer.waitFor({ state: "detached" });
    await shownAs("Offer for the lobby", known.at(-1).local);
  });
  await checks.step(
    "any minute is taken, on another wall too, with what it comes to said first",
    async () => {
      await write("To the workshop in Tokyo");
      await button(composer, "scheduling.title").click();
      const local = `${wall(Date.now() + 3 * DAY).slice(0, 10)}T05:30`;
      await byHand(local, "Asia/Tokyo");
      await dialog.getByText(t("scheduling.outside_hours")).waitFor();
      await screen("an hour in Tokyo");
      await button(dialog, "scheduling.schedule").click();
      await composer.waitFor({ state: "detached" });
      await shownAs("To the workshop in Tokyo", local, "Asia/Tokyo");
    },
  );
  await checks.step("what is past is not taken", async () => {
    await write("Too late");
    await button(composer, "scheduling.title").click();
    await dialog.locator("input[type=date]").fill("2020-01-01");
    await dialog.getByText(t("scheduling.impossible")).waitFor();
    if (await button(dialog, "scheduling.schedule").isEnabled()) throw new Error("it can be chosen");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await button(composer, "compose.discard").click();
    await composer.waitFor({ state: "detached" });
  });
}

async function schedule() {
  await checks.step("what waits is listed by days", async () => {
    await open(`/mail/${connection}`);
    if (args.phone) await open("/outbox/scheduled");
    else await page.getByRole("link", { name: t("outbox.scheduled"), exact: true }).click();
    await line("Offer for the lobby").waitFor();
    await line("To the workshop in Tokyo").waitFor();
    await screen("the schedule");
  });
  await checks.step("one is given another hour", async () => {
    await button(line("Offer for the lobby"), "acting.more").click();
    await page.getByRole("menuitem", { name: t("scheduling.another") }).click();
    const local = `${wall(Date.now() + 5 * DAY).slice(0, 10)}T10:15`;
    await byHand(local);
    await button(dialog, "scheduling.schedule").click();
    await shownAs("Offer for the lobby", local);
    await dialog.waitFor({ state: "detached" });
  });
  await checks.step("one is cancelled, and put back", async () => {
    await button(line("Offer for the lobby"), "acting.more").click();
    await page.getByRole("menuitem", { name: t("scheduling.cancel") }).click();
    const said = toast.filter({ hasText: t("scheduling.cancelled") });
    await said.waitFor();
    await line("Offer for the lobby").waitFor({ state: "detached" });
    await becomes("Offer for the lobby", "cancelled");
    await said.getByRole("button", { name: t("acting.undo") }).click();
    await line("Offer for the lobby").waitFor();
    await becomes("Offer for the lobby", "scheduled");
  });
  await checks.step("the month shows it on its day, and goes by keys", async () => {
    await button(page, "scheduling.view.month").click();
    const today = page.locator("main button[aria-current=date]");
    await today.waitFor();
    await today.focus();
    for (let days = 0; days < 5; days += 1) await page.keyboard.press("ArrowRight");
    const day = wall(Date.now() + 5 * DAY).slice(0, 10);
    await until("the day has the focus", () =>
      page.evaluate((wanted) => document.activeElement?.getAttribute("data-day") === wanted, day),
    );
    await line("Offer for the lobby").waitFor();
    await screen("the month");
  });
}

async function changing() {
  await checks.step("its draft is shown as it is while it waits", async () => {
    const { items } = await api("GET", `/connections/${connection}/labels`);
    await open(`/mail/${connection}/${items.find(({ role }) => role === "drafts").id}`);
    await page.locator("[data-thread]").filter({ hasText: "Offer for the lobby" }).click();
    const waiting = page.getByTestId("waiting-draft");
    await waiting.getByText(begins("scheduling.waits")).waitFor();
    await screen("a draft that waits");
    await button(waiting, "scheduling.edit").click();
    await body.waitFor();
    await becomes("Offer for the lobby", "cancelled");
    await composer.getByText(begins("scheduling.waited")).waitFor();
    await composer
      .getByRole("textbox", { name: t("compose.subject"), exact: true })
      .fill("Offer for the lobby, revised");
    await composer.getByText(t("compose.save.saved")).waitFor();
    await button(composer, "scheduling.same_hour").click();
    await composer.waitFor({ state: "detached" });
    await becomes("Offer for the lobby, revised", "scheduled");
  });
  await checks.step("one is sent at once, and went once", async () => {
    await open("/outbox/scheduled");
    const subject = "To the workshop in Tokyo";
    await button(line(subject), "acting.more").click();
    await page.getByRole("menuitem", { name: t("scheduling.now"), exact: true }).click();
    await becomes(subject, "sent");
    await line(subject).waitFor({ state: "detached" });
  });
}

async function working() {
  await checks.step("working hours are set, and the offered hours follow them", async () => {
    await open("/settings");
    const panel = page.getByRole("region", { name: t("scheduling.hours.title") });
    await panel.locator("input[type=time]").first().fill("10:30");
    await button(panel, "common.save").click();
    await toast.filter({ hasText: t("settings.saved") }).waitFor();
    await panel.scrollIntoViewIfNeeded();
    await screen("working hours");
    const { presets } = await api("GET", "/send-times");
    if (!presets.some(({ local }) => local.endsWith("T10:30"))) throw new Error(JSON.stringify(presets));
    const hours = { days: [1, 2, 3, 4, 5], from: "09:00", until: "17:00" };
    await api("PATCH", "/me", { working_hours: hours });
  });
}

async function itsHour() {
  await checks.step("the first one went by itself at its hour, once", async () => {
    await becomes("Soon", "sent", 180_000);
    const { items } = await api("GET", `/connections/${connection}/labels`);
    const sent = items.find(({ role }) => role === "sent").id;
    const threads = async () =>
      (await api("GET", `/threads?connection=${connection}&label=${sent}&limit=50`)).items;
    await until("it is in Sent", async () => (await threads()).some(({ subject }) => subject === "Soon"));
    const count = (await threads()).filter(({ subject }) => subject === "Soon").length;
    if (count !== 1) throw new Error(`${count} times`);
  });
}

await run(async () => {
  await begin();
  await soon();
  await offered();
  await schedule();
  await changing();
  await working();
  await itsHour();
});
