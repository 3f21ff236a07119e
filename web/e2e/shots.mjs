#!/usr/bin/env node
/**
 * Screenshots of every screen, light and dark, 1440 and 390 px wide.
 *
 *   node e2e/shots.mjs BASE_URL OUTDIR [--locale fr] [--only mail]
 *
 * Against the mock server every state is shown. Against a real server with the sandbox: the screens of the
 * account in TENON_E2E_EMAIL / TENON_E2E_PASSWORD; a mailbox is connected when it has none.
 */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { DESKTOP, launch, PHONE } from "./lib/browser.mjs";
import { connectMailbox, firstConnection, signIn } from "./lib/session.mjs";
import { fileScreens } from "./lib/shots-files.mjs";

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: { locale: { type: "string", default: "en" }, only: { type: "string" } },
});
const [base, out] = positionals;
if (base === undefined || out === undefined) {
  console.error("usage: shots.mjs BASE_URL OUTDIR [--locale fr] [--only NAME]");
  process.exit(2);
}
mkdirSync(out, { recursive: true });

const control = (command) => fetch(new URL(`/__mock/${command}`, base), { method: "POST" });
const isMock = (await control("load?scenario=connected")).status === 204;

const settle = async (page) => {
  // Nothing is busy before there is a page.
  await page.locator("h1").first().waitFor({ state: "attached" });
  await page.waitForTimeout(250);
  await page.waitForFunction(() => document.querySelector("[aria-busy=true]") === null, undefined, {
    timeout: 15_000,
  });
  await page.waitForTimeout(250);
};
const open = (url) => async (page) => {
  await page.goto(new URL(url, base).href);
  await settle(page);
};
/** A list of records, and what is done there. */
const records = (url, then) => async (page) => {
  await open(url)(page);
  await page.locator("[data-record]").first().waitFor();
  await then?.(page);
  await page.waitForTimeout(500);
};
const mail =
  (rest = "") =>
  async (page) => {
    await page.goto(new URL("/connections", base).href);
    await open(`/mail/${await firstConnection(page)}${rest}`)(page);
  };
const thread = (at) => async (page) => {
  await mail()(page);
  await page.locator("[data-thread]").nth(at).click();
  await settle(page);
  await page.waitForTimeout(500);
};
/** Keys count once the page has taken the focus. */
const press = async (page, key) => {
  await page.locator("h1").first().focus();
  await page.keyboard.press(key);
  await page.waitForTimeout(200);
};
const TABLE = `<div dir="ltr">Dear Ana,<br><br>our prices:<table border="1" cellpadding="6"><tbody><tr><td bgcolor="#e7e7e7"><b>Oak</b></td><td>120 €</td></tr><tr><td bgcolor="#e7e7e7"><b>Walnut</b></td><td><font color="#b42f23">180 €</font></td></tr></tbody></table></div>`;
/** Opens a draft that another program has made. */
const foreignDraft = (html, before) => async (page) => {
  await control(`draft?html=${encodeURIComponent(html)}`);
  await before?.();
  await mail()(page);
  await press(page, "g");
  await page.keyboard.press("d");
  await page.waitForURL(/drafts|DRAFT/i);
  await settle(page);
  await page.locator("[data-thread]").first().click();
};
/** A saved message, and what happens to it before it is sent. */
const sendAfter = (before) =>
  compose(async (page, dialog) => {
    await dialog.locator("input[inputmode=email]").first().fill("ana.ferreira@hotelmiramar.example");
    await dialog.locator("input[inputmode=email]").first().press("Enter");
    await dialog.locator("input[placeholder]").last().fill("Samples for the lobby");
    await dialog.locator(".ProseMirror").fill("Dear Ana, the samples leave today.");
    await page.waitForTimeout(2200);
    await before();
    await dialog.locator("[data-send]").click();
    await dialog.getByRole("alert").waitFor();
    await page.waitForTimeout(300);
  });
const compose = (then) => async (page) => {
  await mail()(page);
  await press(page, "c");
  const dialog = page.getByTestId("composer");
  await dialog.locator(".ProseMirror").waitFor();
  await page.waitForTimeout(400);
  await then?.(page, dialog);
};
const connection = (then) => async (page) => {
  await page.goto(new URL("/connections", base).href);
  await open(`/connections/${await firstConnection(page)}`)(page);
  await then?.(page);
};

/** name, state of the mock server (undefined = any server), how to get there. */
const SCREENS = [
  ["setup", "new", open("/setup#token=first-start-token")],
  ["sign-in", "signed_out", open("/sign-in")],
  ["sign-in-refused", "signed_out", open("/sign-in?error=not_invited")],
  ["join", "signed_out", open("/join#token=an-invitation")],
  ["join-void", "signed_out", open("/join#token=void")],
  ["reset", "signed_out", open("/reset#token=a-reset")],
  ["home-empty", "empty", open("/")],
  ["connect-provider", "empty", open("/connect")],
  ["connect-error", "empty", open("/connect?error=no_refresh_token")],
  [
    "connect-features",
    "empty",
    async (page) => {
      await open("/connect?provider=google")(page);
      await page.locator("button[aria-expanded]").nth(1).click();
    },
  ],
  ["connect-consent", "empty", open("/connect?provider=google&profile=type&features=mail&review=true")],
  ["records-table", "connected", records("/contacts")],
  [
    "records-chosen",
    "connected",
    records("/contacts", async (page) => {
      await page.locator("[data-pick]").nth(1).click({ force: true });
      await page.locator("[data-pick]").nth(3).click({ force: true });
    }),
  ],
  [
    "records-filter",
    "connected",
    records("/companies", async (page) => {
      await page.locator("[data-filter-button]").click();
      const buttons = page.locator("section fieldset button");
      await buttons.first().click();
      await page.locator("[data-rule] input").first().fill("a");
      await buttons.last().click();
    }),
  ],
  [
    "records-columns",
    "connected",
    records("/deals?layout=table", async (page) => {
      await page.locator("header button[aria-expanded]").last().click();
    }),
  ],
  [
    "records-panel",
    "connected",
    records("/contacts", async (page) => {
      await page.locator("[data-record]").nth(2).click();
      await page.getByTestId("record-panel").waitFor();
    }),
  ],
  ["records-board", "connected", records("/deals")],
  [
    "records-move",
    "connected",
    records("/deals", async (page) => {
      await page.locator("[data-card]").nth(1).focus();
      await page.keyboard.press("m");
      await page.getByRole("menu").waitFor();
    }),
  ],
  [
    "records-stage-needs",
    "connected",
    records("/deals", async (page) => {
      await page.locator("[data-card]").nth(1).focus();
      await page.keyboard.press("m");
      await page.getByRole("menuitem").nth(2).click();
      await page.getByRole("dialog").waitFor();
    }),
  ],
  ...fileScreens(open),
  ["records-leads", "connected", records("/leads")],
  ["records-tasks", "connected", records("/tasks?whose=all")],
  ["reports-funnel", "connected", open("/reports/funnel")],
  ["reports-rows", "connected", records("/reports/funnel?pick=stg_sales2")],
  ["reports-value", "connected", open("/reports/value")],
  ["reports-value-table", "connected", open("/reports/value?as=table")],
  ["reports-weeks", "connected", open("/reports/value?by=week&of=count")],
  ["reports-activity", "connected", open("/reports/activity")],
  ["reports-responses", "connected", open("/reports/responses")],
  ["reports-no-mailbox", "empty", open("/reports/responses")],
  ["connections", "trouble", open("/connections")],
  ["connections-empty", "empty", open("/connections")],
  ["connection", "connected", connection()],
  ["connection-syncing", "syncing", connection()],
  ["connection-revoked", "trouble", open("/connections/con_trouble_ventes")],
  ["connection-parked", "trouble", open("/connections/con_trouble_archives")],
  [
    "disconnect",
    "connected",
    connection(async (page) => {
      await page.locator("button[aria-haspopup=dialog]").click();
      await settle(page);
    }),
  ],
  [
    "disconnect-unsent",
    "connected",
    async (page) => {
      await control("sent");
      await connection(async () => {
        await page.locator("button[aria-haspopup=dialog]").click();
        await settle(page);
      })(page);
    },
  ],
  ["receipts", "connected", open("/receipts")],
  [
    "receipt",
    "connected",
    async (page) => {
      await open("/receipts")(page);
      await page.locator("a[href^='/receipts/rcp']").first().click();
      await settle(page);
    },
  ],
  ["consents", "connected", open("/consents")],
  ["mail", "connected", mail()],
  ["mail-thread", "connected", thread(0)],
  ["mail-newsletter", "connected", thread(6)],
  [
    "mail-details",
    "connected",
    async (page) => {
      await thread(1)(page);
      await page.locator("[data-testid=thread-pane] button[aria-expanded=false]").last().click();
    },
  ],
  [
    "mail-search",
    "connected",
    async (page) => {
      await mail()(page);
      await page.keyboard.press("/");
      await page.keyboard.type("a");
      await page.keyboard.press("Enter");
      await page.waitForSelector("[data-testid=search-results] [data-thread]");
      await settle(page);
    },
  ],
  [
    "mail-search-help",
    "connected",
    async (page) => {
      await mail()(page);
      await page.locator("search button").last().click();
      await page.waitForTimeout(400);
    },
  ],
  [
    "mail-selected",
    "connected",
    async (page) => {
      await mail()(page);
      await page.locator("[data-pick]").nth(1).click({ force: true });
      await page.locator("[data-pick]").nth(3).click({ force: true });
      await page.waitForTimeout(300);
    },
  ],
  [
    "mail-label-dialog",
    "connected",
    async (page) => {
      await mail()(page);
      await press(page, "j");
      await page.keyboard.press("l");
      await page.getByRole("dialog").waitFor();
      await page.waitForTimeout(500);
    },
  ],
  [
    "mail-undo",
    "connected",
    async (page) => {
      await mail()(page);
      await press(page, "j");
      await page.keyboard.press("e");
      await page.waitForTimeout(500);
    },
  ],
  [
    "mail-delete",
    "connected",
    async (page) => {
      await mail()(page);
      await press(page, "j");
      await page.keyboard.press("#");
      await page.waitForTimeout(300);
      await page.keyboard.press("g");
      await page.keyboard.press("#");
      await settle(page);
      await press(page, "j");
      await page.keyboard.press("#");
      await page.getByRole("dialog").waitFor();
      await page.waitForTimeout(500);
    },
  ],
  [
    "palette",
    "connected",
    async (page) => {
      await mail()(page);
      await page.keyboard.press("Control+k");
      await page.getByRole("dialog").waitFor();
      await page.keyboard.type(args.locale === "fr" ? "ar" : "mark");
      await page.waitForTimeout(500);
    },
  ],
  ["compose-new", "connected", compose()],
  [
    "compose-written",
    "connected",
    compose(async (page, dialog) => {
      const people =
        "Ana Ferreira <ana.ferreira@hotelmiramar.example>, mira@studiokovac.example, not an address";
      await dialog.locator("input[inputmode=email]").first().fill(people);
      await dialog.locator("input[inputmode=email]").first().press("Enter");
      await dialog.locator("form input").nth(1).press("Tab");
      await dialog.locator("input[placeholder]").last().fill("Samples for the lobby");
      await dialog.locator(".ProseMirror").fill("Dear Ana,\n\nthe samples leave today.");
      await dialog
        .locator("input[type=file]")
        .setInputFiles([
          { name: "Lobby plan.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(120_000, 1) },
        ]);
      await page.waitForTimeout(2200);
    }),
  ],
  ["compose-conflict", "connected", (page) => sendAfter(() => control("change"))(page)],
  [
    "compose-asking",
    "connected",
    async (page) => {
      await sendAfter(() => control("offline?on=true"))(page);
      await control("offline?on=false");
    },
  ],
  [
    "draft-formatted",
    "connected",
    async (page) => {
      await foreignDraft(TABLE)(page);
      await page.getByTestId("formatted-draft").waitFor();
      await page.waitForTimeout(500);
    },
  ],
  [
    "draft-not-editable",
    "connected",
    async (page) => {
      const refuse = () => control("fail?path=/draft&method=POST&status=422&code=draft_not_editable");
      await foreignDraft("<p>very long</p>", refuse)(page);
      await page.locator(".mantine-Modal-content").waitFor();
      await page.waitForTimeout(500);
    },
  ],
  [
    "compose-reply",
    "connected",
    async (page) => {
      await thread(0)(page);
      await page.keyboard.press("r");
      const dialog = page.getByTestId("composer");
      await dialog.locator(".ProseMirror").waitFor();
      await page.waitForTimeout(300);
      await dialog.locator("button[aria-expanded=false]").first().click();
      await page.waitForTimeout(600);
    },
  ],
  [
    "outbox",
    "connected",
    async (page) => {
      await control("sent");
      await open("/outbox")(page);
    },
  ],
  ["outbox-empty", "connected", open("/outbox")],
  [
    "labels",
    "connected",
    async (page) => {
      await page.goto(new URL("/connections", base).href);
      await open(`/labels/${await firstConnection(page)}`)(page);
    },
  ],
  [
    "labels-rename",
    "connected",
    async (page) => {
      await page.goto(new URL("/connections", base).href);
      await open(`/labels/${await firstConnection(page)}`)(page);
      await page.locator("[data-label] button").nth(1).click();
    },
  ],
  [
    "allowance",
    "connected",
    connection(async (page) => {
      await control("unlimited");
      await page.reload();
      await settle(page);
      await page.locator("h3").nth(2).scrollIntoViewIfNeeded();
    }),
  ],
  ["mail-syncing", "syncing", mail()],
  ["mail-empty", "connected", mail("/all?unread=true")],
  ["settings", "connected", open("/settings")],
  [
    "settings-ways-in",
    "connected",
    async (page) => {
      await open("/settings?added=1")(page);
      await page.locator("section").nth(4).scrollIntoViewIfNeeded();
    },
  ],
  ["audit", "connected", open("/settings/audit")],
  [
    "audit-details",
    "connected",
    async (page) => {
      await open("/settings/audit?action=security")(page);
      await page.locator("button[aria-expanded=false][aria-controls]").first().click();
    },
  ],
  [
    "audit-check",
    "connected",
    async (page) => {
      await open("/settings/audit?action=mail&period=days&from=2026-01-01")(page);
      await page.locator("section").last().scrollIntoViewIfNeeded();
    },
  ],
  ["audit-nothing", "connected", open("/settings/audit?action=key_made&period=day")],
  ["members", "connected", open("/members")],
  [
    "members-invited",
    "connected",
    async (page) => {
      await open("/members")(page);
      await page.locator("input[type=email]").fill("zoe@ateliernord.example");
      await page.locator("form button[type=submit]").first().click();
      await page.getByTestId("one-time-link").waitFor();
    },
  ],
  [
    "privacy",
    "connected",
    async (page) => {
      await open("/privacy")(page);
      await page.locator("summary").first().click();
    },
  ],
  [
    "privacy-terms",
    "connected",
    async (page) => {
      await open("/privacy")(page);
      await page.locator("[data-ground=term]").scrollIntoViewIfNeeded();
      await page.mouse.wheel(0, 2000);
      await page.waitForTimeout(300);
    },
  ],
  [
    "retention",
    "connected",
    async (page) => {
      await control("demo");
      await open("/settings")(page);
      await page.locator("section").nth(-3).scrollIntoViewIfNeeded();
    },
  ],
  [
    "sign-in-kept",
    "connected",
    compose(async (page, dialog) => {
      await dialog.locator("input[placeholder]").last().fill("Half a sentence");
      await control("sign-out");
      await page.waitForSelector("input[name=email]");
      await settle(page);
    }),
  ],
  ["signed-in", "connected", open("/signed-in")],
  [
    "keys",
    "connected",
    async (page) => {
      await mail()(page);
      await page.keyboard.press("?");
      await page.waitForTimeout(500);
    },
  ],
  [
    "problem",
    "connected",
    async (page) => {
      for (let call = 0; call < 4; call += 1)
        await control("fail?path=/receipts&status=503&code=unavailable");
      await page.goto(new URL("/receipts", base).href);
      await page.waitForSelector("[role=alert]", { timeout: 15_000 });
    },
  ],
];

/** What a real server's account cannot show: states that only the mock server can be put into. */
const ONLY_MOCK = new Set([
  "allowance",
  "audit",
  "audit-details",
  "audit-check",
  "audit-nothing",
  "retention",
  "sign-in-kept",
  "setup",
  "sign-in",
  "sign-in-refused",
  "join",
  "join-void",
  "reset",
  "members-invited",
  "home-empty",
  "connections-empty",
  "receipt",
  "problem",
  "outbox",
  "disconnect-unsent",
  "compose-conflict",
  "compose-asking",
  "draft-formatted",
  "draft-not-editable",
]);
const isShown = ([name, scenario]) =>
  (args.only === undefined || name.includes(args.only)) &&
  (isMock || !(ONLY_MOCK.has(name) || scenario === "trouble" || scenario === "syncing"));

const browser = await launch();
let taken = 0;
let missed = 0;
for (const theme of ["light", "dark"]) {
  for (const viewport of [DESKTOP, PHONE]) {
    const context = await browser.newContext({
      viewport,
      colorScheme: theme,
      locale: args.locale === "fr" ? "fr-FR" : "en-GB",
      timezoneId: "Europe/Paris",
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    if (!isMock) {
      await signIn(page, base);
      if ((await firstConnection(page)) === undefined) await connectMailbox(page, base);
    }
    for (const [name, scenario, goTo] of SCREENS.filter(isShown)) {
      if (isMock) await control(`load?scenario=${scenario}&locale=${args.locale}`);
      try {
        await goTo(page);
        await page.screenshot({ path: path.join(out, `${name}-${theme}-${viewport.width}.png`) });
        taken += 1;
      } catch (error) {
        missed += 1;
        console.log(`FAIL ${name} ${theme} ${viewport.width}: ${String(error).split("\n")[0]}`);
      }
    }
    await context.close();
  }
}
await browser.close();
console.log(`${taken} passed, ${missed} failed`);
process.exitCode = missed > 0 ? 1 : 0;
