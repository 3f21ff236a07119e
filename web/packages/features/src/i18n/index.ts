import { createInstance, type i18n } from "i18next";
import { initReactI18next } from "react-i18next";
import type auditEn from "./locales/audit/en.json";
import type composeEn from "./locales/compose/en.json";
import type connectionsEn from "./locales/connections/en.json";
import type en from "./locales/en.json";
import type exchangeEn from "./locales/exchange/en.json";
import type filesEn from "./locales/files/en.json";
import type mergeEn from "./locales/merge/en.json";
import type paletteEn from "./locales/palette/en.json";
import type recordsEn from "./locales/records/en.json";
import type reportsEn from "./locales/reports/en.json";
import type schedulingEn from "./locales/scheduling/en.json";
import type templatesEn from "./locales/templates/en.json";
import type threadsEn from "./locales/threads/en.json";

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

/** Keys of a part that is not among those below: of more keys than there are the compiler makes no one function. */
export type KeysOf<Texts> = Singular<Flat<Texts>>;
type Singular<Key> = Key extends `${infer Base}_${"zero" | "one" | "other"}` ? Base : Key;

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    /** Of the types only; at run time a dot leads into the tree. */
    keySeparator: false;
    resources: {
      translation: Record<
        | Flat<typeof en>
        | Flat<typeof auditEn>
        | Flat<typeof composeEn>
        | Flat<typeof connectionsEn>
        | Flat<typeof exchangeEn>
        | Flat<typeof filesEn>
        | Flat<typeof mergeEn>
        | Flat<typeof paletteEn>
        | Flat<typeof recordsEn>
        | Flat<typeof reportsEn>
        | Flat<typeof schedulingEn>
        | Flat<typeof templatesEn>
        | Flat<typeof threadsEn>,
        string
      >;
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
  compose: {
    en: () => import("./locales/compose/en.json"),
    fr: () => import("./locales/compose/fr.json"),
  },
  connections: {
    en: () => import("./locales/connections/en.json"),
    fr: () => import("./locales/connections/fr.json"),
  },
  exchange: {
    en: () => import("./locales/exchange/en.json"),
    fr: () => import("./locales/exchange/fr.json"),
  },
  files: {
    en: () => import("./locales/files/en.json"),
    fr: () => import("./locales/files/fr.json"),
  },
  mailmerge: {
    en: () => import("./locales/mailmerge/en.json"),
    fr: () => import("./locales/mailmerge/fr.json"),
  },
  merge: {
    en: () => import("./locales/merge/en.json"),
    fr: () => import("./locales/merge/fr.json"),
  },
  palette: {
    en: () => import("./locales/palette/en.json"),
    fr: () => import("./locales/palette/fr.json"),
  },
  records: {
    en: () => import("./locales/records/en.json"),
    fr: () => import("./locales/records/fr.json"),
  },
  reports: {
    en: () => import("./locales/reports/en.json"),
    fr: () => import("./locales/reports/fr.json"),
  },
  scheduling: {
    en: () => import("./locales/scheduling/en.json"),
    fr: () => import("./locales/scheduling/fr.json"),
  },
  templates: {
    en: () => import("./locales/templates/en.json"),
    fr: () => import("./locales/templates/fr.json"),
  },
  threads: {
    en: () => import("./locales/threads/en.json"),
    fr: () => import("./locales/threads/fr.json"),
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
/** The locale asked for last, which may still be on its way. */
let asked: Locale | undefined;
/** Parts that were wanted once are there in every language that is chosen later. */
const wanted = new Set<TextPart>();

async function addPart(instance: i18n, part: TextPart, locale: Locale): Promise<void> {
  const texts = await PARTS[part][locale]();
  instance.addResourceBundle(locale, "translation", texts.default, true);
}

const addWanted = (instance: i18n, locale: Locale) =>
  Promise.all([...wanted].map((part) => addPart(instance, part, locale)));

/** Loads a part of the program and its texts together: nobody sees the one without the other. */
export async function withTexts<Part>(part: TextPart, load: () => Promise<Part>): Promise<Part> {
  wanted.add(part);
  const instance = current;
  // While one locale follows another, the part may be shown in both.
  const locales = instance === undefined ? [] : new Set([asLocale(instance.language) ?? "en", asked ?? "en"]);
  const texts = [...locales].map((locale) => instance && addPart(instance, part, locale));
  const [loaded] = await Promise.all([load(), ...texts]);
  return loaded;
}

/** Only the texts of the locale in use are loaded. */
export async function createI18n(locale: Locale): Promise<i18n> {
  asked = locale;
  const instance = createInstance();
  const texts = await LOADERS[locale]();
  await instance.use(initReactI18next).init({
    lng: locale,
    fallbackLng: false,
    resources: { [locale]: { translation: texts.default } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  // From here on parts come to this instance by themselves; those wanted before are fetched now.
  current = instance;
  await addWanted(instance, locale);
  document.documentElement.lang = locale;
  return instance;
}

export async function changeLocale(instance: i18n, locale: Locale): Promise<void> {
  asked = locale;
  globalThis.localStorage?.setItem(STORED_KEY, locale);
  if (!instance.hasResourceBundle(locale, "translation")) {
    const texts = await LOADERS[locale]();
    instance.addResourceBundle(locale, "translation", texts.default, true);
  }
  await addWanted(instance, locale);
  // Another one was asked for meanwhile: it is the one to show.
  if (asked !== locale) return;
  await instance.changeLanguage(locale);
  document.documentElement.lang = locale;
}
