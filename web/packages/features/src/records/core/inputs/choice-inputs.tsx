/** Fields whose value is chosen: options, people, records, pipelines and stages. */
import { useTranslation } from "react-i18next";
import { useMe } from "../../../core";
import { isBox, PIPELINE_KIND } from "../fields";
import { findStage, useMembers, usePipelines } from "../words";
import type { FieldInputProps } from "./field-input";
import { Picker, type PickOption } from "./picker";
import { RecordPicker } from "./record-picker";

const MULTIPLE = new Set(["choices", "people", "links"]);

function common(props: FieldInputProps) {
  const { field, label, labelShown, error, autoFocus, initial, onDone } = props;
  return {
    label: label ?? field.label,
    labelShown: labelShown === true,
    required: field.required,
    multiple: MULTIPLE.has(field.type),
    error,
    autoFocus: autoFocus === true,
    initial,
    onDone,
  };
}

const chosenIds = (value: FieldInputProps["value"]): string[] =>
  Array.isArray(value) ? (value as string[]) : typeof value === "string" && value !== "" ? [value] : [];

function tell({ field, onChange }: FieldInputProps, values: string[]): void {
  if (MULTIPLE.has(field.type)) onChange(values.length === 0 ? null : values);
  else onChange(values[0] ?? null);
}

export function ChoiceField(props: FieldInputProps) {
  const { field, value } = props;
  const of = (each: string): PickOption =>
    field.options.find((option) => option.value === each) ?? { value: each, label: each };
  return (
    <Picker
      {...common(props)}
      options={field.options}
      chosen={chosenIds(value).map(of)}
      onChoose={(values) => tell(props, values)}
    />
  );
}

export function PersonField(props: FieldInputProps) {
  const { t } = useTranslation();
  const members = useMembers();
  const own = useMe()?.member.id;
  const option = (id: string): PickOption => {
    const member = members.byId.get(id);
    const name = members.name(id);
    return {
      value: id,
      label: id === own ? t("records.me", { name }) : name,
      hint: member?.email,
      avatar: member?.email ?? id,
    };
  };
  // Oneself first: that is who is asked for most.
  const ids = members.all.map(({ id }) => id).sort((a, b) => Number(b === own) - Number(a === own));
  return (
    <Picker
      {...common(props)}
      options={ids.map(option)}
      chosen={chosenIds(props.value).map(option)}
      onChoose={(values) => tell(props, values)}
    />
  );
}

export function LinkField(props: FieldInputProps) {
  return (
    <RecordPicker
      {...common(props)}
      kinds={props.field.linksTo}
      value={chosenIds(props.value)}
      linked={props.linked ?? {}}
      onChange={(ids) => tell(props, ids)}
    />
  );
}

export function PipelineField(props: FieldInputProps) {
  const pipelines = usePipelines() ?? [];
  const { kind } = props.field;
  const options = pipelines
    .filter((one) => isBox(kind) && one.kind === PIPELINE_KIND[kind] && !one.archived)
    .map(({ id, name }) => ({ value: id, label: name }));
  const of = (id: string) => ({ value: id, label: pipelines.find((one) => one.id === id)?.name ?? "" });
  return (
    <Picker
      {...common(props)}
      required
      options={options}
      chosen={chosenIds(props.value).map(of)}
      onChoose={(values) => tell(props, values)}
    />
  );
}

/** The stages of the record's pipeline; without one, of all pipelines of the kind. */
export function StageField(props: FieldInputProps) {
  const pipelines = usePipelines() ?? [];
  const { kind } = props.field;
  const inPipeline = props.values?.pipeline;
  const fitting = pipelines.filter(
    (one) =>
      isBox(kind) &&
      one.kind === PIPELINE_KIND[kind] &&
      !one.archived &&
      (typeof inPipeline !== "string" || one.id === inPipeline),
  );
  const options = fitting.flatMap((pipeline) =>
    pipeline.stages.map((stage) => ({
      value: stage.id,
      label: stage.name,
      color: stage.color,
      hint: fitting.length > 1 ? pipeline.name : undefined,
    })),
  );
  const of = (id: string): PickOption => {
    const stage = findStage(pipelines, id)?.stage;
    return { value: id, label: stage?.name ?? "", color: stage?.color ?? 0 };
  };
  return (
    <Picker
      {...common(props)}
      required
      options={options}
      chosen={chosenIds(props.value).map(of)}
      onChoose={(values) => tell(props, values)}
    />
  );
}
