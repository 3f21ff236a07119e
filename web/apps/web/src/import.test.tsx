import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { openApp } from "./testing/app";
import { said } from "./testing/mail";
import { titles } from "./testing/records";

const CSV = [
  "First name,Last name,E-mail,Company,Shoe size",
  "Olga,Petrova,olga@volga.example,Volga Timber,39",
  "Bert,Muller,not an address,Volga Timber,44",
  "Sarah,Whitfield,sarah.whitfield@harbourpine.example,Harbour & Pine,38",
  "Ida,Berg,ida@fjordhotels.example,Fjord Hotels,40",
].join("\n");
const file = (text = CSV, name = "people.csv") => new File([text], name, { type: "text/csv" });

async function begin(options: { path?: string; role?: "viewer" } = {}) {
  const opened = await openApp({ scenario: "connected", path: "/import?kind=contact", ...options });
  await screen.findByRole("heading", { level: 1, name: "Import" });
  const upload = async (chosen = file()) => {
    await opened.user.upload(screen.getByTestId("import-file"), chosen);
    await screen.findByRole("heading", { level: 1, name: chosen.name });
  };
  const contacts = () =>
    [...opened.fake.records.all.values()].filter(
      ({ kind, deleted_at }) => kind === "contact" && deleted_at === null,
    );
  const only = () => {
    const [one] = [...opened.fake.exchange.all.values()];
    if (one === undefined) throw new Error("no import");
    return one;
  };
  return { ...opened, upload, contacts, only };
}

describe("importing a table", () => {
  it("from the file to the result, and back", async () => {
    const { user, fake, upload, contacts } = await begin();
    const before = contacts().length;
    await upload();
    // What fits by its name is chosen; the rest is told.
    expect(await screen.findByLabelText("What First name becomes")).toHaveValue("first_name");
    expect(screen.getByLabelText("What E-mail becomes")).toHaveValue("emails");
    expect(screen.getByLabelText("Label of E-mail")).toHaveValue("work");
    expect(screen.getByText("One column is left out: Shoe size.")).toBeVisible();
    await user.selectOptions(screen.getByLabelText("What Shoe size becomes"), "description");

    await user.click(screen.getByRole("button", { name: "Check 4 rows" }));
    expect(await screen.findByText("1 row cannot be imported as it is")).toBeVisible();
    expect(contacts()).toHaveLength(before);
    const outcomes = screen.getByRole("group", { name: "Rows by what becomes of them" });
    expect(within(outcomes).getByRole("button", { name: /^2\s*to be created$/ })).toBeVisible();
    expect(within(outcomes).getByRole("button", { name: /^1\s*to be skipped$/ })).toBeVisible();
    const wrong = await screen.findByText("“not an address” is no e-mail address.");
    expect(wrong.closest("td")).toHaveAttribute("data-problem", "true");

    await user.click(screen.getByRole("button", { name: "Import 2 rows" }));
    expect(await screen.findByText("The import is done")).toBeVisible();
    expect(contacts()).toHaveLength(before + 2);
    expect(contacts().find(({ title }) => title === "Olga Petrova")?.values.description).toBe("39");

    const olga = contacts().find(({ title }) => title === "Olga Petrova");
    if (olga !== undefined) fake.records.editElsewhere(olga.id, { title: "Buyer" });
    await user.click(screen.getByRole("button", { name: "Undo the whole import" }));
    const dialog = await screen.findByRole("dialog", { name: "Undo the whole import?" });
    expect(within(dialog).getByText(/2 new records go away/)).toBeVisible();
    await user.click(within(dialog).getByRole("button", { name: "Undo the whole import" }));
    expect(await screen.findByText("The import is taken back")).toBeVisible();
    expect(screen.getByText(/1 record was left as it is/)).toBeVisible();
    expect(contacts()).toHaveLength(before + 1);
  });

  it("what is chosen is there after coming back; nothing can be checked without what is needed", async () => {
    const { user, upload, app, only, path } = await begin();
    await upload();
    await user.selectOptions(await screen.findByLabelText("What Company becomes"), "");
    for (const name of ["First name", "Last name", "E-mail"])
      await user.selectOptions(screen.getByLabelText(`What ${name} becomes`), "");
    expect(screen.getByText(/A contact needs a name or an e-mail/)).toBeVisible();
    expect(screen.getByRole("button", { name: "Check 4 rows" })).toBeDisabled();
    await user.selectOptions(screen.getByLabelText("What Shoe size becomes"), "full_name");
    expect(screen.getByRole("button", { name: "Check 4 rows" })).toBeEnabled();
    const at = path();
    await app.router.navigate({ to: "/contacts" });
    await waitFor(() =>
      expect(only().item.options.mapping.at(-1)).toEqual({ column: 4, target: { field: "full_name" } }),
    );
    await app.router.navigate({ to: "/import/{-$id}", params: { id: at.split("/").at(-1) } });
    expect(await screen.findByLabelText("What Shoe size becomes")).toHaveValue("full_name");
  });

  it("runs on while somebody is elsewhere, and can be stopped", async () => {
    const { user, fake, upload, app, only } = await begin();
    await upload();
    fake.exchange.busyMs = 60_000;
    await user.click(await screen.findByRole("button", { name: "Check 4 rows" }));
    expect(await screen.findByRole("progressbar", { name: "The rows are being checked" })).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Cancel" }));
    await user.click(await screen.findByRole("button", { name: "Check 4 rows" }));
    await screen.findByRole("progressbar");
    await app.router.navigate({ to: "/import/{-$id}", params: { id: undefined } });
    const past = await screen.findByRole("region", { name: "Imports so far" });
    expect(await within(past).findByText("Being checked")).toBeVisible();
    fake.exchange.cancel(only());
    fake.exchange.busyMs = 0;
    await user.click(within(past).getByRole("link", { name: /people\.csv/ }));
    await user.click(await screen.findByRole("button", { name: "Check 4 rows" }));
    expect(await screen.findByText("1 row cannot be imported as it is")).toBeVisible();
  });

  it("is cut at another sign, when it was cut at the wrong one", async () => {
    const { user, fake, upload, path } = await begin();
    await upload(file("Name;E-mail, work\nOlga Petrova;olga@volga.example", "odd.csv"));
    const first = path();
    await user.selectOptions(await screen.findByLabelText("Between the columns stands"), "|");
    await waitFor(() => expect(path()).not.toBe(first));
    await user.selectOptions(await screen.findByLabelText("Between the columns stands"), ";");
    expect(await screen.findByLabelText("What Name becomes")).toBeVisible();
    expect(screen.getByLabelText("What E-mail, work becomes")).toBeVisible();
    await waitFor(() => expect(fake.exchange.all.size).toBe(1));
  });

  it("a lost answer is asked for: nothing is sent or begun twice", async () => {
    const { user, fake, upload, calls, contacts } = await begin();
    const before = contacts().length;
    fake.lost.push({ path: "/imports", method: "POST" });
    await upload();
    expect(fake.exchange.all.size).toBe(1);
    fake.lost.push({ path: "/check", method: "POST" });
    await user.click(await screen.findByRole("button", { name: "Check 4 rows" }));
    await screen.findByText("1 row cannot be imported as it is");
    fake.lost.push({ path: "/start", method: "POST" });
    await user.click(await screen.findByRole("button", { name: "Import 2 rows" }));
    await screen.findByText("The import is done");
    expect(screen.queryByText(/could not be reached/)).not.toBeInTheDocument();
    expect(calls("POST /api/v1/imports/")).toHaveLength(2);
    expect(contacts()).toHaveLength(before + 2);
  });

  it("the failed rows are saved as they came, with what is wrong", async () => {
    const saved = watchSaves();
    const { user, upload } = await begin();
    await upload();
    await user.click(await screen.findByRole("button", { name: "Check 4 rows" }));
    await user.click(await screen.findByRole("button", { name: "Download the failed rows" }));
    await waitFor(() => expect(saved).toHaveLength(1));
    expect(saved[0]?.name).toBe("people-problems.csv");
    expect(await saved[0]?.blob.text()).toContain("Bert,Muller,not an address");
  });

  it("says what cannot be read, and to whom importing is not open", async () => {
    const { user } = await begin();
    await user.upload(screen.getByTestId("import-file"), file("  ", "empty.csv"));
    expect(await screen.findByText("The file holds no rows.")).toBeVisible();
  });

  it("viewers are told that they may not", async () => {
    await begin({ role: "viewer" });
    expect(await screen.findByText("You may look, but not import")).toBeVisible();
    expect(screen.queryByTestId("import-file")).not.toBeInTheDocument();
  });
});

type Save = { name: string; blob: Blob };
/** What the browser would have saved. */
function watchSaves(): Save[] {
  const saved: Save[] = [];
  const blobs = new Map<string, Blob>();
  URL.createObjectURL = vi.fn((blob: Blob) => {
    const url = `blob:test/${blobs.size}`;
    blobs.set(url, blob);
    return url;
  }) as typeof URL.createObjectURL;
  URL.revokeObjectURL = vi.fn();
  HTMLAnchorElement.prototype.click = function click(this: HTMLAnchorElement) {
    const blob = blobs.get(this.href);
    if (blob !== undefined) saved.push({ name: this.download, blob });
  };
  return saved;
}

describe("exporting", () => {
  it("what a list shows, or all, in the columns of the list; nothing of it stands in an address", async () => {
    const saved = watchSaves();
    const { user, calls } = await openApp({ scenario: "connected", path: "/contacts" });
    await user.type(await screen.findByRole("searchbox", { name: "Search" }), "Whitfield");
    await waitFor(() => expect(titles()).toHaveLength(1));
    await user.click(screen.getByRole("button", { name: "More about this list" }));
    await user.click(await screen.findByRole("menuitem", { name: "Export…" }));
    const dialog = await screen.findByRole("dialog", { name: "Export Contacts" });
    expect(await within(dialog).findByRole("radio", { name: /What the list shows now/ })).toBeChecked();
    await user.click(within(dialog).getByRole("radio", { name: "Only the columns of this list" }));
    await user.click(await within(dialog).findByRole("button", { name: "Export 1 record" }));
    await said(/The file is saved/);
    const text = await saved[0]?.blob.text();
    expect(text).toContain('"Sarah","Whitfield"');
    expect(text).toContain("sarah.whitfield@harbourpine.example");
    expect(text?.split("\r\n")).toHaveLength(2);
    expect(calls("Whitfield")).toEqual([]);
  });

  it("is begun by its name, too", async () => {
    const { user } = await openApp({ scenario: "connected", path: "/companies" });
    await screen.findByRole("button", { name: "More about this list" });
    await user.keyboard("{Control>}k{/Control}");
    await screen.findByRole("dialog", { name: "Find customers and commands" });
    await user.keyboard("Export…");
    await user.click(await screen.findByRole("option", { name: /^Export…/ }));
    expect(await screen.findByRole("dialog", { name: "Export Companies" })).toBeVisible();
  });

  it("everything, from the settings", async () => {
    const saved = watchSaves();
    const { user } = await openApp({ scenario: "connected", path: "/settings" });
    await user.click(await screen.findByRole("button", { name: "Export everything I may see" }));
    await waitFor(() => expect(saved[0]?.name).toMatch(/^tenon-[\d-]+\.zip$/));
  });
});
