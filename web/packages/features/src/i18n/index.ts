import { createInstance, type i18n } from "i18next";
import { initReactI18next } from "react-i18next";
import type auditEn from "./locales/audit/en.json";
import type en from "./locales/en.json";
import type recordsEn from "./locales/records/en.json";

/** A locale is added by adding its file, and its name here. */
export const LOCALES = ["en", "fr"] as const;
export type Locale = (typeof LOCALES)[number];
export const LOCALE_NAMES: Record<Locale, string> = { en: "English", fr: "Français" };

/** Keys of all texts with their parents (`mail.role.inbox`), flat: the compiler gives up on a deep tree of this many. */
type Flat<Texts, Parents extends string = ""> = {
  [Key in keyof Texts & string]: Texts[Key] extends string
    ? `${Parents}${Key}`
    : Flat<Texts[Key], `${Parents}${Key}.`>;
}[keyof Texts & string];

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    /** Of the types only; at run time a dot leads into the tree. */
    keySeparator: false;
    resources: {
      translation: Record<Flat<typeof en> | Flat<typeof auditEn> | Flat<typeof recordsEn>, string>;
    };
  }
}

const LOADERS: Record<Locale, () => Promise<{ default: object }>> = {
  en: () => import("./locales/en.json"),
  fr: () => import("./locales/fr.json"),
};

/** Texts of parts that are not for the start: they come with the part's code. */
const PARTS = {
  audit: {
    en: () => import("./locales/audit/en.json"),
    fr: () => import("./locales/audit/fr.json"),
  },
  records: {
    en: () => import("./locales/records/en.json"),
    fr: () => import("./locales/records/fr.json"),
  },
} satisfies Record<string, Record<Locale, () => Promise<{ default: object }>>>;
export type TextPart = keyof typeof PARTS;

const STORED_KEY = "tenon-locale";

export function asLocale(tag: string | null | undefined): Locale | undefined {
  const language = tag?.toLowerCase().split("-")[0];
  return LOCALES.find((locale) => locale === language);
}

/** What this browser chose last, else what it asks for, else English. */
export function preferredLocale(): Locale {
  const stored = asLocale(globalThis.localStorage?.getItem(STORED_KEY));
  if (stored) return stored;
  for (const tag of navigator.languages) {
    const locale = asLocale(tag);
    if (locale) return locale;
  }
  return "en";
}

let current: i18n | undefined;
/** Parts that were wanted once are there in every language that is chosen later. */
const wanted = new Set<TextPart>();

async function addPart(instance: i18n, part: TextPart, locale: Locale): Promise<void> {
  const texts = await PARTS[part][locale]();
  instance.addResourceBundle(locale, "translation", texts.default, true);
}

/** Loads a part of the program and its texts together: nobody sees the one without the other. */
export async function withTexts<Part>(part: TextPart, load: () => Promise<Part>): Promise<Part> {
  wanted.add(part);
  const texts =
    current === undefined ? undefined : addPart(current, part, asLocale(current.language) ?? "en");
  const [loaded] = await Promise.all([load(), texts]);
  return loaded;
}

/** Only the texts of the locale in use are loaded. */
export async function createI18n(locale: Locale): Promise<i18n> {
  const instance = createInstance();
  const texts = await LOADERS[locale]();
  await instance.use(initReactI18next).init({
    lng: locale,
    fallbackLng: false,
    resources: { [locale]: { translation: texts.default } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  await Promise.all([...wanted].map((part) => addPart(instance, part, locale)));
  current = instance;
  document.documentElement.lang = locale;
  return instance;
}

export async function changeLocale(instance: i18n, locale: Locale): Promise<void> {
  globalThis.localStorage?.setItem(STORED_KEY, locale);
  if (!instance.hasResourceBundle(locale, "translation")) {
    const texts = await LOADERS[locale]();
    instance.addResourceBundle(locale, "translation", texts.default, true);
  }
  await Promise.all([...wanted].map((part) => addPart(instance, part, locale)));
  await instance.changeLanguage(locale);
  document.documentElement.lang = locale;
}
