import { Kbd } from "@tenon/ui";

/** What stands on the keys: `Mod+k` is Ctrl (Cmd on Apple's) and K, `U` is Shift and U. */
export function keyCaps(keys: string, apple = isApple()): string[] {
  return keys.split(" ").flatMap((key) => {
    if (key.startsWith("Mod+")) return [apple ? "⌘" : "Ctrl", key.slice(4).toUpperCase()];
    if (/^\p{Lu}$/u.test(key)) return ["Shift", key];
    return [key === "Escape" ? "Esc" : key];
  });
}

const isApple = () => /Mac|iPhone|iPad/.test(globalThis.navigator?.userAgent ?? "");

export function Keys({ keys }: { keys: string }) {
  return (
    <span style={{ display: "inline-flex", gap: "0.25rem", whiteSpace: "nowrap" }}>
      {keyCaps(keys).map((cap, at) => (
        <Kbd key={at}>{cap}</Kbd>
      ))}
    </span>
  );
}
