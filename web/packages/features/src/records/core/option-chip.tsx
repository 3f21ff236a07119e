import type { CSSProperties } from "react";
import classes from "./option-chip.module.css";

/** The colours that options and stages may have; the server keeps the word. */
export const COLORS = ["gray", "red", "orange", "yellow", "green", "teal", "blue", "violet", "pink"] as const;
export type ColorName = (typeof COLORS)[number];

const HUES: Record<ColorName, number> = {
  gray: 0,
  red: 25,
  orange: 55,
  yellow: 90,
  green: 150,
  teal: 190,
  blue: 250,
  violet: 295,
  pink: 345,
};

const isName = (color: string | null | undefined): color is ColorName =>
  COLORS.some((name) => name === color);

/** Sets `--hue` and `--chroma`; the style sheet makes colours of them that read in both themes. */
export function hueStyle(color: string | null | undefined): CSSProperties {
  const name = isName(color) ? color : "gray";
  return { "--hue": HUES[name], "--chroma": name === "gray" ? 0 : 1 } as CSSProperties;
}

export function OptionDot({ color }: { color: string | null | undefined }) {
  return <span className={classes.dot} style={hueStyle(color)} aria-hidden="true" />;
}

/** An option, or a stage, by its colour and name. */
export function OptionChip({ label, color }: { label: string; color: string | null | undefined }) {
  return (
    <span className={classes.chip} style={hueStyle(color)}>
      {label}
    </span>
  );
}
