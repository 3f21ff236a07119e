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
