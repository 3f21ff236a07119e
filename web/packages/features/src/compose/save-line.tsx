import { useTranslation } from "react-i18next";
import { useFormat, useProblemText } from "../core";
import classes from "./composer.module.css";
import type { DraftHandle } from "./use-draft";

/** How the draft stands: people close a window only when they see that nothing is lost. */
export function SaveLine({ draft, again }: { draft: DraftHandle; again: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const problemText = useProblemText();
  const { state, savedAt, error } = draft.status;
  const choice = (label: string, run: () => void) => (
    <button type="button" className={classes.saveAction} onClick={run}>
      {label}
    </button>
  );
  const bad = state === "failed" || state === "conflict" || state === "gone";
  return (
    <div
      className={classes.save}
      data-bad={bad ? "" : undefined}
      role={bad && state !== "conflict" ? "alert" : "status"}
    >
      {state === "saving" && t("compose.save.saving")}
      {state === "unsaved" && t("compose.save.unsaved")}
      {state === "saved" && savedAt !== undefined && (
        <span title={format.full(savedAt)}>{t("compose.save.saved")}</span>
      )}
      {state === "failed" && (
        <>
          {t("compose.save.failed")} {error !== undefined && problemText(error)}{" "}
          {choice(t("problem.retry"), () => draft.session.retry())}
        </>
      )}
      {state === "conflict" && t("compose.save.conflict")}
      {state === "gone" && (
        <>
          {t("compose.save.gone")} {choice(t("compose.save.again"), again)}
        </>
      )}
    </div>
  );
}
