import { Popover } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { COLORS, OptionDot } from "../core/option-chip";
import type { PaletteColor } from "../core/types";
import classes from "./settings.module.css";

type ColorButtonProps = { name: string; color: PaletteColor | null; onChange: (color: PaletteColor) => void };

/** Chooses one of the nine colours. */
export function ColorButton({ name, color, onChange }: ColorButtonProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} trapFocus withArrow position="bottom-start">
      <Popover.Target>
        <button
          type="button"
          className={classes.swatch}
          aria-label={t("records.settings.color_of", { name })}
          onClick={() => setOpen(!open)}
        >
          <OptionDot color={color} />
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={classes.palette}>
          {COLORS.map((one) => (
            <button
              key={one}
              type="button"
              aria-label={t("records.settings.color_number", { number: one + 1 })}
              aria-pressed={one === (color ?? 0)}
              onClick={() => {
                onChange(one);
                setOpen(false);
              }}
            >
              <OptionDot color={one} />
            </button>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
