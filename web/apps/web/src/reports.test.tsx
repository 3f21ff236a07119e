import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { openApp } from "./testing/app";
import { wide } from "./testing/records";

beforeEach(wide);

const NOW = Date.parse("2026-11-23T10:00:00Z");
const open = (path: string, more: Partial<Parameters<typeof openApp>[0]> = {}) => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  return openApp({ scenario: "connected", path, now: () => NOW, ...more });
};
const group = (name: string | RegExp) => screen.findByRole("group", { name });
const numbers = (table: HTMLElement, column: number) =>
  within(table)
    .getAllByRole("row")
    .slice(1)
    .map((row) => within(row).getAllByRole("cell")[column]?.textContent ?? "");
const rowList = async () => within(await screen.findByTestId("report-rows"));

describe("the funnel", () => {
  it("tells how far what was made came, as bars and as a table with the same figures", async () => {
    const { user, search } = await open("/reports");
    const bars = within(await group("How far they came"));
    const first = bars.getByRole("button", { name: /^New: / });
    expect(first).toHaveAccessibleName(/^New: \d+ came this far, 100% of the first stage, usually /);
    const drawn = [...document.querySelectorAll("[data-reached]")].map((one) =>
      (one.firstChild?.textContent ?? "").trim(),
    );
    await user.click(screen.getByRole("button", { name: "As a table" }));
    const table = await screen.findByRole("table", { name: "How far they came" });
    expect(numbers(table, 0)).toEqual(drawn);
    expect(search().get("as")).toBe("table");
  });

  it("is walked by arrow keys; Enter lists the records, one of which opens, and the way leads back", async () => {
    const { user, search } = await open("/reports/funnel");
    const bars = within(await group("How far they came"));
    const marks = bars.getAllByRole("button");
    marks[0]?.focus();
    await user.keyboard("{ArrowDown}");
    expect(marks[1]).toHaveFocus();
    await user.keyboard("{ArrowUp}{ArrowDown}{Enter}");
    const rows = await rowList();
    expect(rows.getByRole("heading", { name: "Came to Qualified" })).toHaveFocus();
    const count = Number(/(\d+) came this far/.exec(marks[1]?.textContent ?? "")?.[1]);
    await waitFor(() => expect(rows.getAllByRole("link")).toHaveLength(count));
    expect(search().get("pick")).toBe("stg_sales2");
    const link = rows.getAllByRole("link")[0] as HTMLElement;
    await user.click(link);
    const panel = await screen.findByTestId("record-panel");
    expect(panel).toBeInTheDocument();
    expect(search().get("open")).toBe(link.dataset.record);
    await user.click(await within(panel).findByRole("button", { name: /Close/ }));
    const again = await rowList();
    await user.click(again.getByRole("button", { name: "Close the list" }));
    await waitFor(() => expect(screen.queryByTestId("report-rows")).not.toBeInTheDocument());
    expect(search().get("pick")).toBeNull();
  });

  it("lists what was lost for a reason, without the reason in the address", async () => {
    const { user, search } = await open("/reports/funnel");
    const reasons = within(await group("Why they were lost"));
    await user.click(reasons.getAllByRole("button")[0] as HTMLElement);
    const rows = await rowList();
    await waitFor(() => expect(rows.getByRole("heading")).toHaveTextContent(/^Lost: \w/));
    expect(rows.getAllByRole("link").length).toBeGreaterThan(0);
    expect(search().get("pick")).toBe("reason.0");
  });

  it("is of the pipeline, the days and the person that were chosen", async () => {
    const { user, search, fake } = await open("/reports/funnel");
    await group("How far they came");
    fake.failures.push({ path: "/reports/funnel", method: "POST", status: 403, code: "forbidden" });
    await user.selectOptions(screen.getByLabelText("Pipeline"), "Service contracts");
    await user.click(await screen.findByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("button", { name: /^Offered: / })).toBeInTheDocument();
    expect(search().get("pipeline")).toBe("pip_service00001");
    await user.selectOptions(screen.getByLabelText("Owner"), "Karim Haddad");
    await waitFor(() => expect(search().get("owner")).toBe("mem_karim0000001"));
    await user.selectOptions(screen.getByLabelText("Period"), "Own days");
    expect(await screen.findByText("Choose the first and the last day")).toBeInTheDocument();
    await user.type(screen.getByLabelText("First day"), "2020-02-02");
    await user.type(screen.getByLabelText("Last day"), "2020-02-01");
    expect(await screen.findByText("The last day is before the first")).toBeInTheDocument();
    await user.clear(screen.getByLabelText("Last day"));
    await user.type(screen.getByLabelText("Last day"), "2020-02-03");
    await screen.findByText("Nothing was made in these days");
    await user.click(screen.getByRole("button", { name: "Show everybody’s last 12 months" }));
    await group("How far they came");
    expect(search().get("owner")).toBeNull();
  });
});

describe("value over time", () => {
  it("shows each currency by itself; a month's won ones are listed; by number it is one picture", async () => {
    const { user } = await open("/reports/value");
    const euro = within(await screen.findByRole("region", { name: "Euro" }));
    expect(screen.getByRole("region", { name: "British Pound" })).toBeInTheDocument();
    const ended = within(euro.getByRole("group", { name: /^What was won and lost/ }));
    const won = ended.getAllByRole("button", { name: /: Won €\d/ }).at(-1) as HTMLElement;
    won.focus();
    // Down to what was lost in the same month, and back.
    await user.keyboard("{ArrowDown}");
    expect(document.activeElement).toHaveAccessibleName(/Lost/);
    await user.keyboard("{ArrowUp}");
    expect(won).toHaveFocus();
    await user.click(won);
    const rows = await rowList();
    const count = Number(/(\d+) records?$/.exec(won.textContent ?? "")?.[1]);
    await waitFor(() => expect(rows.getAllByRole("link")).toHaveLength(count));
    await user.selectOptions(screen.getByLabelText("Measured by"), "Number");
    await screen.findByRole("region", { name: "By number" });
    expect(screen.queryByRole("region", { name: "Euro" })).not.toBeInTheDocument();
  });

  it("has the same figures in its table, by week too, and says which one is not over", async () => {
    const { user } = await open("/reports/value?of=count&as=table");
    const table = await screen.findByRole("table", { name: /^Figures/ });
    const months = numbers(table, 0);
    expect(months).toHaveLength(12);
    expect(within(table).getByRole("rowheader", { name: "November 2026 (so far)" })).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "As a table" }));
    const open_ = within(await group(/^What was open/));
    const marks = open_.getAllByRole("button");
    expect(marks.at(-1)).toHaveAccessibleName(`November 2026 (so far): Open ${months.at(-1)}`);
    await user.selectOptions(screen.getByLabelText("Shown by"), "Week");
    expect(
      await within(await group(/^What was open/)).findByRole("button", { name: /^Week of .*\(so far\)/ }),
    ).toBeInTheDocument();
  });
});

describe("activity and response times", () => {
  it("counts what each person did, and lists it", async () => {
    const { user } = await open("/reports/activity");
    const who = within(await group("Who did what"));
    expect(document.querySelectorAll("[data-member]").length).toBe(12);
    const calls = who.getAllByRole("button", { name: /: Calls [1-9]/ })[0] as HTMLElement;
    await user.click(calls);
    const rows = await rowList();
    expect(await rows.findAllByRole("link")).not.toHaveLength(0);
    expect(rows.getByRole("heading")).toHaveTextContent(/^Calls: /);
    expect(screen.queryByLabelText("Pipeline")).not.toBeInTheDocument();
  });

  it("tells how fast one answers, and only where there is a mailbox", async () => {
    await open("/reports/responses");
    const times = within(await group("How fast you answer"));
    expect(times.getAllByRole("img").at(-1)).toHaveAccessibleName(/November 2026 \(so far\): Median /);
    expect(screen.getByText("Half are answered within")).toBeInTheDocument();
  });

  it("says what is missing without a mailbox", async () => {
    await open("/reports/responses", { scenario: "empty" });
    expect(await screen.findByText("No mailbox is connected")).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Connect a mailbox" })).toBeInTheDocument();
  });
});

describe("reports", () => {
  it("are reached by g n, change by tabs, and are saved as CSV by a request that says so", async () => {
    const saved = vi.fn(() => "blob:saved");
    vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: saved, revokeObjectURL: () => {} }));
    const { user, path, headers, search } = await open("/settings");
    await screen.findByRole("heading", { level: 1 });
    await user.keyboard("gn");
    await waitFor(() => expect(path()).toBe("/reports"));
    await group("How far they came");
    await user.selectOptions(screen.getByLabelText("Period"), "This year");
    await user.click(screen.getByRole("link", { name: "Activity" }));
    await group("Who did what");
    expect(path()).toBe("/reports/activity");
    expect(search().get("period")).toBe("year");
    await user.click(screen.getByRole("button", { name: "CSV" }));
    await waitFor(() => expect(saved).toHaveBeenCalled());
    expect(headers("POST /api/v1/reports/activity").at(-1)?.get("Accept")).toBe("text/csv");
  });

  it("speak French", async () => {
    await open("/reports/value", { locale: "fr" });
    expect(await screen.findByRole("heading", { name: "Rapports" })).toBeInTheDocument();
    expect(await screen.findByRole("region", { name: "euro" })).toBeInTheDocument();
  });
});
