import type { FakeServer } from "@tenon/msw";
import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { openApp } from "./testing/app";
import { said } from "./testing/mail";

const DEAL = "rec_deal00000001";
const EMPTY = "rec_deal00000007";
const COMPANY = "rec_company00000001";
const MAIN = "con_demo00000001";
const SECOND = "con_trouble_stock";
const DOC = "https://docs.google.com/document/d/1SomebodyElsesDocument/edit";

beforeEach(() => sessionStorage.clear());

type Options = Partial<Parameters<typeof openApp>[0]> & {
  record?: string;
  query?: string;
  prepare?: (fake: FakeServer) => void;
};

async function open({ record = DEAL, query = "", ...options }: Options = {}) {
  const opened = await openApp({ scenario: "connected", path: `/records/${record}${query}`, ...options });
  const title = options.locale === "fr" ? "Fichiers" : "Files";
  const find = () => screen.findByRole("region", { name: new RegExp(`^${title}`) });
  const rows = () => [...document.querySelectorAll<HTMLElement>("[data-file]")];
  const names = () => opened.fake.drive.list(record).map(({ name }) => name);
  return { ...opened, find, rows, names, section: within(await find()) };
}
type Opened = Awaited<ReturnType<typeof open>>;

const setFeature = (fake: FakeServer, id: string, state: "on" | "off" | "needs_reauthorization") => {
  for (const connection of fake.connections.values())
    for (const feature of connection.features) if (feature.id === id) feature.state = state;
};
/** As the event that tells of it does. */
const refresh = ({ app }: Opened, key: string) =>
  app.router.options.context.client.invalidateQueries({ queryKey: [key] });

async function way({ section, user }: Opened, name: RegExp) {
  await user.click(section.getByRole("button", { name: "Add files" }));
  await user.click(await screen.findByRole("menuitem", { name }));
}

describe("files of a record", () => {
  it("say what they are, who linked them and when, and open at Google in a tab of their own", async () => {
    const { section, rows } = await open();
    await waitFor(() => expect(rows()).toHaveLength(5));
    const link = section.getByRole("link", { name: /^Proposal: staircase for Harbour & Pine/ });
    expect(link).toHaveAttribute("target", "_blank");
    expect(link).toHaveAttribute("rel", "noopener noreferrer");
    expect(link.getAttribute("href")).toMatch(/^https:\/\/docs\.google\.com\/document\/d\//);
    expect(link).toHaveAccessibleName(/opens in a new tab/);
    expect(section.getByText("Linked by you 3 hours ago")).toBeVisible();
    expect(section.getByText("Linked by Léa Fontaine yesterday")).toBeVisible();
    const kinds = rows().map((row) => row.querySelector("[data-kind]")?.getAttribute("data-kind"));
    expect(kinds).toEqual(["document", "sheet", "pdf", "document", "image"]);
  });

  it("that Tenon may not look at, or that are gone, are kept and explained", async () => {
    const opened = await open();
    const { section, user, leave } = opened;
    expect(await section.findByText("No access")).toBeVisible();
    expect(section.getByText(/has not been given to Tenon/)).toBeVisible();
    expect(section.getByText("Unavailable")).toBeVisible();
    expect(section.getByText("checked 7 hours ago")).toBeVisible();
    expect(section.getByText(/was deleted in Drive, or is not shared any more/)).toBeVisible();
    expect(section.getByRole("link", { name: /^Google Drive file/ })).toBeVisible();
    await user.click(
      section.getByRole("button", { name: /^Choose in Drive: give Tenon access to Google Drive file/ }),
    );
    await waitFor(() => expect(leave).toHaveBeenCalledOnce());
  });

  it("more than a few are shown when asked for; what was not checked for long says so", async () => {
    const { section, user, rows } = await open({ record: COMPANY });
    await waitFor(() => expect(rows()).toHaveLength(6));
    expect(section.queryByText("checked 3 days ago")).not.toBeInTheDocument();
    await user.click(section.getByRole("button", { name: "Show all 9 files" }));
    expect(rows()).toHaveLength(9);
    expect(section.getByText("checked 3 days ago")).toBeVisible();
  });

  it("none yet: says what they are good for, with the way to the first", async () => {
    const { section, user, leave } = await open({ record: EMPTY });
    expect(await section.findByText(/stay in Google Drive/)).toBeVisible();
    await user.click(section.getByRole("button", { name: "Choose from Google Drive" }));
    await waitFor(() => expect(leave).toHaveBeenCalledOnce());
  });

  it("who may only look sees them and changes nothing; without any there is no section", async () => {
    const { section, rows, app, fake } = await open({ role: "viewer" });
    await waitFor(() => expect(rows()).toHaveLength(5));
    expect(section.queryByRole("button")).not.toBeInTheDocument();
    expect(section.getByText(/has not been given to Tenon/)).toBeVisible();
    await app.router.navigate({ to: "/records/$id", params: { id: EMPTY } });
    await waitFor(() => expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent(/Ville/));
    await waitFor(() => expect(screen.queryByRole("region", { name: /^Files/ })).not.toBeInTheDocument());
    expect(fake.drive.list(EMPTY)).toEqual([]);
  });

  it("stand in the panel beside a list, too", async () => {
    await openApp({ scenario: "connected", path: `/companies?open=${COMPANY}` });
    const panel = within(await screen.findByTestId("record-panel"));
    expect(await panel.findByRole("region", { name: /^Files/ })).toBeInTheDocument();
    expect(await panel.findByRole("link", { name: /^Harbour & Pine: fitting plan/ })).toBeVisible();
  });

  it("that could not be loaded are asked for again", async () => {
    const opened = await openApp({ scenario: "connected", path: "/contacts" });
    await screen.findByRole("heading", { level: 1 });
    opened.fake.failures.push({ path: `/${DEAL}/files`, status: 403, code: "forbidden" });
    await opened.app.router.navigate({ to: "/records/$id", params: { id: DEAL } });
    const section = within(await screen.findByRole("region", { name: /^Files/ }));
    expect(await section.findByText("The files could not be loaded")).toBeVisible();
    await opened.user.click(section.getByRole("button", { name: "Try again" }));
    expect(await section.findByRole("link", { name: /^Proposal: staircase/ })).toBeVisible();
  });

  it("renamed in Drive, or linked by a colleague, are shown when the server tells of it", async () => {
    const { section, fake, app } = await open();
    await section.findByRole("link", { name: /^Harbour & Pine: price calculation/ });
    const second = fake.drive.list(DEAL).find(({ name }) => name === "Harbour & Pine: price calculation");
    fake.drive.rename(second?.provider_file_id ?? "", "Harbour & Pine: final price");
    const { refreshRecords } = await import("../../../packages/features/src/records/core/refresh");
    const { api, client } = app.router.options.context;
    await refreshRecords(client, api, [DEAL]);
    expect(await section.findByRole("link", { name: /^Harbour & Pine: final price/ })).toBeVisible();
  });
});

describe("taking a file off", () => {
  it("is shown at once, and Undo puts it back where it stood", async () => {
    const { section, user, rows, names } = await open();
    const before = names();
    await user.click(
      await section.findByRole("button", { name: "Take Harbour & Pine: price calculation off this record" }),
    );
    expect(rows()).toHaveLength(4);
    const toast = await said(/“Harbour & Pine: price calculation” is not linked any more/);
    await waitFor(() => expect(names()).toHaveLength(4));
    await user.click(toast.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(names()).toEqual(before));
    await waitFor(() => expect(rows()).toHaveLength(5));
    expect(rows()[1]).toHaveTextContent("Harbour & Pine: price calculation");
  });

  it("that is refused puts it back, and says why", async () => {
    const { section, user, rows, fake, names } = await open();
    const remove = await section.findByRole("button", { name: /^Take Proposal: staircase/ });
    fake.failures.push({ path: "/files/", method: "DELETE", status: 409, code: "x", detail: "Not now." });
    await user.click(remove);
    await said(/is still linked\. Not now\./);
    await waitFor(() => expect(rows()).toHaveLength(5));
    expect(names()).toHaveLength(5);
  });

  it("an Undo that is refused leaves it off, and says so", async () => {
    const { section, user, rows, fake } = await open();
    await user.click(await section.findByRole("button", { name: /^Take Proposal: staircase/ }));
    const toast = await said(/is not linked any more/);
    await waitFor(() => expect(fake.drive.list(DEAL)).toHaveLength(4));
    fake.failures.push({ path: "/restore", status: 409, code: "x", detail: "Too late." });
    await user.click(toast.getByRole("button", { name: "Undo" }));
    await said(/was not linked again\. Too late\./);
    await waitFor(() => expect(rows()).toHaveLength(4));
  });
});

describe("choosing from Google Drive", () => {
  it("leaves for Google's page, and back tells what was linked, with the address tidy again", async () => {
    const opened = await open();
    const { leave, fake } = opened;
    await way(opened, /^Choose from Google Drive/);
    await waitFor(() => expect(leave).toHaveBeenCalledOnce());
    const url = new URL(leave.mock.calls[0]?.[0] ?? "");
    expect(url.searchParams.get("trigger_onepick")).toBe("true");
    expect(opened.calls(`POST /api/v1/records/${DEAL}/files/pick`)).toHaveLength(1);

    // The provider leads back to the server, and that to the record: a new page.
    const chosen = fake.drive.items.filter(({ name }) => /library shelves|terms of payment/.test(name));
    url.searchParams.set("picked_file_ids", chosen.map(({ id }) => id).join(","));
    const to = fake.callback(url.searchParams);
    expect(to).toBe(`/records/${DEAL}?picked=2`);
    await opened.app.router.navigate({ to: "/contacts" });
    await opened.app.router.navigate({ to: "/records/$id", params: { id: DEAL }, search: { picked: "2" } });
    await said(/^Linked: .* and .*/);
    expect(await screen.findByRole("heading", { name: /^Files/ })).toHaveFocus();
    await waitFor(() => expect(opened.search().size).toBe(0));
    expect(opened.path()).toBe(`/records/${DEAL}`);
    expect(sessionStorage.getItem("tenon.files")).toBeNull();
  });

  it("notes only ids before it leaves, and those only for this tab", async () => {
    const opened = await open();
    await way(opened, /^Choose from Google Drive/);
    await waitFor(() => expect(opened.leave).toHaveBeenCalled());
    const noted = JSON.parse(sessionStorage.getItem("tenon.files") ?? "{}");
    expect(Object.keys(noted)).toEqual(["record", "known"]);
    expect(noted.known).toHaveLength(3);
    expect(JSON.stringify(noted)).not.toMatch(/Harbour/);
  });

  it("closed without a choice says that nothing has changed", async () => {
    sessionStorage.setItem("tenon.files", JSON.stringify({ record: EMPTY, known: [] }));
    const { search } = await open({ record: EMPTY });
    await said(/No file was chosen; nothing has changed/);
    expect(search().size).toBe(0);
    expect(sessionStorage.getItem("tenon.files")).toBeNull();
  });

  it("says in the section why nothing came of it", async () => {
    const { section, user, search } = await open({ query: "?pick_error=wrong_account" });
    expect(await section.findByText("No file was linked")).toBeVisible();
    expect(section.getByText(/Another Google account was used/)).toBeVisible();
    expect(search().size).toBe(0);
    await user.click(section.getByRole("button", { name: "Dismiss" }));
    expect(section.queryByText("No file was linked")).not.toBeInTheDocument();
  });

  it("several accounts: asks which", async () => {
    const opened = await open({ scenario: "trouble" });
    await way(opened, /^Choose from Google Drive/);
    const dialog = within(await screen.findByRole("dialog", { name: "From which account?" }));
    // What the others lack stands beside them.
    expect(dialog.getAllByText("Needs to be connected again")).toHaveLength(2);
    expect(dialog.getByRole("link", { name: "Reconnect: compta@ateliernord.example" })).toBeInTheDocument();
    await opened.user.click(dialog.getByRole("button", { name: /^stock@ateliernord/ }));
    await waitFor(() => expect(opened.leave).toHaveBeenCalledOnce());
    expect([...opened.fake.drive.picks.values()]).toMatchObject([{ record: DEAL, connection: SECOND }]);
  });

  it("no account at all, or none with Files, is explained and leads to where that is changed", async () => {
    const opened = await open({ scenario: "empty" });
    await way(opened, /^Choose from Google Drive/);
    const none = within(await screen.findByRole("dialog", { name: "No account with Files yet" }));
    expect(none.getByText(/connect a Google account/)).toBeVisible();
    expect(none.getByRole("link", { name: "Connect a Google account" })).toHaveAttribute(
      "href",
      "/connect?provider=google&features=files",
    );
  });

  it("an account without Files is offered to switch it on", async () => {
    const opened = await open();
    setFeature(opened.fake, "files", "off");
    await refresh(opened, "connections");
    await way(opened, /^Choose from Google Drive/);
    const dialog = within(await screen.findByRole("dialog", { name: "No account with Files yet" }));
    expect(await dialog.findByText("Files is off")).toBeVisible();
    await opened.user.click(dialog.getByRole("link", { name: "Switch on: camille@ateliernord.example" }));
    await waitFor(() => expect(opened.path()).toBe("/connect"));
    expect(opened.search().get("features")).toBe("mail,organizing,sending,files");
    expect(await screen.findByRole("switch", { name: "Files" })).toBeChecked();
  });

  it("the server's word that Files is off is explained just so; other refusals are said", async () => {
    const opened = await open();
    opened.fake.failures.push({ path: "/files/pick", status: 409, code: "feature_off" });
    await way(opened, /^Choose from Google Drive/);
    expect(await screen.findByRole("dialog", { name: "No account with Files yet" })).toBeVisible();
    await opened.user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    opened.fake.failures.push({ path: "/files/pick", status: 503, code: "x", detail: "Google is down." });
    await way(opened, /^Choose from Google Drive/);
    await said(/Google is down\./);
    expect(opened.leave).not.toHaveBeenCalled();
  });
});

describe("pasting links", () => {
  async function paste(opened: Opened, text: string) {
    await way(opened, /^Paste a link/);
    const dialog = within(await screen.findByRole("dialog", { name: "Paste links" }));
    const area = dialog.getByRole("textbox", { name: "Links to files in Google Drive or Docs" });
    await opened.user.click(area);
    await opened.user.paste(text);
    return { dialog, area };
  }

  it("links several at once, out of the words around them, with Undo", async () => {
    const opened = await open({ record: EMPTY });
    const [first, second] = opened.fake.drive.items;
    const lines = `Proposal: https://docs.google.com/document/d/${first?.id}/edit\n\nhttps://drive.google.com/file/d/${second?.id}/view`;
    const { dialog } = await paste(opened, lines);
    await opened.user.click(dialog.getByRole("button", { name: "Link 2 files" }));
    const toast = await said(/^2 files linked$/);
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    await waitFor(() => expect(opened.rows()).toHaveLength(2));
    expect(opened.headers(`POST /api/v1/records/${EMPTY}/files`)[0]?.get("Idempotency-Key")).toMatch(
      /.{16,}/,
    );
    await opened.user.click(toast.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(opened.names()).toEqual([]));
  });

  it("of a file that Tenon may not look at is kept, and says so", async () => {
    const opened = await open({ record: EMPTY });
    const { dialog } = await paste(opened, DOC);
    await opened.user.keyboard("{Control>}{Enter}{/Control}");
    await said(/^1 file linked\. Tenon has no access yet\./);
    expect(await opened.section.findByText("No access")).toBeVisible();
    expect(dialog).toBeDefined();
  });

  it("says line by line what is wrong, and sends nothing", async () => {
    const opened = await open({ record: EMPTY });
    const { dialog, area } = await paste(opened, `${DOC}\nsee the contract\nhttps://example.com/x`);
    await opened.user.click(dialog.getByRole("button", { name: "Link file" }));
    expect(await dialog.findByText(/^Line 2: there is no link in it/)).toBeVisible();
    expect(dialog.getByText(/^Line 3: this is not a link to Google Drive or Docs/)).toBeVisible();
    expect(area).toHaveAttribute("aria-invalid", "true");
    expect(opened.calls(`POST /api/v1/records/${EMPTY}/files`)).toEqual([]);
  });

  it("shows at its line what only the server found wrong", async () => {
    const opened = await open({ record: EMPTY });
    const { dialog } = await paste(opened, `\n${DOC}`);
    opened.fake.failures.push({
      path: `/${EMPTY}/files`,
      method: "POST",
      status: 422,
      code: "not_a_drive_link",
      fields: [{ name: "links", detail: "leads to no file" }],
    });
    await opened.user.click(dialog.getByRole("button", { name: "Link file" }));
    expect(await dialog.findByText(/^Line 2: this is not a link to Google Drive or Docs/)).toBeVisible();
  });

  it("keeps the words when the server refuses, and takes no more than fifty", async () => {
    const opened = await open({ record: EMPTY });
    const { dialog, area } = await paste(opened, DOC);
    opened.fake.failures.push({ path: `/${EMPTY}/files`, method: "POST", status: 429, code: "quota" });
    await opened.user.click(dialog.getByRole("button", { name: "Link file" }));
    expect(await dialog.findByText("No file was linked")).toBeVisible();
    expect(area).toHaveValue(DOC);
    await opened.user.clear(area);
    await opened.user.paste(Array.from({ length: 51 }, (_, at) => `${DOC}?id=aaaaaaaaaa${at}`).join("\n"));
    expect(dialog.getByText("At most 50 files at once")).toBeVisible();
    expect(dialog.getByRole("button", { name: "Link 51 files" })).toBeDisabled();
  });

  it("works without any account, and says what is missing then", async () => {
    const opened = await open({ scenario: "empty", record: EMPTY });
    const { dialog } = await paste(opened, DOC);
    expect(dialog.getByText(/None of your accounts has Files switched on/)).toBeVisible();
    await opened.user.click(dialog.getByRole("button", { name: "Link file" }));
    await waitFor(() => expect(opened.names()).toEqual(["Google Docs file"]));
  });
});

describe("searching in Drive", () => {
  async function search(opened: Opened) {
    await way(opened, /^Search my Drive/);
    const dialog = within(await screen.findByRole("dialog", { name: "Search my Drive" }));
    return { dialog, input: dialog.getByRole("combobox", { name: "Search by name" }) };
  }

  it("asks once the fingers rest, and links what is chosen by the keyboard alone", async () => {
    const opened = await open({ record: EMPTY });
    setFeature(opened.fake, "files_search", "on");
    const { dialog, input } = await search(opened);
    await waitFor(() => expect(input).toHaveFocus());
    // Before a word is typed: what was changed last.
    expect((await dialog.findAllByRole("option"))[0]).toHaveTextContent("Proposal: staircase");
    expect(dialog.getByText("Changed last")).toBeVisible();
    await opened.user.keyboard("price");
    const asked = `GET /api/v1/connections/${MAIN}/drive-files?q=price`;
    await waitFor(() => expect(opened.calls("/drive-files?")).toEqual([asked]));
    await waitFor(() => expect(dialog.getAllByRole("option")[1]).toHaveTextContent(/^Price list 2026/));
    expect(dialog.queryByText(/Only files given to Tenon/)).not.toBeInTheDocument();
    await opened.user.keyboard("{Enter}{ArrowDown}{Enter}");
    expect(dialog.getAllByRole("option", { selected: true })).toHaveLength(2);
    await opened.user.keyboard("{Control>}{Enter}{/Control}");
    await said(/^2 files linked$/);
    await waitFor(() => expect(opened.names()).toHaveLength(2));
  });

  it("keeps what was chosen while the words change, and what is linked cannot be chosen again", async () => {
    const opened = await open();
    const { dialog, input } = await search(opened);
    await opened.user.type(input, "fitting plan");
    await opened.user.click(await dialog.findByRole("option", { name: /fitting plan/ }));
    await opened.user.clear(input);
    await opened.user.type(input, "contract, signed");
    const linked = await dialog.findByRole("option", { name: /contract, signed/ });
    expect(linked).toHaveTextContent("Linked already");
    await opened.user.click(linked);
    const chosen = within(dialog.getByRole("list", { name: "1 chosen" }));
    expect(chosen.getByText("Harbour & Pine: fitting plan")).toBeVisible();
    await opened.user.click(chosen.getByRole("button", { name: "Leave out Harbour & Pine: fitting plan" }));
    expect(dialog.getByRole("button", { name: "Link file" })).toBeDisabled();
  });

  it("says that only files given to Tenon are found, and leads to where that is widened", async () => {
    const opened = await open({ record: EMPTY });
    const { dialog, input } = await search(opened);
    await opened.user.type(input, "price list");
    expect(await dialog.findByText("No file is called “price list”.")).toBeVisible();
    expect(dialog.getByText("Only files given to Tenon are found")).toBeVisible();
    await opened.user.click(dialog.getByRole("link", { name: "Search all of my Drive…" }));
    await waitFor(() => expect(opened.path()).toBe("/connect"));
    expect(opened.search().get("connection")).toBe(MAIN);
    expect(opened.search().get("features")).toBe("mail,organizing,sending,files,files_search");
  });

  it("more are shown when asked for", async () => {
    const opened = await open({ record: EMPTY });
    setFeature(opened.fake, "files_search", "on");
    const { dialog, input } = await search(opened);
    await opened.user.type(input, "a");
    await waitFor(() => expect(dialog.getAllByRole("option")).toHaveLength(12));
    await opened.user.click(await dialog.findByRole("button", { name: "Show more" }));
    await waitFor(() => expect(dialog.getAllByRole("option").length).toBeGreaterThan(12));
  });

  it("a search that is refused says why, as does a choice that was not linked", async () => {
    const opened = await open({ record: EMPTY });
    const { dialog, input } = await search(opened);
    opened.fake.failures.push({ path: "/drive-files", status: 429, code: "quota", retryAfter: 30 });
    await opened.user.type(input, "miramar");
    expect(await dialog.findByText("The search did not work")).toBeVisible();
    await opened.user.type(input, " lobby");
    await opened.user.click(await dialog.findByRole("option", { name: /lobby drawings/ }));
    opened.fake.failures.push({ path: `/${EMPTY}/files`, method: "POST", status: 503, code: "x" });
    await opened.user.click(dialog.getByRole("button", { name: "Link file" }));
    expect(await dialog.findByText("No file was linked")).toBeVisible();
    expect(opened.names()).toEqual([]);
  });

  it("several accounts: one is searched at a time, and what was chosen in another is left out", async () => {
    const opened = await open({ scenario: "trouble", record: EMPTY });
    const { dialog, input } = await search(opened);
    await opened.user.type(input, "miramar");
    await opened.user.click(await dialog.findByRole("option", { name: /revised quote/ }));
    await opened.user.selectOptions(dialog.getByRole("combobox", { name: "Account" }), SECOND);
    await waitFor(() => expect(opened.calls(`/connections/${SECOND}/drive-files?q=miramar`)).toHaveLength(1));
    expect(dialog.getByRole("button", { name: "Link file" })).toBeDisabled();
  });
});

describe("in French", () => {
  it("says all of it in French", async () => {
    const { section, user } = await open({ locale: "fr" });
    expect(await section.findByText("Aucun accès")).toBeVisible();
    expect(section.getByText("Lié par vous il y a 3 heures")).toBeVisible();
    expect(section.getByText(/« Indisponible » : le fichier a été supprimé/)).toBeVisible();
    await user.click(section.getByRole("button", { name: /^Détacher Proposal: staircase/ }));
    const toast = await said(/n’est plus lié/);
    await user.click(toast.getByRole("button", { name: "Annuler" }));
    await user.click(section.getByRole("button", { name: "Ajouter des fichiers" }));
    await user.click(await screen.findByRole("menuitem", { name: /^Coller un lien/ }));
    const dialog = within(await screen.findByRole("dialog", { name: "Coller des liens" }));
    await user.type(dialog.getByRole("textbox"), "rien{Control>}{Enter}{/Control}");
    expect(await dialog.findByText(/^Ligne 1 : elle ne contient pas de lien/)).toBeVisible();
  });
});
