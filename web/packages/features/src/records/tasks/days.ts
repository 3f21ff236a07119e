/** Tasks by when they are due, as a person sees a day. */
import type { RecordItem } from "../core/types";

export const SECTIONS = ["overdue", "today", "week", "later", "someday"] as const;
export type Section = (typeof SECTIONS)[number];

/** Days have no zone: they compare as texts. `today` is the day of the person's clock. */
export function sectionOf(due: unknown, today: string): Section {
  if (typeof due !== "string" || due === "") return "someday";
  if (due < today) return "overdue";
  if (due === today) return "today";
  return due <= addDays(today, 7) ? "week" : "later";
}

export function addDays(day: string, days: number): string {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

export type TaskRow = { section: Section; count: number } | { task: RecordItem };

const RANK: Record<string, number> = { urgent: 0, high: 1, normal: 2, low: 3 };
const rank = (task: RecordItem) => RANK[String(task.values.priority ?? "normal")] ?? 2;
const dueOf = (task: RecordItem) =>
  typeof task.values.due_date === "string" ? task.values.due_date : "9999";

/** Heads and tasks in one list; within a day the more pressing ones first. */
export function rowsOf(tasks: readonly RecordItem[], today: string): TaskRow[] {
  const sections = new Map<Section, RecordItem[]>();
  for (const task of tasks) {
    const section = sectionOf(task.values.due_date, today);
    sections.set(section, [...(sections.get(section) ?? []), task]);
  }
  return SECTIONS.flatMap((section): TaskRow[] => {
    const inside = sections.get(section);
    if (inside === undefined) return [];
    const sorted = inside.toSorted((a, b) => dueOf(a).localeCompare(dueOf(b)) || rank(a) - rank(b));
    return [{ section, count: inside.length }, ...sorted.map((task) => ({ task }))];
  });
}
