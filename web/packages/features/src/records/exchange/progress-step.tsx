/** What the server is busy with. Nobody needs to wait for it here. */
import { Button } from "@mantine/core";
import { Panel, ProgressBar } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { ProblemNotice, useFormat } from "../../core";
import type { ImportItem } from "../core/next-types";
import classes from "./exchange.module.css";
import { isBusy } from "./queries";
import { useImportActions } from "./use-import-actions";

export function ProgressStep({ item }: { item: ImportItem }) {
  const { t } = useTranslation();
  const format = useFormat();
  const actions = useImportActions(item);
  if (!isBusy(item.state)) return null;
  const { rows_done: done, rows } = item.progress;
  const title = t(`exchange.busy.${item.state}`);
  return (
    <Panel title={title} lead={t(`exchange.busy.${item.state}_note`)}>
      {actions.error !== undefined && <ProblemNotice error={actions.error} />}
      <ProgressBar value={rows === 0 ? 0 : (100 * done) / rows} label={title} />
      <div className={classes.progress}>
        <span className="tn-tabular" role="status">
          {t("exchange.so_far", { done: format.number(done), rows: format.number(rows) })}
        </span>
        <span className={classes.space} />
        {item.state !== "undoing" && (
          <Button
            variant="default"
            size="xs"
            loading={actions.busy === "cancel"}
            onClick={() => actions.run("cancel")}
          >
            {t(item.state === "running" ? "exchange.stop" : "common.cancel")}
          </Button>
        )}
      </div>
    </Panel>
  );
}
