import type { CSSProperties } from "react";
import classes from "./option-chip.module.css";
import type { PaletteColor } from "./types";

/** Hue and strength of each colour of the palette; the server knows their numbers only. */
const PALETTE: ReadonlyArray<readonly [hue: number, chroma: number]> = [
  [0, 0],
  [250, 1],
  [295, 1],
  [55, 1],
  [150, 1],
  [25, 1],
  [190, 1],
  [90, 1],
  [345, 1],
  [220, 1],
  [125, 1],
  [275, 1],
  [320, 1],
  [60, 0.5],
  [10, 0.6],
  [250, 0.35],
];
export const COLORS = PALETTE.map((_, color): PaletteColor => color);

/** Sets `--hue` and `--chroma`; the style sheet makes colours of them that read in both themes. */
export function hueStyle(color: PaletteColor | null | undefined): CSSProperties {
  const [hue, chroma] = PALETTE[color ?? 0] ?? [0, 0];
  return { "--hue": hue, "--chroma": chroma } as CSSProperties;
}

export function OptionDot({ color }: { color: PaletteColor | null | undefined }) {
  return <span className={classes.dot} style={hueStyle(color)} aria-hidden="true" />;
}

/** An option, or a stage, by its colour and name. */
export function OptionChip({ label, color }: { label: string; color: PaletteColor | null | undefined }) {
  return (
    <span className={classes.chip} style={hueStyle(color)}>
      {label}
    </span>
  );
}
