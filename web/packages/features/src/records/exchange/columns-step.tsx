/** What becomes of each column, and how the file is read. */
import { Button } from "@mantine/core";
import { IconChevronRight, Notice, Panel } from "@tenon/ui";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { plain, useFormat } from "../../core";
import { type FieldSet, isBox } from "../core/fields";
import type { ImportItem } from "../core/next-types";
import { ColumnRow } from "./column-row";
import classes from "./exchange.module.css";
import { OptionsPanel } from "./options-panel";
import { ReadingPanel } from "./reading-panel";
import { Refusal } from "./refusal";
import { RemoveButton } from "./remove-button";
import { useTargetWords } from "./target-words";
import { factsOf, mappingOf, targetGroups } from "./targets";
import { useImportActions } from "./use-import-actions";
import { useImportDraft } from "./use-import-draft";

export function ColumnsStep({ item, fields }: { item: ImportItem; fields: FieldSet }) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useTargetWords();
  const { options, change, flush, error } = useImportDraft(item);
  const actions = useImportActions(item);
  const mapped = item.columns.length > 0;
  const mapping = useMemo(() => mappingOf({ ...item, options }), [item, options]);
  const groups = useMemo(() => targetGroups(fields), [fields]);
  const facts = factsOf(item.kind, fields, item, mapping);
  const nothing = mapped && mapping.every(({ target }) => target === null);
  const stageless =
    isBox(item.kind) &&
    mapped &&
    options.pipeline === null &&
    facts.types.has("stage") &&
    !facts.types.has("pipeline");
  const blocked = mapped && (nothing || facts.nameless || facts.missing.length > 0);
  const check = async () => {
    if (await flush()) actions.run("check");
  };
  return (
    <>
      {error !== undefined && <Refusal error={error} title={t("exchange.not_saved")} />}
      {actions.error !== undefined && <Refusal error={actions.error} />}
      {item.format === "csv" && <ReadingPanel item={item} options={options} change={change} />}
      {mapped && (
        <Panel title={t("exchange.columns")} lead={t("exchange.columns_lead")} flush>
          <div className={classes.columnHead} aria-hidden="true">
            <span>{t("exchange.column")}</span>
            <span>{t("exchange.samples")}</span>
            <span>{t("exchange.becomes")}</span>
          </div>
          <ul className={classes.columns} aria-label={t("exchange.columns")}>
            {item.columns.map((column, at) => (
              <ColumnRow
                key={column.index}
                column={column}
                target={mapping[at]?.target ?? null}
                fields={fields}
                groups={groups}
                currency={
                  mapping.find(({ target }) => target?.currency !== undefined)?.target?.currency ?? "EUR"
                }
                set={(target) => change({ mapping: mapping.with(at, { column: column.index, target }) })}
              />
            ))}
          </ul>
          <div className={classes.facts}>
            {facts.left.length > 0 && (
              <p className={classes.note}>
                {t("exchange.left_out", {
                  count: facts.left.length,
                  names: format.list(facts.left.map(plain)),
                })}
              </p>
            )}
            {facts.twice.length > 0 && (
              <Notice tone="warn">
                {t("exchange.twice", {
                  names: format.list(facts.twice.map((key) => words.choice(key, fields))),
                })}
              </Notice>
            )}
            {stageless && <Notice tone="warn">{t("exchange.stage_of_which")}</Notice>}
            {(facts.nameless || facts.missing.length > 0) && (
              <Notice tone="warn" title={t("exchange.missing")}>
                {facts.nameless
                  ? t("exchange.nameless")
                  : t("exchange.missing_text", {
                      names: format.list(facts.missing.map(({ label }) => label)),
                    })}
              </Notice>
            )}
          </div>
        </Panel>
      )}
      <OptionsPanel item={item} fields={fields} mapping={mapping} options={options} change={change} />
      <div className={classes.foot}>
        <RemoveButton item={item} />
        <span className={classes.space} />
        <span className={classes.note}>{t("exchange.check_note")}</span>
        <Button
          rightSection={<IconChevronRight size={16} />}
          disabled={blocked}
          loading={actions.busy === "check"}
          onClick={() => void check()}
        >
          {t("exchange.check", { count: item.rows, number: format.number(item.rows) })}
        </Button>
      </div>
    </>
  );
}
