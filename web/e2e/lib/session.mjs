/** Signing in and connecting the demo's mailbox, for scripts whose walk begins after that. */
import { until } from "./walk.mjs";

export const E2E_EMAIL = process.env.TENON_E2E_EMAIL ?? "camille@ateliernord.example";
export const E2E_PASSWORD = process.env.TENON_E2E_PASSWORD ?? "a tenon fits its mortise";

export async function signIn(page, base) {
  await page.goto(new URL("/sign-in", base).href);
  await page.locator("input[name=email]").fill(E2E_EMAIL);
  await page.locator("input[name=password]").fill(E2E_PASSWORD);
  await page.locator("button[type=submit]").click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
}

/** The API with the page's session. */
export const apiOf = (page) => (method, where, body) =>
  page.evaluate(
    async ([verb, url, given]) => {
      const answer = await fetch(`/api/v1${url}`, {
        method: verb,
        headers: { "X-Tenon-Request": "1", "Content-Type": "application/json" },
        ...(given === undefined ? {} : { body: JSON.stringify(given) }),
      });
      if (!answer.ok) throw new Error(`${verb} ${url}: ${answer.status} ${await answer.text()}`);
      return answer.status === 204 ? undefined : await answer.json();
    },
    [method, where, body],
  );

export const firstConnection = (page) =>
  page.evaluate(async () => (await (await fetch("/api/v1/connections")).json()).items[0]?.id);

/** Through both consents, then until the first sync is done. Answers the provider's origin. */
export async function connectMailbox(page, base, features) {
  if ((await firstConnection(page)) !== undefined) return undefined;
  const query = new URLSearchParams({ provider: "google", profile: "type", features, review: "true" });
  await page.goto(new URL(`/connect?${query}`, base).href);
  await page.locator("[data-sentence]").first().waitFor();
  await page.locator("main button").last().click();
  await page.waitForURL((url) => url.origin !== new URL(base).origin);
  const provider = new URL(page.url()).origin;
  const allow = page.getByRole("button", { name: "Allow" });
  const account = page.getByText(/^\S+@\S+$/).first();
  await allow.or(account).first().waitFor();
  if (!(await allow.isVisible())) await account.click();
  await allow.click();
  await page.waitForURL("**/connections/**");
  const state = () =>
    page.evaluate(async () => (await (await fetch("/api/v1/connections")).json()).items[0]?.mailbox?.state);
  await until("the mailbox is live", async () => (await state()) === "live", 180_000);
  return provider;
}
