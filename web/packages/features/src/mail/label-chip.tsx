import type { Label } from "@tenon/api-client";
import classes from "./labels.module.css";

/** WCAG's relative luminance of `#rrggbb`; undefined for anything else. */
function luminance(color: string): number | undefined {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color);
  if (match === null) return undefined;
  const [r = 0, g = 0, b = 0] = match.slice(1).map((part) => {
    const value = Number.parseInt(part, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/**
 * Colours as the provider has them. Its own pairs of ground and text may fail AA, so the text becomes
 * black or white, whichever reads better on that ground.
 */
export function chipColors(color: Label["color"]): { background: string; color: string } | undefined {
  if (color == null) return undefined;
  const ground = luminance(color.background);
  if (ground === undefined) return undefined;
  return { background: color.background, color: ground > 0.179 ? "#111111" : "#ffffff" };
}

/** The colour of a label as a CSS value that is safe to set. */
export function labelDot(label: Label): string | undefined {
  return chipColors(label.color)?.background;
}

/** For further labels where there is room for one name only. */
export function LabelDot({ label }: { label: Label }) {
  const color = labelDot(label);
  return (
    <span
      className={classes.smallDot}
      title={label.name}
      style={color === undefined ? undefined : ({ "--label": color } as React.CSSProperties)}
    >
      <span className="tn-sr-only">{label.name}</span>
    </span>
  );
}

/** `short` leaves out the parents: in a list `Annecy` says enough for `Clients/Annecy`. */
export function LabelChip({ label, short = false }: { label: Label; short?: boolean }) {
  const name = short ? (label.name.split("/").at(-1) ?? label.name) : label.name;
  return (
    <span className={classes.chip} style={chipColors(label.color)} title={label.name}>
      <span>{name}</span>
    </span>
  );
}
