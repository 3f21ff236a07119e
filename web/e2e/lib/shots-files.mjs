/** The screens of files of Drive that `shots.mjs` takes; `open` leads to an address and waits until it is drawn. */
export function fileScreens(open) {
  /** A record with its files in view, and what is done there. */
  const files = (record, then) => async (page) => {
    await open(`/records/${record}`)(page);
    await page.locator("[data-files]").waitFor();
    await page.locator("[data-files]").scrollIntoViewIfNeeded();
    await then?.(page);
    await page.waitForTimeout(400);
  };
  /** One of the ways to add files. */
  const filesWay = (at, then) =>
    files("rec_deal00000007", async (page) => {
      await page.locator("[data-files] button[aria-haspopup=menu]").click();
      await page.getByRole("menuitem").nth(at).click();
      const dialog = page.locator("[role=dialog]");
      await dialog.waitFor();
      await page.waitForTimeout(600);
      await then?.(page, dialog);
    });
  return [
    ["files-record", "connected", files("rec_deal00000001")],
    ["files-company", "connected", files("rec_company00000001")],
    ["files-empty", "connected", files("rec_deal00000007")],
    [
      "files-menu",
      "connected",
      files("rec_deal00000001", async (page) => {
        await page.locator("[data-files] button[aria-haspopup=menu]").click();
        await page.getByRole("menu").waitFor();
      }),
    ],
    [
      "files-paste",
      "connected",
      filesWay(2, async (_page, dialog) => {
        await dialog
          .locator("textarea")
          .fill(
            "https://docs.google.com/document/d/1AbcDefGhiJklMno/edit\nthe contract\nhttps://example.com/x",
          );
        await dialog.locator("button").last().click();
      }),
    ],
    [
      "files-search",
      "connected",
      filesWay(1, async (_page, dialog) => {
        await dialog.getByRole("option").nth(4).click();
        await dialog.getByRole("option").nth(6).click();
      }),
    ],
    [
      "files-search-none",
      "connected",
      filesWay(1, async (page, dialog) => {
        await dialog.locator("input[role=combobox]").fill("price list");
        await page.waitForTimeout(600);
      }),
    ],
    ["files-accounts", "trouble", filesWay(0)],
    ["files-none", "empty", filesWay(0)],
    ["files-refused", "connected", files("rec_deal00000001?pick_error=wrong_account")],
    [
      "files-panel",
      "connected",
      async (page) => {
        await open("/companies?open=rec_company00000001")(page);
        await page.locator("[data-files] [data-file]").first().waitFor();
        await page.locator("[data-files]").scrollIntoViewIfNeeded();
        await page.waitForTimeout(300);
      },
    ],
    [
      "files-undo",
      "connected",
      files("rec_deal00000001", async (page) => {
        await page.locator("[data-file] button").first().click();
      }),
    ],
  ];
}
