import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { openApp } from "./testing/app";

const sentence = (id: string) => {
  const found = document.querySelector<HTMLElement>(`[data-sentence="${id}"]`);
  if (found === null) throw new Error(`no sentence ${id}`);
  return within(found);
};

describe("the page of privacy promises", () => {
  it("shows the sentences of every feature the server knows, also before somebody signs in", async () => {
    const { calls } = await openApp({ scenario: "signed_out", path: "/privacy" });
    await screen.findByRole("heading", { name: "What is read" });
    expect(screen.getByText(/changed only when you click/)).toBeVisible();
    expect(screen.getByText(/in the bin or in spam is deleted for good/)).toBeVisible();
    expect(screen.getByText(/No IP address of a reader is kept/)).toBeVisible();
    // A list kept here would fall behind the server's.
    const [asked] = calls("GET /api/v1/policy");
    expect(new URLSearchParams(asked?.split("?")[1]).has("features")).toBe(false);
    await waitFor(() => expect(sentence("Q5").getByText(/only with “Mail”$/)).toBeVisible());
    expect(sentence("V1").queryByText(/only with/)).toBeNull();
  });

  it("tells how each sentence is checked, when somebody asks", async () => {
    const { user } = await openApp({ scenario: "signed_out", path: "/privacy" });
    await screen.findByRole("heading", { name: "What is read" });
    const checks = sentence("V1").getAllByRole("listitem", { hidden: true });
    expect(checks).toHaveLength(2);
    expect(checks[0]).not.toBeVisible();
    const ask = sentence("V1").getByText("How this is checked");
    expect(ask).toHaveAccessibleDescription(/^Access tokens and all that comes from your mail are sealed/);
    await user.click(ask);
    expect(checks[0]).toBeVisible();
    expect(checks[0]).toHaveTextContent(/^Opens the stored database without its keys/);
    expect(checks[0]).toHaveTextContent(/With every change of the program\. .* tenon doctor --privacy$/);
    expect(checks[1]).toHaveTextContent(/With every change, on the real program, under faults and kills\./);
    expect(sentence("Q5").getByText(/With every change, in a real browser\.$/)).not.toHaveTextContent(
      "doctor",
    );
    for (const one of document.querySelectorAll("[data-sentence]:not([data-ground=term])"))
      expect(one.querySelector("details"), one.textContent ?? "").not.toBeNull();
  });

  it("shows an agreement apart, as what no program can check", async () => {
    await openApp({ scenario: "signed_out", path: "/privacy" });
    const terms = within(await screen.findByRole("region", { name: "What is agreed" }));
    expect(terms.getByText(/No program can check them/)).toBeVisible();
    expect(terms.getByText(/You may end this at any time/)).toBeVisible();
    expect(terms.queryByText("How this is checked")).toBeNull();
  });

  it("is whole without the names of the features, and can be asked for again itself", async () => {
    const { user, fake } = await openApp({ scenario: "signed_out", path: "/sign-in" });
    fake.failures.push({ path: "/policy", status: 403, code: "forbidden" });
    fake.failures.push({ path: "/providers", status: 403, code: "forbidden" });
    await user.click(await screen.findByRole("link", { name: "Privacy" }));
    const alert = await screen.findByRole("alert");
    await user.click(within(alert).getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("heading", { name: "What is read" })).toBeVisible();
    await waitFor(() => expect(screen.queryByRole("alert")).not.toBeInTheDocument());
    expect(screen.queryByText(/only with/)).toBeNull();
  });
});

describe("what one agrees to", () => {
  it("stays short: the sentences, and one line on how they are checked", async () => {
    await openApp({
      scenario: "empty",
      path: "/connect?provider=google&profile=type&features=mail&review=true",
    });
    await screen.findByText(/Message bodies are never stored/);
    expect(screen.queryByText("How this is checked")).toBeNull();
    expect(screen.queryByText(/changed only when you click/)).toBeNull();
    const how = screen.getByRole("link", { name: /^See how ?\(opens in a new tab\)$/ });
    expect(how).toHaveAttribute("href", "/privacy");
    expect(how).toHaveAttribute("target", "_blank");
  });
});
