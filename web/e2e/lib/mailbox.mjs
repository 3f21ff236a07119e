/** A signed-in person with a mailbox, for scripts whose matter is what comes after. */

export async function signIn(page, base) {
  await page.goto(new URL("/sign-in", base).href);
  await page.locator("input[name=email]").fill(process.env.TENON_E2E_EMAIL ?? "");
  await page.locator("input[name=password]").fill(process.env.TENON_E2E_PASSWORD ?? "");
  await page.locator("button[type=submit]").click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
}

export const firstConnection = (page) =>
  page.evaluate(async () => (await (await fetch("/api/v1/connections")).json()).items[0]?.id);

/** Through both consents, then until the first sync is done; the provider's origin. */
export async function connectMailbox(page, base) {
  await page.goto(new URL("/connect?provider=google&profile=type&features=mail&review=true", base).href);
  await page.waitForFunction(() => document.querySelector("[aria-busy=true]") === null);
  await page.locator("main button").last().click();
  await page.waitForURL((url) => url.origin !== new URL(base).origin);
  const { origin } = new URL(page.url());
  const allow = page.getByRole("button", { name: "Allow" });
  const account = page.getByText(/^\S+@\S+$/).first();
  await allow.or(account).first().waitFor();
  if (!(await allow.isVisible())) await account.click();
  await allow.click();
  await page.waitForURL("**/connections/**");
  await page.waitForFunction(
    async () => (await (await fetch("/api/v1/connections")).json()).items[0]?.mailbox?.state === "live",
    undefined,
    { timeout: 180_000, polling: 1000 },
  );
  return origin;
}
