import { useTranslation } from "react-i18next";
import type { KeysOf } from "../i18n";
import type texts from "../i18n/locales/mailmerge/en.json";

export type MergeText = (key: KeysOf<typeof texts>, values?: Record<string, string | number>) => string;

/** The texts of this room. */
export function useTexts(): MergeText {
  const { t } = useTranslation();
  return t as unknown as MergeText;
}
