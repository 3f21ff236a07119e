import { sessionQuery } from "@tenon/features";
import { FAKE_PASSWORD, FAKE_TOTP, SETUP_TOKEN, samplePerson } from "@tenon/msw";
import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { ownPath } from "./own-path";
import { openApp } from "./testing/app";

describe("signing in", () => {
  it("leads a stranger to sign-in and back to where they wanted to go", async () => {
    const { user, path, search } = await openApp({ scenario: "signed_out", path: "/settings" });
    await screen.findByRole("heading", { name: "Sign in" });
    expect(search().get("next")).toBe("/settings");
    await user.type(screen.getByLabelText("E-mail"), samplePerson.address);
    await user.type(screen.getByLabelText("Password"), "wrong");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("E-mail and password do not match.");
    await user.clear(screen.getByLabelText("Password"));
    await user.type(screen.getByLabelText("Password"), FAKE_PASSWORD);
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    await screen.findByRole("heading", { name: "Settings" });
    expect(path()).toBe("/settings");
  });

  it("asks for the second step and says when its code is wrong", async () => {
    const { user, fake } = await openApp({ scenario: "signed_out", path: "/sign-in" });
    fake.me.member.totp_enabled = true;
    await user.type(await screen.findByLabelText("E-mail"), samplePerson.address);
    await user.type(screen.getByLabelText("Password"), FAKE_PASSWORD);
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    const code = await screen.findByLabelText("Code");
    await waitFor(() => expect(code).toHaveFocus());
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
    await user.type(code, "000000");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("This code is not right");
    await user.clear(code);
    await user.type(code, `${FAKE_TOTP.slice(0, 3)} ${FAKE_TOTP.slice(3)}`);
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    await screen.findByRole("heading", { name: /No account|Welcome/ });
  });

  it("says how long to wait after too many attempts", async () => {
    const { user, fake } = await openApp({ scenario: "signed_out", path: "/sign-in" });
    fake.failures.push({ path: "/session", status: 429, code: "too_many_attempts", retryAfter: 90 });
    await user.type(await screen.findByLabelText("E-mail"), "a@b.example");
    await user.type(screen.getByLabelText("Password"), "x");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("2 minutes");
  });

  it("leads to sign-in when the session ends elsewhere", async () => {
    const { fake, app, path } = await openApp({ scenario: "connected", path: "/connections" });
    await screen.findByRole("link", { name: samplePerson.address });
    fake.signedIn = false;
    await app.client.invalidateQueries();
    await screen.findByRole("heading", { name: "Sign in" });
    expect(path()).toBe("/sign-in");
  });

  it("shows the next person nothing of what the one before has seen", async () => {
    const { fake, app, user } = await openApp({
      scenario: "connected",
      path: "/mail/con_demo00000001",
    });
    await screen.findByText(/Revised quote for the Miramar/);
    fake.signedIn = false;
    await app.client.invalidateQueries();
    await screen.findByRole("heading", { name: "Sign in" });
    expect(app.client.getQueryCache().findAll({ queryKey: ["threads"] })).toEqual([]);
    fake.failures.push({ path: "/threads", status: 404, code: "not_found" });
    await user.type(screen.getByLabelText("E-mail"), samplePerson.address);
    await user.type(screen.getByLabelText("Password"), FAKE_PASSWORD);
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    await waitFor(() => expect(screen.queryByLabelText("Password")).not.toBeInTheDocument());
    expect(screen.queryByText(/Revised quote for the Miramar/)).not.toBeInTheDocument();
  });

  it("forgets what was seen when another tab has signed somebody else in", async () => {
    const { fake, app, calls } = await openApp({
      scenario: "connected",
      path: "/mail/con_demo00000001",
    });
    await screen.findByText(/Revised quote for the Miramar/);
    const before = calls("GET /api/v1/threads?").length;
    fake.me.member.id = "mem_somebodyelse";
    await app.client.fetchQuery({ ...sessionQuery(app.api), staleTime: 0 });
    await waitFor(() => expect(calls("GET /api/v1/threads?").length).toBeGreaterThan(before));
  });

  it.each([
    ["/mail/con_1?thread=thr_1", "/mail/con_1?thread=thr_1"],
    [undefined, "/"],
    ["//evil.example", "/"],
    ["/\\evil.example", "/"],
    ["/\t/evil.example", "/"],
    ["https://evil.example/", "/"],
    ["javascript:alert(1)", "/"],
    ["/%2f%2fevil.example", "/%2f%2fevil.example"],
    ["/sign-in?next=/sign-in", "/"],
    ["evil", "/"],
  ])("goes only to its own pages afterwards: %s", (next, expected) => {
    expect(ownPath(next, "http://localhost:3000")).toBe(expected);
  });
});

describe("set-up", () => {
  it("a new server leads to it; the token is asked for when the address has none", async () => {
    const { user, path, fake } = await openApp({ scenario: "new", path: "/" });
    await screen.findByRole("heading", { name: "Set up your server" });
    expect(path()).toBe("/setup");
    const submit = screen.getByRole("button", { name: "Create workspace" });
    expect(submit).toBeDisabled();
    await user.type(screen.getByLabelText("Set-up token"), "guess");
    await user.type(screen.getByLabelText("Workspace"), "Atelier");
    await user.type(screen.getByLabelText("Your name"), "Camille");
    await user.type(screen.getByLabelText("E-mail"), "c@x.example");
    await user.type(screen.getByLabelText("Password"), "short");
    expect(screen.getByText("Too easy to guess: make it longer.")).toBeVisible();
    await user.click(submit);
    expect(await screen.findByRole("alert")).toHaveTextContent("not valid");
    await user.clear(screen.getByLabelText("Set-up token"));
    await user.type(screen.getByLabelText("Set-up token"), SETUP_TOKEN);
    await user.click(submit);
    expect(await screen.findByText("At least 12 characters.")).toBeVisible();
    await user.clear(screen.getByLabelText("Password"));
    await user.type(screen.getByLabelText("Password"), "four unrelated words here");
    await user.click(submit);
    await screen.findByRole("heading", { name: "Welcome, Camille" });
    expect(fake.me.workspace.name).toBe("Atelier");
  });
});
