import { NativeSelect, NumberInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { FieldDef, ShownType } from "../core/fields";
import { isBox, PIPELINE_KIND } from "../core/fields";
import { FieldInput } from "../core/inputs/field-input";
import { Picker } from "../core/inputs/picker";
import type { FieldValue, Within } from "../core/types";
import { usePipelines } from "../core/words";
import classes from "./filter.module.css";
import { type Rule, shapeOf } from "./model";

type ValueInputProps = { field: FieldDef; rule: Rule; change: (value: unknown) => void };

/** By what a value is asked for: of many e-mails one is looked for by a part of it. */
const ASKED_AS: Partial<Record<ShownType, ShownType>> = {
  long_text: "text",
  url: "text",
  emails: "text",
  phones: "text",
  addresses: "text",
  money: "number",
  datetime: "date",
  choices: "choice",
  people: "person",
  links: "link",
};
const SEVERAL: Partial<Record<ShownType, ShownType>> = { choice: "choices", person: "people" };

export function ValueInput({ field, rule, change }: ValueInputProps) {
  const { t } = useTranslation();
  const one: FieldDef = { ...field, type: ASKED_AS[field.type] ?? field.type, required: false };
  const label = t("records.filter.value_of", { field: field.label });
  switch (shapeOf(rule.op)) {
    case "none":
      return null;
    case "period":
      return <Period value={rule.value as Within | undefined} change={change} />;
    case "pair": {
      const pair = Array.isArray(rule.value) ? rule.value : [null, null];
      return (
        <span className={classes.pair}>
          <FieldInput
            field={one}
            label={`${label} – ${t("records.filter.from")}`}
            value={(pair[0] ?? null) as FieldValue | null}
            onChange={(from) => change([from, pair[1] ?? null])}
          />
          <span className={classes.quiet}>{t("records.filter.and")}</span>
          <FieldInput
            field={one}
            label={`${label} – ${t("records.filter.to")}`}
            value={(pair[1] ?? null) as FieldValue | null}
            onChange={(to) => change([pair[0] ?? null, to])}
          />
        </span>
      );
    }
    case "several": {
      const value = (Array.isArray(rule.value) ? rule.value : []) as string[];
      if (field.type === "stage") return <Stages field={field} value={value} label={label} change={change} />;
      const several: FieldDef = { ...one, type: SEVERAL[one.type] ?? one.type };
      return <FieldInput field={several} label={label} value={value} onChange={change} />;
    }
    case "one":
      if (field.type === "boolean") {
        return (
          <NativeSelect
            size="sm"
            aria-label={label}
            value={rule.value === false ? "no" : "yes"}
            data={[
              { value: "yes", label: t("records.yes") },
              { value: "no", label: t("records.no") },
            ]}
            onChange={(event) => change(event.currentTarget.value === "yes")}
          />
        );
      }
      if (field.type === "stage") {
        const value = typeof rule.value === "string" ? [rule.value] : [];
        return (
          <Stages field={field} value={value} label={label} change={([first]) => change(first)} single />
        );
      }
      return (
        <FieldInput
          field={one}
          label={label}
          value={(rule.value ?? null) as FieldValue | null}
          onChange={change}
        />
      );
  }
}

type StagesProps = {
  field: FieldDef;
  value: string[];
  label: string;
  single?: boolean;
  change: (stages: string[]) => void;
};

/** Stages of all pipelines of the kind; those of several are told apart by the pipeline's name. */
function Stages({ field, value, label, single = false, change }: StagesProps) {
  const all = usePipelines();
  const kind = isBox(field.kind) ? PIPELINE_KIND[field.kind] : undefined;
  const pipelines = all?.filter((pipeline) => pipeline.kind === kind && !pipeline.archived) ?? [];
  const options = pipelines.flatMap((pipeline) =>
    pipeline.stages.map((stage) => ({
      value: stage.id,
      label: stage.name,
      color: stage.color,
      ...(pipelines.length > 1 ? { hint: pipeline.name } : {}),
    })),
  );
  return (
    <Picker
      label={label}
      options={options}
      chosen={options.filter((option) => value.includes(option.value))}
      multiple={!single}
      onChoose={change}
    />
  );
}

const UNITS = ["days", "weeks", "months"] as const;

function Period({ value, change }: { value: Within | undefined; change: (value: Within) => void }) {
  const { t } = useTranslation();
  const next = value !== undefined && "next" in value;
  const count = value === undefined ? 7 : "next" in value ? value.next : value.last;
  const unit = value?.unit ?? "days";
  const give = (forward: boolean, much: number, each: Within["unit"]) =>
    change(forward ? { next: much, unit: each } : { last: much, unit: each });
  return (
    <span className={classes.pair}>
      <NativeSelect
        size="sm"
        aria-label={t("records.filter.direction")}
        value={next ? "next" : "last"}
        data={[
          { value: "last", label: t("records.filter.last") },
          { value: "next", label: t("records.filter.next") },
        ]}
        onChange={(event) => give(event.currentTarget.value === "next", count, unit)}
      />
      <NumberInput
        size="sm"
        w={72}
        min={1}
        max={1000}
        clampBehavior="strict"
        aria-label={t("records.filter.number")}
        value={count}
        onChange={(much) => give(next, Number(much) || 1, unit)}
      />
      <NativeSelect
        size="sm"
        aria-label={t("records.filter.unit")}
        value={unit}
        data={UNITS.map((each) => ({ value: each, label: t(`records.filter.unit_${each}`) }))}
        onChange={(event) => give(next, count, event.currentTarget.value as Within["unit"])}
      />
    </span>
  );
}
