import classes from "./h-bar.module.css";
import type { Tone } from "./shapes";

/** A bar that lies, from zero; `share` of the whole width, 0 to 1. */
export function HBar({ share, tone, high = 20 }: { share: number; tone: Tone; high?: number }) {
  const wide = `${Math.max(0, Math.min(1, share)) * 100}%`;
  return (
    <svg className={classes.bar} height={high} data-tone={tone} aria-hidden="true">
      <rect className={classes.track} width="100%" height={high} rx={3} />
      {share > 0 && (
        <rect className={classes.value} width={wide} height={high} rx={3} style={{ minWidth: 2 }} />
      )}
    </svg>
  );
}
