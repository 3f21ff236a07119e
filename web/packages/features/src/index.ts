// Straight from their files: the folders' menus and dialogs are not for the start.
export { ActingProvider } from "./acting/acting";
export { ComposeProvider } from "./compose/compose";
export { KeptProvider, useKept } from "./compose/kept";
export {
  ApiProvider,
  connectionsQuery,
  forgetWhatWasSeen,
  keys,
  ProblemState,
  sessionQuery,
  setupQuery,
  useApi,
  useMe,
} from "./core";
export { AppFrame, HomeScreen } from "./frame";
export { changeLocale, createI18n, LOCALES, type Locale, preferredLocale, withTexts } from "./i18n";
export { KeyboardProvider } from "./keyboard";
export { LiveProvider } from "./live";
export { ProofProvider } from "./proof";
