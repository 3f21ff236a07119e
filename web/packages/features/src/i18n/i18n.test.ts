import { describe, expect, it, vi } from "vitest";
import { changeLocale, createI18n, withTexts } from ".";

describe("texts of a lazy part", () => {
  it("are there in the locale that is on its way", async () => {
    const i18n = await createI18n("en");
    const change = i18n.changeLanguage.bind(i18n);
    // The part is opened in the last moment before the language changes.
    let opened: Promise<string> | undefined;
    vi.spyOn(i18n, "changeLanguage").mockImplementation((...given) => {
      opened = withTexts("files", () => Promise.resolve("part"));
      return change(...given);
    });
    await changeLocale(i18n, "fr");
    expect(await opened).toBe("part");
    expect(i18n.t("files.title")).toBe("Fichiers");
    expect(i18n.getFixedT("en")("files.title")).toBe("Files");
  });

  it("are in the locale that was asked for last", async () => {
    const i18n = await createI18n("en");
    await Promise.all([changeLocale(i18n, "fr"), changeLocale(i18n, "en")]);
    expect(i18n.language).toBe("en");
    expect(document.documentElement.lang).toBe("en");
  });
});
