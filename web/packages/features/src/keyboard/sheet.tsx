import { useState } from "react";
import { useTranslation } from "react-i18next";
import { late } from "../core";
import { useShortcuts } from "./shortcuts";

const SheetDialog = late(() => import("./sheet-dialog"));

/** The `?` sheet: what the keys do on this screen. Loaded when it is first asked for. */
export function useShortcutSheet() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [wanted, setWanted] = useState(false);
  const show = () => {
    setWanted(true);
    setOpen(true);
  };
  useShortcuts([{ keys: "?", label: t("keys.sheet"), group: t("keys.group.anywhere"), run: show }]);
  const sheet = wanted && <SheetDialog open={open} close={() => setOpen(false)} />;
  return { show, sheet };
}
