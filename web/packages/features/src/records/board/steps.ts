/** Ways over a board by keyboard: the eyes go, or they take the card along. */
import type { RecordItem } from "../core/types";

export type Step = "up" | "down" | "left" | "right";
export type LaidColumn = { stage: string; cards: RecordItem[] };
export type StepTarget = { focus: string } | { record: RecordItem; stage: string; before: string | null };

export function targetOf(
  columns: readonly LaidColumn[],
  active: string | undefined,
  step: Step,
  carries: boolean,
): StepTarget | undefined {
  const at = columns.findIndex(({ cards }) => cards.some(({ id }) => id === active));
  const column = columns[at];
  const row = column?.cards.findIndex(({ id }) => id === active) ?? -1;
  const record = column?.cards[row];
  if (column === undefined || record === undefined) return undefined;
  if (step === "up" || step === "down") {
    const by = step === "down" ? 1 : -1;
    const other = column.cards[row + by];
    if (other === undefined) return undefined;
    if (!carries) return { focus: other.id };
    // Down: behind the next one, which is before the one after it.
    const before = by < 0 ? other.id : (column.cards[row + 2]?.id ?? null);
    return { record, stage: column.stage, before };
  }
  const by = step === "right" ? 1 : -1;
  if (carries) {
    const to = columns[at + by];
    // To the same height, where one looks already.
    return to === undefined ? undefined : { record, stage: to.stage, before: to.cards[row]?.id ?? null };
  }
  // Columns with nothing in them are passed over.
  for (let next = at + by; next >= 0 && next < columns.length; next += by) {
    const cards = columns[next]?.cards ?? [];
    const found = cards[Math.min(row, cards.length - 1)];
    if (found !== undefined) return { focus: found.id };
  }
  return undefined;
}
