#!/usr/bin/env node
/**
 * Ways in, as people use them in a browser: an invitation accepted at an OpenID Connect issuer, a stranger
 * refused, a domain allowed, a role changed under somebody's feet, passkeys on Chromium's virtual
 * authenticator, an issuer's account added in the settings.
 *
 *   TENON_E2E_EMAIL=… TENON_E2E_PASSWORD=… node e2e/sign-in.mjs BASE_URL --issuer Acme [--locale fr] [--shots DIR]
 *
 * BASE_URL has to be on `localhost`, the only name on loopback that passkeys work with. The issuer is npm
 * oidc-provider as tools/oidc starts it. Prints `N passed, N failed`; exits 1 when a check failed.
 */
import { axe, Checks, launch, ledger, StopRun } from "./lib/browser.mjs";
import { E2E_EMAIL as email, signIn } from "./lib/session.mjs";
import { looks, pictures, readArguments, textsOf } from "./lib/walk.mjs";

const { args, base } = readArguments("sign-in.mjs", { issuer: { type: "string", default: "Acme" } });
const { t } = textsOf(args.locale);
const keep = pictures(args);
const checks = new Checks();
const browser = await launch();
const allowed = new Set([new URL(base).origin]);

/** A browser of its own: cookies, pages, ledger of hosts. */
async function person() {
  const context = await browser.newContext({ ...looks(args), reducedMotion: "reduce" });
  const hosts = ledger(context);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  return { context, page, hosts };
}
const button = (page, key, values) => page.getByRole("button", { name: t(key, values), exact: true });
const inside = (page) => page.getByRole("navigation", { name: t("nav.main") }).waitFor();

async function screen(page, name) {
  await page.waitForFunction(() => document.querySelector("main [aria-busy=true]") === null);
  await axe(page, checks, name);
  await keep(page, name, { fullPage: true });
}

async function signInByPassword(page) {
  await signIn(page, base);
  await inside(page);
}

/** The issuer's own two pages. */
async function atIssuer(page, login) {
  await page.waitForURL((url) => url.origin !== new URL(base).origin);
  allowed.add(new URL(page.url()).origin);
  await page.locator("input[name=login]").fill(login);
  await page.locator("input[name=password]").fill("any");
  await page.locator("button[type=submit]").click();
  // Consent, where the account has not given it yet.
  const consent = page.locator("input[name=prompt][value=consent]");
  await Promise.race([
    consent.waitFor({ state: "attached" }),
    page.waitForURL((url) => url.origin === new URL(base).origin),
  ]);
  if (new URL(page.url()).origin !== new URL(base).origin) {
    await page.locator("button[type=submit]").click();
    await page.waitForURL((url) => url.origin === new URL(base).origin);
  }
}

async function signInAtIssuer(page, login) {
  await page.goto(new URL("/sign-in", base).href);
  await button(page, "sign_in.with", { issuer: args.issuer }).click();
  await atIssuer(page, login);
}

const who = (page) =>
  page.evaluate(async () => (await (await fetch("/api/v1/session")).json()).member?.email);

async function walk() {
  const owner = await person();
  const bob = await person();

  await checks.step("the owner signs in with a password", async () => {
    await signInByPassword(owner.page);
    await owner.page.evaluate(
      (locale) =>
        fetch("/api/v1/me", {
          method: "PATCH",
          headers: { "X-Tenon-Request": "1", "Content-Type": "application/json" },
          body: JSON.stringify({ locale }),
        }),
      args.locale,
    );
  });

  const link = await checks.step("invites somebody and gets a link once", async () => {
    await owner.page.goto(new URL("/members", base).href);
    await owner.page.locator("input[type=email]").fill("bob@acme.example");
    await button(owner.page, "invitations.invite").click();
    const shown = owner.page.getByTestId("one-time-link");
    await shown.waitFor();
    return (await shown.textContent()).trim();
  });
  await screen(owner.page, "members");

  await checks.step("the link shows who invites whom, and leaves the address", async () => {
    await bob.page.goto(link);
    await bob.page.getByText("bob@acme.example").first().waitFor();
    if (bob.page.url().includes("token")) throw new Error(bob.page.url());
  });
  await screen(bob.page, "join");

  await checks.step("an account with another address cannot use it", async () => {
    const eve = await person();
    await eve.page.goto(link);
    await button(eve.page, "join.with", { issuer: args.issuer }).click();
    await atIssuer(eve.page, "eve@acme.example");
    await eve.page.getByText(t("sign_in.refusal.other_address")).waitFor();
    await eve.context.close();
  });

  await checks.step("joins with the issuer's account", async () => {
    await button(bob.page, "join.with", { issuer: args.issuer }).click();
    await atIssuer(bob.page, "bob@acme.example");
    await inside(bob.page);
    if ((await who(bob.page)) !== "bob@acme.example") throw new Error("somebody else");
  });

  await checks.step("the link is void afterwards", async () => {
    const late = await person();
    await late.page.goto(link);
    await late.page.getByRole("heading", { name: t("join.void_title") }).waitFor();
    await late.context.close();
  });

  await checks.step("a stranger is refused in words", async () => {
    const stranger = await person();
    await signInAtIssuer(stranger.page, "stranger@elsewhere.example");
    await stranger.page.getByText(t("sign_in.refusal.not_invited")).waitFor();
    await screen(stranger.page, "refused");
    await stranger.context.close();
  });

  await checks.step("an allowed domain lets its people in, with a confirmed address only", async () => {
    await owner.page.getByLabel(t("domains.domain"), { exact: true }).fill("acme.example");
    await button(owner.page, "domains.allow").click();
    await owner.page.getByText("acme.example", { exact: true }).waitFor();
    const dan = await person();
    await signInAtIssuer(dan.page, "unverified@acme.example");
    await dan.page.getByText(t("sign_in.refusal.email_not_verified")).waitFor();
    await dan.context.close();
    const carol = await person();
    await signInAtIssuer(carol.page, "carol@acme.example");
    await inside(carol.page);
    await carol.context.close();
  });

  await checks.step("a changed role ends the member's open page within a second", async () => {
    // Long enough for the stream of events to be open.
    await bob.page.waitForTimeout(1500);
    await owner.page.goto(new URL("/members", base).href);
    const role = owner.page.getByLabel(t("members.role_of", { name: "bob" }), { exact: true });
    await role.waitFor();
    const done = owner.page.waitForResponse((r) => r.request().method() === "PATCH");
    await role.selectOption("viewer");
    await done;
    const begun = Date.now();
    await bob.page.waitForURL("**/sign-in**", { timeout: 5000 });
    const took = Date.now() - begun;
    console.log(`     the page was left after ${took} ms`);
    if (took > 1000) throw new Error(`${took} ms`);
  });

  await checks.step("the issuer knows him again, with the new role", async () => {
    await bob.page.goto(new URL("/sign-in?next=/settings", base).href);
    await button(bob.page, "sign_in.with", { issuer: args.issuer }).click();
    await bob.page.waitForURL((url) => url.origin === new URL(base).origin && url.pathname === "/settings");
    await bob.page.getByText(t("settings.roles.viewer"), { exact: true }).waitFor();
  });

  await checks.step("what he changes asks for a proof, and the issuer for his sign-in", async () => {
    const fresh = "a sentence of his own";
    const fill = async () => {
      await button(bob.page, "password.set").click();
      const field = bob.page.getByLabel(t("password.new"), { exact: true });
      await field.fill(fresh);
      const form = bob.page.locator("form").filter({ has: field });
      await form.getByRole("button", { name: t("common.save") }).click();
    };
    await fill();
    await bob.page.getByRole("dialog", { name: t("proof.title") }).waitFor();
    await screen(bob.page, "proof");
    await button(bob.page, "proof.by_issuer", { issuer: args.issuer }).click();
    await atIssuer(bob.page, "bob@acme.example");
    await bob.page.waitForURL((url) => url.origin === new URL(base).origin && url.pathname === "/settings");
    await bob.page.getByText(t("proof.done")).waitFor();
    await fill();
    await bob.page.getByText(t("password.changed")).waitFor();
  });

  await passkeys(owner);

  await checks.step("an issuer's account is added in the settings", async () => {
    await owner.page.goto(new URL("/settings", base).href);
    await button(owner.page, "accounts.add", { issuer: args.issuer }).click();
    await atIssuer(owner.page, "olive@private.example");
    await owner.page.getByText(t("accounts.added")).waitFor();
    const again = await person();
    await signInAtIssuer(again.page, "olive@private.example");
    await inside(again.page);
    if ((await who(again.page)) !== email) throw new Error("somebody else");
    await again.context.close();
  });

  for (const one of [owner, bob]) {
    const foreign = one.hosts.foreign(allowed);
    checks.ok("no request to any other host", foreign.length === 0, foreign.join(" "));
  }
}

async function passkeys({ context, page }) {
  const devtools = await context.newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  // How the page asks for passkeys, to see that it also offers them where the e-mail is typed.
  await page.addInitScript(() => {
    const get = navigator.credentials.get.bind(navigator.credentials);
    globalThis.asked = [];
    navigator.credentials.get = (options) => {
      globalThis.asked.push(options?.mediation ?? "on click");
      return get(options);
    };
  });
  /** By the button, unless the browser has taken the offer of the e-mail field by itself. */
  const enter = async () => {
    const click = button(page, "sign_in.by_passkey").click();
    await Promise.race([click, inside(page)]).catch(() => undefined);
    click.catch(() => undefined);
    await inside(page);
  };
  const kept = async () => (await devtools.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
  const signOut = async () => {
    await page.evaluate(() =>
      fetch("/api/v1/session", { method: "DELETE", headers: { "X-Tenon-Request": "1" } }),
    );
    await page.goto(new URL("/sign-in", base).href);
  };

  await checks.step("a passkey is made on the device", async () => {
    await page.goto(new URL("/settings", base).href);
    await button(page, "passkeys.add").click();
    await page.getByText(t("passkeys.added")).waitFor();
    const [one] = await kept();
    if (!one.isResidentCredential || one.rpId !== "localhost") throw new Error(JSON.stringify(one));
  });
  await screen(page, "settings");

  await checks.step("a second one on the same device is refused in words", async () => {
    await button(page, "passkeys.add").click();
    await page.getByText(t("passkeys.known")).waitFor();
  });

  await checks.step("signs in with it: no name, no password, no code", async () => {
    await signOut();
    await enter();
    if ((await who(page)) !== email) throw new Error("somebody else");
    const [one] = await kept();
    if (one.signCount < 2) throw new Error(`count ${one.signCount}`);
  });

  await checks.step("a device that does not verify its person is refused", async () => {
    await signOut();
    await devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
    await button(page, "sign_in.by_passkey").click();
    await page.waitForTimeout(1500);
    if (!page.url().includes("/sign-in")) throw new Error(page.url());
    await devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
  });

  await checks.step("the page offers passkeys where the e-mail is typed", async () => {
    const field = page.locator("input[name=email]");
    const words = await field.getAttribute("autocomplete");
    if (words !== "username webauthn") throw new Error(String(words));
    await page.waitForFunction(() => globalThis.asked.includes("conditional"));
  });

  await checks.step("is renamed and removed, and is void then", async () => {
    await page.goto(new URL("/sign-in", base).href);
    await enter();
    await page.goto(new URL("/settings", base).href);
    await page
      .getByRole("button", { name: /Chrome · Linux/ })
      .first()
      .click();
    await page.getByLabel(t("passkeys.name")).fill("Test device");
    await page.keyboard.press("Enter");
    await button(page, "passkeys.remove_named", { name: "Test device" }).click();
    await page.getByText(t("passkeys.removed")).waitFor();
    await signOut();
    await button(page, "sign_in.by_passkey").click();
    await page.getByText(t("sign_in.passkey_invalid")).waitFor();
    await signInByPassword(page);
  });
  await devtools.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
}

try {
  await walk();
} catch (error) {
  if (!(error instanceof StopRun)) throw error;
} finally {
  await browser.close();
  checks.finish();
}
