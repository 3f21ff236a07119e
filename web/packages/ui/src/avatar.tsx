import classes from "./avatar.module.css";

/** Eight quiet hues; text and ground keep AA in both themes. */
const HUES = [165, 205, 250, 290, 335, 15, 40, 95];

function hueOf(text: string): number {
  let hash = 0;
  for (const char of text) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return HUES[hash % HUES.length] ?? 165;
}

export function initials(name: string): string {
  const words = name
    .replace(/["'<>()]/g, "")
    .split(/[\s.@_-]+/)
    .filter(Boolean);
  const first = words[0] ?? "?";
  const last = words.length > 1 && !name.includes("@") ? (words.at(-1) ?? "") : "";
  return ([...first][0] ?? "?").concat([...last][0] ?? "").toLocaleUpperCase();
}

/** Decorative: the name stands beside it. The letters are drawn by CSS, so they are no text of the page. */
export function Avatar({ name, seed, size = 32 }: { name: string; seed?: string; size?: number }) {
  return (
    <span
      className={classes.avatar}
      aria-hidden="true"
      data-initials={initials(name)}
      style={{ "--hue": hueOf(seed ?? name), "--size": `${size}px` } as React.CSSProperties}
    />
  );
}
