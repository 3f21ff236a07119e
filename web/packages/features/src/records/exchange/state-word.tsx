import { Status, type Tone } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import type { ImportItem, ImportState } from "../core/next-types";

const TONES: Partial<Record<ImportState, Tone>> = { done: "ok", failed: "danger", cancelled: "warn" };

export function StateWord({ item }: { item: ImportItem }) {
  const { t } = useTranslation();
  return <Status tone={TONES[item.state] ?? "neutral"}>{t(`exchange.state.${item.state}`)}</Status>;
}
