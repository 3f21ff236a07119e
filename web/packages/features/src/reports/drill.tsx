/** Which figure's records stand beside the picture. In the address it is a few ids and words, never a name. */
import { createContext, useContext } from "react";
import { DEEDS, type Deed, type Pick } from "./types";

/** A lost reason is somebody's own words: the address has only its place among those that are shown. */
export type Pointed = Omit<Pick, "reason"> & { reasonAt?: number };

const OUTCOMES = ["open", "won", "lost", "created"] as const;
const isId = (text: string | undefined, prefix: string): text is string =>
  text?.startsWith(`${prefix}_`) === true;

export function writePick({ stage, outcome, bucket, member, what, reasonAt }: Pointed): string {
  if (stage !== undefined) return stage;
  if (reasonAt !== undefined) return `reason.${reasonAt}`;
  if (what !== undefined) return `${what}.${member ?? ""}`;
  return bucket === undefined ? `${outcome}` : `${outcome}.${bucket}`;
}

export function readPick(text: string | undefined): Pointed | undefined {
  if (text === undefined) return undefined;
  const [word = "", rest] = text.split(".");
  if (isId(word, "stg")) return { stage: word };
  if (word === "reason" && /^\d+$/.test(rest ?? "")) return { reasonAt: Number(rest) };
  const what = DEEDS.find((one): one is Deed => one === word);
  if (what !== undefined) return isId(rest, "mem") ? { what, member: rest } : undefined;
  const outcome = OUTCOMES.find((one) => one === word);
  if (outcome === undefined) return undefined;
  if (rest === undefined) return { outcome };
  return /^\d{4}-\d{2}-\d{2}$/.test(rest) ? { outcome, bucket: rest } : undefined;
}

type Drill = { shown: string | undefined; show: (pick: string) => void };
const DrillContext = createContext<Drill>({ shown: undefined, show: () => undefined });
export const DrillProvider = DrillContext.Provider;

/** What opens the records of a figure, and whether they are open; nothing where there are none. */
export function useDrill() {
  const { shown, show } = useContext(DrillContext);
  return (pointed: Pointed, count: number) => {
    const pick = writePick(pointed);
    return { open: count === 0 ? undefined : () => show(pick), isOpen: shown === pick };
  };
}
export type DrillTo = ReturnType<typeof useDrill>;
