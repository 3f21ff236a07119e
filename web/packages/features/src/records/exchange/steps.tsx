/** How far an import is. */
import { IconCheck } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import classes from "./exchange.module.css";

const STEPS = ["file", "columns", "check", "done"] as const;
export type Step = (typeof STEPS)[number];

export function Steps({ at }: { at: Step }) {
  const { t } = useTranslation();
  const current = STEPS.indexOf(at);
  return (
    <ol className={classes.steps} aria-label={t("exchange.steps")}>
      {STEPS.map((step, place) => (
        <li
          key={step}
          className={classes.step}
          data-past={place < current || undefined}
          aria-current={step === at ? "step" : undefined}
        >
          <span className={classes.stepNumber} aria-hidden="true">
            {place < current ? <IconCheck size={13} stroke={2.5} /> : place + 1}
          </span>
          <span className={classes.stepName}>{t(`exchange.step.${step}`)}</span>
        </li>
      ))}
    </ol>
  );
}
