import { useTranslation } from "react-i18next";
import { useFormat } from "../core";
import classes from "./connections.module.css";

const KNOWN = [
  "messages",
  "threads",
  "labels",
  "tokens",
  "jobs",
  "cursors",
  "addresses",
  "consents",
  "runs",
  "skipped",
  "aliases",
] as const;
type Known = (typeof KNOWN)[number];
const isKnown = (what: string): what is Known => (KNOWN as readonly string[]).includes(what);

/** What and how many; kinds this version does not know are shown by their own word. */
export function Counts({ counts }: { counts: ReadonlyArray<{ what: string; count: number }> }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ul className={classes.counts}>
      {counts.map(({ what, count }) => (
        <li key={what}>
          <span>{isKnown(what) ? t(`counts.${what}`) : what.replaceAll("_", " ")}</span>
          <span>{format.number(count)}</span>
        </li>
      ))}
    </ul>
  );
}
