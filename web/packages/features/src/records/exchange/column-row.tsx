/** A column of the file: what it is called, what stands in it, what becomes of it. */
import { NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { plain } from "../../core";
import { CURRENCIES } from "../core/amounts";
import type { FieldSet } from "../core/fields";
import type { ImportColumn, ImportTarget } from "../core/next-types";
import classes from "./exchange.module.css";
import { useTargetWords } from "./target-words";
import { isLabelled, type TargetGroup, targetKey, targetOf } from "./targets";

const WAYS = ["title", "email", "id"] as const;
const LABELS = ["work", "home", "mobile", "mailing", "other"] as const;

type ColumnRowProps = {
  column: ImportColumn;
  target: ImportTarget | null;
  fields: FieldSet;
  groups: TargetGroup[];
  currency: string;
  set: (target: ImportTarget | null) => void;
};

export function ColumnRow({ column, target, fields, groups, currency, set }: ColumnRowProps) {
  const { t } = useTranslation();
  const words = useTargetWords();
  const field = target === null ? undefined : fields.byKey.get(target.field);
  const name = plain(column.name) || t("exchange.nameless_column", { number: column.index + 1 });
  const samples = column.samples.map(plain).filter((sample) => sample !== "");
  const data = [
    { value: "", label: t("exchange.leave_out") },
    ...groups.flatMap(({ of, choices }) => {
      const items = choices.map(({ value }) => ({
        value,
        label: of === null ? words.choice(value, fields) : words.part(value.split(".")[1] ?? ""),
      }));
      return of === null ? [{ group: t("exchange.fields"), items }] : [{ group: of.label, items }];
    }),
  ];
  const key = targetKey(target);
  const known = key === "" || groups.some(({ choices }) => choices.some(({ value }) => value === key));
  return (
    <li className={classes.column} data-left={target === null || undefined}>
      <span className={classes.columnName}>{name}</span>
      <span className={classes.samples}>
        {samples.length === 0 ? (
          <span className={classes.note}>{t("exchange.no_samples")}</span>
        ) : (
          samples.map((sample, at) => (
            <span key={at} className={classes.sample}>
              {sample}
            </span>
          ))
        )}
      </span>
      <span className={classes.target}>
        <NativeSelect
          size="xs"
          aria-label={t("exchange.becomes_of", { name })}
          value={key}
          data={known ? data : [...data, { value: key, label: words.choice(key, fields) }]}
          onChange={(event) => set(targetOf(event.currentTarget.value, fields, currency))}
        />
        {target !== null && isLabelled(field) && (
          <NativeSelect
            size="xs"
            aria-label={t("exchange.label_of", { name })}
            value={target.label ?? ""}
            data={[
              { value: "", label: t("exchange.no_label") },
              ...LABELS.map((one) => ({ value: one, label: t(`records.label.${one}`) })),
              ...[target.label ?? ""]
                .filter((own) => own !== "" && !LABELS.some((one) => one === own))
                .map((own) => ({ value: own, label: own })),
            ]}
            onChange={(event) => {
              const { label: _, ...rest } = target;
              const label = event.currentTarget.value;
              set(label === "" ? rest : { ...rest, label });
            }}
          />
        )}
        {target !== null && (field?.type === "link" || field?.type === "links") && (
          <NativeSelect
            size="xs"
            aria-label={t("exchange.by_of", { name })}
            value={target.by ?? "title"}
            data={WAYS.map((value) => ({ value, label: t(`exchange.by.${value}`) }))}
            onChange={(event) => set({ ...target, by: event.currentTarget.value as (typeof WAYS)[number] })}
          />
        )}
        {target !== null && field?.type === "money" && (
          <NativeSelect
            size="xs"
            aria-label={t("exchange.currency_of", { name })}
            value={target.currency ?? currency}
            data={[...CURRENCIES]}
            onChange={(event) => set({ ...target, currency: event.currentTarget.value })}
          />
        )}
      </span>
    </li>
  );
}
