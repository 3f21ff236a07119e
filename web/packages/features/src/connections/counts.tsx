import { useTranslation } from "react-i18next";
import { useFormat } from "../core";
import classes from "./connections.module.css";
import { inOrder, isCounted } from "./counted";

/** What and how many; kinds this version does not know are shown by their own word. */
export function Counts({ counts }: { counts: ReadonlyArray<{ what: string; count: number }> }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ul className={classes.counts}>
      {inOrder(counts).map(({ what, count }) => (
        <li key={what}>
          <span>{isCounted(what) ? t(`counts.${what}`) : what.replaceAll("_", " ")}</span>
          <span>{format.number(count)}</span>
        </li>
      ))}
    </ul>
  );
}
