import type { AuditEntry } from "@tenon/api-client";
import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openApp } from "./testing/app";

const PAGE = "/settings/audit";
const entries = () => [...document.querySelectorAll<HTMLElement>("[data-entry]")];
const said = () => entries().map((one) => one.querySelector("p")?.textContent ?? "");
const shown = (count: number) => waitFor(() => expect(entries()).toHaveLength(count));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-22T15:00:00Z") });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the audit log", () => {
  it("tells who did what to whom, and when, by day", async () => {
    const { user, path } = await openApp({ scenario: "connected", path: "/settings" });
    await user.click(await screen.findByRole("link", { name: "Open the audit log" }));
    await shown(50);
    expect(path()).toBe(PAGE);
    const today = within(screen.getByRole("region", { name: /^Today · Sunday, / }));
    const [first] = today.getAllByRole("listitem");
    expect(first).toHaveTextContent("Camille Martin (you) signed in with a passkey");
    expect(first?.querySelector("time")).toHaveTextContent(/^(15:20|3:20.PM)$/);
    expect(first).toHaveTextContent("40 minutes ago");
    expect(first?.querySelector("time")?.title).toMatch(/November.*:20:00/);
    expect(today.getAllByText("Léa Fontaine", { selector: "strong" })[0]).toBeVisible();
    expect(screen.getByRole("region", { name: /^Yesterday · Saturday, / })).toBeVisible();
  });

  it("has the rest of an entry one press away", async () => {
    const { user } = await openApp({ scenario: "connected", path: `${PAGE}?action=value_not_opened` });
    await shown(1);
    const [row] = entries();
    const more = within(row as HTMLElement).getByRole("button", { name: "Details" });
    expect(more).toHaveAccessibleDescription("A stored value was changed or damaged, and was not used");
    more.focus();
    await user.keyboard("{Enter}");
    expect(more).toHaveAttribute("aria-expanded", "true");
    expect(screen.getByText("connections, refresh_token")).toBeVisible();
    await user.keyboard("{Enter}");
    expect(screen.queryByText("connections, refresh_token")).toBeNull();
  });

  it.each(["en", "fr"] as const)(
    "has a sentence for each action in %s, and no word of code in it",
    async (locale) => {
      const { fake, user } = await openApp({ scenario: "connected", path: PAGE, locale });
      await shown(50);
      await user.click(screen.getByRole("button", { name: /^(Show older|Afficher les entrées plus)/ }));
      await shown(100);
      await user.click(screen.getByRole("button", { name: /^(Show older|Afficher les entrées plus)/ }));
      await shown(fake.audit.entries.length);
      const sentences = said();
      for (const [at, sentence] of sentences.entries()) {
        const entry = fake.audit.entries[at] as AuditEntry;
        expect(sentence, entry.action).not.toMatch(/_|\{|undefined|null|[\ue000-\uf8ff]/);
        expect(sentence.length, entry.action).toBeGreaterThan(15);
        expect(sentence, entry.action).not.toContain(`: ${entry.title}`);
      }
      const names = sentences.join("\n");
      if (locale === "fr") {
        expect(names).toContain("réinitialisation pour Ana Ferreira");
        expect(names).toContain("désactive le compte d’Ana Ferreira");
        expect(names).toContain("L’ancien membre déconnecte une boîte Google");
      } else {
        expect(names).toContain("The operator of the server set a new password for Ana Ferreira");
        expect(names).toContain("changed how long mail is kept, from no time limit to 180 days");
        expect(names).toContain("A former member disconnected a mailbox at Google");
        expect(names).toContain("let people of ateliernord.example join by themselves");
        expect(names).toContain("Léa Fontaine deleted 1,240 messages for good");
      }
      expect(
        screen.getByText(/^(This is where the log begins|C’est ici que le journal commence)/),
      ).toBeVisible();
    },
  );

  it("tells an action that only a newer server knows by its title", async () => {
    const { fake, app } = await openApp({ scenario: "connected", path: PAGE });
    await shown(50);
    const [newest] = fake.audit.entries;
    if (newest !== undefined)
      Object.assign(newest, {
        action: "exported",
        title: "Data exported",
        details: [{ what: "format", value: "csv" }],
      });
    await app.client.invalidateQueries();
    await waitFor(() => expect(said()[0]).toBe("Camille Martin (you): Data exported"));
  });

  it("goes on with the keyboard at the first of the older entries", async () => {
    const { user, fake, calls } = await openApp({ scenario: "connected", path: PAGE });
    await shown(50);
    expect(screen.getByText("50 entries shown")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Show older entries" }));
    await shown(100);
    const first = String((fake.audit.entries[50] as AuditEntry).seq);
    await waitFor(() => expect(document.activeElement).toHaveAttribute("data-entry", first));
    expect(calls("/audit?").at(-1)).toContain(`after=${Number(first) + 1}`);
  });

  it("shows some of it: by action, member and time, in the address", async () => {
    const { user, calls, search } = await openApp({ scenario: "connected", path: PAGE });
    await shown(50);
    await user.selectOptions(screen.getByLabelText("What was done"), "members");
    await waitFor(() => expect(said()[0]).toMatch(/changed the role of/));
    expect(calls("/audit?").at(-1)).toContain("action=workspace_created%2Cmember_invited");
    await user.selectOptions(screen.getByLabelText("By or about"), "Léa Fontaine");
    await shown(2);
    await user.selectOptions(screen.getByLabelText("When"), "week");
    await shown(1);
    expect(search().get("action")).toBe("members");
    expect(search().get("period")).toBe("week");
    await user.click(screen.getByRole("button", { name: "Show everything" }));
    await shown(50);
    expect([...search()]).toEqual([]);
  });

  it("takes two days of the member's own calendar", async () => {
    const { user, calls } = await openApp({
      scenario: "connected",
      path: `${PAGE}?period=days&from=2026-11-20`,
    });
    await screen.findByLabelText("Last day");
    await user.type(screen.getByLabelText("Last day"), "2026-11-19");
    expect(await screen.findByText("This is before the first day.")).toBeVisible();
    await user.clear(screen.getByLabelText("Last day"));
    await user.type(screen.getByLabelText("Last day"), "2026-11-21");
    await waitFor(() => expect(calls("/audit?").at(-1)).toContain("to=2026-11-21T23%3A00%3A00.000Z"));
    expect(calls("/audit?").at(-1)).toContain("from=2026-11-19T23%3A00%3A00.000Z");
    expect(calls("to=2026-11-19")).toEqual([]);
  });

  it("says when nothing matches, and when there is nothing at all", async () => {
    const { user, fake, app } = await openApp({
      scenario: "connected",
      path: `${PAGE}?action=key_made&period=day`,
    });
    const nothing = await screen.findByRole("heading", { name: "Nothing matches" });
    fake.audit.entries = [];
    await user.click(within(nothing.parentElement as HTMLElement).getByRole("button"));
    await app.client.invalidateQueries();
    expect(await screen.findByText("No entry yet")).toBeVisible();
  });

  it("says what failed, with a way to try again", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/settings" });
    await screen.findByRole("heading", { name: "Audit log" });
    fake.failures.push({ path: "/audit", status: 403, code: "forbidden" });
    fake.failures.push({ path: "/audit/checkpoint", status: 403, code: "forbidden" });
    await user.click(screen.getByRole("link", { name: "Open the audit log" }));
    const retry = await screen.findAllByRole("button", { name: "Try again" });
    for (const button of retry) await user.click(button);
    await shown(50);
    expect(screen.getByText("tenon audit verify")).toBeVisible();
  });

  it("tells how it is checked, with what is needed to do so", async () => {
    const { fake, app } = await openApp({ scenario: "connected", path: PAGE });
    const panel = within(await screen.findByRole("region", { name: "How this log is checked" }));
    expect(await panel.findByText(/^128 entries, 3 minutes ago/)).toBeVisible();
    expect(panel.getByText(/^tenon-audit-1 wsp_/)).toBeVisible();
    expect(panel.getByRole("button", { name: "Copy: Public key" })).toBeVisible();
    expect(panel.getByRole("button", { name: "Copy: Command to check with" })).toBeVisible();
    fake.audit.checked = null;
    await app.client.invalidateQueries();
    expect(await panel.findByText(/^None yet; one is written within five minutes/)).toBeVisible();
    expect(panel.queryByText("Checkpoint to keep")).toBeNull();
  });

  it.each(["member", "viewer"] as const)("is not for a %s, who is not even asked for it", async (role) => {
    const { calls, app } = await openApp({ scenario: "connected", path: "/settings", role });
    await screen.findByRole("heading", { name: "Settings" });
    expect(screen.queryByRole("link", { name: "Open the audit log" })).toBeNull();
    app.router.history.push(PAGE);
    expect(await screen.findByText("Not for your role")).toBeVisible();
    expect(calls("/api/v1/audit")).toEqual([]);
  });
});
