/** What would become of each row, before anything is written. */
import { Button } from "@mantine/core";
import { IconCheck, IconChevronLeft, Notice } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../core";
import type { ImportItem } from "../core/next-types";
import classes from "./exchange.module.css";
import { Refusal } from "./refusal";
import { RowsPanel } from "./rows-panel";
import { useImportActions } from "./use-import-actions";

export function CheckStep({ item, toColumns }: { item: ImportItem; toColumns: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const actions = useImportActions(item);
  const counts = item.counts ?? { create: 0, update: 0, skip: 0, fail: 0 };
  const written = counts.create + counts.update;
  return (
    <>
      {actions.error !== undefined && <Refusal error={actions.error} />}
      {counts.fail > 0 ? (
        <Notice
          tone="warn"
          role="status"
          title={t("exchange.faulty", { count: counts.fail, number: format.number(counts.fail) })}
        >
          {t("exchange.faulty_text")}
        </Notice>
      ) : (
        <Notice tone="ok" role="status" title={t("exchange.sound")}>
          {t("exchange.nothing_written")}
        </Notice>
      )}
      <RowsPanel item={item} counts={counts} ahead />
      <div className={classes.foot}>
        <Button variant="default" leftSection={<IconChevronLeft size={16} />} onClick={toColumns}>
          {t("exchange.to_columns")}
        </Button>
        <span className={classes.space} />
        <Button
          leftSection={<IconCheck size={16} />}
          disabled={written === 0}
          loading={actions.busy === "start"}
          onClick={() => actions.run("start")}
        >
          {t("exchange.start", { count: written, number: format.number(written) })}
        </Button>
      </div>
    </>
  );
}
