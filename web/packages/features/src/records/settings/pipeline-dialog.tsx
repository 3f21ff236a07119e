/** A pipeline's name and stages, saved as a whole: order, colour, outcome, rules. */
import { Button, Modal, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { isProblem } from "@tenon/api-client";
import { IconPlus, Notice, useToast } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { newKey, ProblemNotice, useApi, useFocusBack } from "../../core";
import { recordCalls } from "../core/calls";
import { BOX_KIND } from "../core/fields";
import { recordKeys } from "../core/keys";
import { COLORS } from "../core/option-chip";
import type { Pipeline, StageInput } from "../core/types";
import classes from "./settings.module.css";
import { StageForm } from "./stage-form";

type StageRow = { rowKey: string; stage: StageInput };

export function PipelineDialog({ pipeline, close }: { pipeline: Pipeline; close: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  useFocusBack();
  const [name, setName] = useState(pipeline.name);
  const [added, setAdded] = useState<string>();
  const [rows, setRows] = useState<StageRow[]>(() =>
    pipeline.stages.map((stage) => ({ rowKey: stage.id, stage })),
  );
  const save = useMutation({
    mutationFn: () =>
      recordCalls(api).changePipeline(pipeline.id, pipeline.version, {
        name: name.trim(),
        stages: rows.map(({ stage }) => ({ ...stage, name: stage.name.trim() })),
      }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: recordKeys.pipelines });
      void client.invalidateQueries({ queryKey: recordKeys.counts });
      toast(t("records.settings.pipeline_saved", { name: name.trim() }));
      close();
    },
  });
  const change = (at: number, stage: StageInput) =>
    setRows(rows.map((row, index) => (index === at ? { ...row, stage } : row)));
  const swap = (at: number, by: 1 | -1) => {
    const [here, there] = [rows[at], rows[at + by]];
    if (here !== undefined && there !== undefined) setRows(rows.with(at, there).with(at + by, here));
  };
  const add = () => {
    const rowKey = newKey();
    const color = rows.length % COLORS.length;
    const stage: StageInput = {
      name: "",
      color,
      outcome: "open",
      probability: null,
      required: [],
      task: null,
    };
    setAdded(rowKey);
    setRows([...rows, { rowKey, stage }]);
  };
  const incomplete =
    name.trim() === "" || rows.length === 0 || rows.some(({ stage }) => stage.name.trim() === "");
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={t("records.settings.edit_named", { name: pipeline.name })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <div className={classes.form}>
        <TextInput
          label={t("records.settings.name")}
          value={name}
          maxLength={100}
          data-autofocus
          autoComplete="off"
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <ol className={classes.stages} aria-label={t("records.settings.stages")}>
          {rows.map(({ rowKey, stage }, at) => (
            <li key={rowKey} className={classes.stage}>
              <StageForm
                kind={BOX_KIND[pipeline.kind]}
                stage={stage}
                number={at + 1}
                isNew={rowKey === added}
                change={(next) => change(at, next)}
                up={at === 0 ? undefined : () => swap(at, -1)}
                down={at === rows.length - 1 ? undefined : () => swap(at, 1)}
                remove={() => setRows(rows.filter((row) => row.rowKey !== rowKey))}
              />
            </li>
          ))}
        </ol>
        <Button
          className={classes.add ?? ""}
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={14} />}
          onClick={add}
        >
          {t("records.settings.add_stage")}
        </Button>
        {save.error !== null &&
          (isProblem(save.error, "stage_not_empty") ? (
            <Notice tone="danger" role="alert" title={t("records.settings.stage_not_empty")}>
              {t("records.settings.stage_not_empty_text")}
            </Notice>
          ) : isProblem(save.error) && save.error.status === 412 ? (
            <Notice tone="warn" role="alert" title={t("records.settings.changed_meanwhile")}>
              {t("records.settings.changed_meanwhile_text")}
            </Notice>
          ) : (
            <ProblemNotice error={save.error} />
          ))}
        <div className={classes.actions}>
          <Button variant="default" onClick={close}>
            {t("common.cancel")}
          </Button>
          <Button loading={save.isPending} disabled={incomplete} onClick={() => save.mutate()}>
            {t("common.save")}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
