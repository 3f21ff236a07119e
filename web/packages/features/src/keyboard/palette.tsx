import { useState } from "react";
import { useTranslation } from "react-i18next";
import { late } from "../core";
import { withTexts } from "../i18n";
import { useShortcuts } from "./shortcuts";

const PaletteDialog = late(() => withTexts("palette", () => import("./palette-dialog")));

/** The command palette. Loaded when it is first asked for. */
export function usePalette() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [wanted, setWanted] = useState(false);
  const show = () => {
    setWanted(true);
    setOpen(true);
  };
  useShortcuts([
    { keys: "Mod+k", label: t("palette.title"), group: t("keys.group.anywhere"), run: show, keyOnly: true },
  ]);
  return wanted ? <PaletteDialog open={open} close={() => setOpen(false)} /> : null;
}
