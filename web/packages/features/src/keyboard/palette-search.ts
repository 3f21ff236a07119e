import type { Shortcut } from "./shortcuts";

const plainText = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** How well the text answers the words: beginnings of words count more than middles; 0 is no match. */
function score(words: string[], text: string): number {
  let sum = 0;
  for (const word of words) {
    const at = text.indexOf(word);
    if (at < 0) return 0;
    const starts = new RegExp(`(^|[^\\p{L}\\p{N}])${word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`, "u");
    sum += at === 0 ? 3 : starts.test(text) ? 2 : 1;
  }
  return sum;
}

/** So many commands stand above what was found among customers. */
const MOST_STRONG = 3;

/** Commands that begin as what is typed: they are likely meant, and come before everything else. */
export function strongCommands(found: Shortcut[], query: string): { strong: Shortcut[]; others: Shortcut[] } {
  const words = plainText(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return { strong: [], others: found };
  const begins = (label: string) => {
    const parts = plainText(label).split(/[^\p{L}\p{N}]+/u);
    return (
      parts[0]?.startsWith(words[0] ?? "") === true &&
      words.every((word) => parts.some((part) => part.startsWith(word)))
    );
  };
  const strong = found.filter(({ label }) => begins(label)).slice(0, MOST_STRONG);
  return { strong, others: found.filter((command) => !strong.includes(command)) };
}

/** Commands whose label or group holds every word, best first; without words all, as they are registered. */
export function findCommands(commands: Shortcut[], query: string): Shortcut[] {
  const words = plainText(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return commands;
  return commands
    .map((command) => {
      const label = plainText(command.label);
      return {
        command,
        points: 2 * score(words, label) || score(words, `${plainText(command.group)} ${label}`),
      };
    })
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points)
    .map(({ command }) => command);
}
