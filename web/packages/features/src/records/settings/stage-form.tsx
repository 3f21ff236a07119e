import { ActionIcon, NativeSelect, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconChevronDown, IconX } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFields } from "../core/fields";
import { Picker } from "../core/inputs/picker";
import type { BoxKind, StageInput, StageOutcome } from "../core/types";
import { ColorButton } from "./color-button";
import classes from "./settings.module.css";

type StageFormProps = {
  kind: BoxKind;
  stage: StageInput;
  number: number;
  isNew: boolean;
  change: (stage: StageInput) => void;
  up: (() => void) | undefined;
  down: (() => void) | undefined;
  remove: () => void;
};

const OUTCOMES: readonly StageOutcome[] = ["open", "won", "lost"];

/** One stage: its name at once, its rules on wish. */
export function StageForm({ kind, stage, number, isNew, change, up, down, remove }: StageFormProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const name = stage.name.trim() === "" ? String(number) : stage.name;
  return (
    <>
      <div className={classes.stageHead}>
        <ColorButton name={name} color={stage.color} onChange={(color) => change({ ...stage, color })} />
        <TextInput
          aria-label={t("records.settings.stage_number", { number })}
          value={stage.name}
          maxLength={100}
          autoFocus={isNew}
          autoComplete="off"
          onChange={(event) => change({ ...stage, name: event.currentTarget.value })}
        />
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          disabled={up === undefined}
          aria-label={t("records.settings.up_named", { name })}
          onClick={up}
        >
          <IconArrowUp size={16} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          disabled={down === undefined}
          aria-label={t("records.settings.down_named", { name })}
          onClick={down}
        >
          <IconArrowDown size={16} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t("records.take_away", { name })}
          onClick={remove}
        >
          <IconX size={16} />
        </ActionIcon>
        <ActionIcon
          variant={open ? "light" : "subtle"}
          color={open ? undefined : "gray"}
          size="lg"
          aria-expanded={open}
          aria-label={t("records.settings.rules_of", { name })}
          onClick={() => setOpen(!open)}
        >
          <IconChevronDown size={16} style={open ? { transform: "rotate(180deg)" } : undefined} />
        </ActionIcon>
      </div>
      {open && <StageRules kind={kind} stage={stage} change={change} />}
    </>
  );
}

type StageRulesProps = Pick<StageFormProps, "kind" | "stage" | "change">;

function StageRules({ kind, stage, change }: StageRulesProps) {
  const { t } = useTranslation();
  const fields = useFields(kind)?.all.filter(({ key }) => key !== "pipeline" && key !== "stage") ?? [];
  const options = fields.map(({ key, label }) => ({ value: key, label }));
  const whole = (text: string, most: number) => Math.min(most, Math.max(0, Math.round(Number(text) || 0)));
  return (
    <div className={classes.more}>
      <NativeSelect
        label={t("records.settings.outcome")}
        value={stage.outcome}
        data={OUTCOMES.map((value) => ({ value, label: t(`records.settings.outcomes.${value}`) }))}
        onChange={(event) => change({ ...stage, outcome: event.currentTarget.value as StageOutcome })}
      />
      {kind === "deal" && (
        <TextInput
          label={t("records.settings.probability")}
          inputMode="numeric"
          value={stage.probability === null ? "" : String(stage.probability)}
          rightSection="%"
          onChange={(event) => {
            const text = event.currentTarget.value.trim();
            change({ ...stage, probability: text === "" ? null : whole(text, 100) });
          }}
        />
      )}
      <div className={classes.wide}>
        <Picker
          label={t("records.settings.required_fields")}
          labelShown
          description={t("records.settings.required_fields_hint")}
          multiple
          options={options}
          chosen={stage.required.map(
            (key) => options.find(({ value }) => value === key) ?? { value: key, label: key },
          )}
          onChoose={(required) => change({ ...stage, required })}
        />
      </div>
      <TextInput
        label={t("records.settings.task")}
        description={t("records.settings.task_hint")}
        value={stage.task?.name ?? ""}
        maxLength={200}
        autoComplete="off"
        onChange={(event) => {
          const name = event.currentTarget.value;
          change({ ...stage, task: name === "" ? null : { name, due_days: stage.task?.due_days ?? 3 } });
        }}
      />
      {stage.task !== null && (
        <TextInput
          label={t("records.settings.due_days")}
          description={t("records.settings.due_days_hint")}
          inputMode="numeric"
          value={String(stage.task.due_days)}
          onChange={(event) =>
            change({
              ...stage,
              task: { name: stage.task?.name ?? "", due_days: whole(event.currentTarget.value, 365) },
            })
          }
        />
      )}
    </div>
  );
}
