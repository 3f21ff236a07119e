/** Pipelines with their stages. */
import { Button, Modal, NativeSelect, Skeleton, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  Blank,
  IconArchive,
  IconLayoutKanban,
  IconPencil,
  IconPlus,
  Page,
  PageHeader,
  Panel,
  useToast,
} from "@tenon/ui";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice, ProblemState, useApi, useFocusBack, useMe, useTitle } from "../../core";
import { recordCalls } from "../core/calls";
import { useRecordEdits } from "../core/edits";
import { BOX_KIND } from "../core/fields";
import { recordKeys } from "../core/keys";
import { OptionChip } from "../core/option-chip";
import { pipelinesQuery } from "../core/queries";
import type { Pipeline, PipelineKind, StageInput } from "../core/types";
import { BackToSettings } from "./back-to-settings";
import { PipelineDialog } from "./pipeline-dialog";
import classes from "./settings.module.css";

const PIPELINE_KINDS: readonly PipelineKind[] = ["deals", "leads", "cases", "board"];

export function PipelinesScreen() {
  const { t } = useTranslation();
  const api = useApi();
  const me = useMe();
  const [adding, setAdding] = useState(false);
  const [editing, setEditing] = useState<string>();
  const pipelines = useQuery(pipelinesQuery(api));
  const may = me !== undefined && me.member.role !== "viewer";
  useTitle(t("records.settings.pipelines"));
  const open = pipelines.data?.find(({ id }) => id === editing);
  return (
    <Page>
      <PageHeader
        back={<BackToSettings />}
        title={t("records.settings.pipelines")}
        lead={t("records.settings.pipelines_lead")}
        actions={
          may && (
            <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
              {t("records.settings.add_pipeline")}
            </Button>
          )
        }
      />
      {pipelines.isPending && <Skeleton height={120} />}
      {pipelines.isError && <ProblemState error={pipelines.error} retry={() => void pipelines.refetch()} />}
      {pipelines.data?.length === 0 && (
        <Blank icon={IconLayoutKanban} title={t("records.settings.no_pipelines")}>
          {t("records.settings.no_pipelines_text")}
        </Blank>
      )}
      {PIPELINE_KINDS.map((kind) => {
        const of = pipelines.data?.filter((one) => one.kind === kind && !one.archived) ?? [];
        if (of.length === 0) return null;
        return (
          <Panel key={kind} title={t(`records.kinds.${BOX_KIND[kind]}`)} flush>
            {of.map((pipeline) => (
              <PipelineRow
                key={pipeline.id}
                pipeline={pipeline}
                may={may}
                edit={() => setEditing(pipeline.id)}
              />
            ))}
          </Panel>
        );
      })}
      {adding && (
        <AddDialog
          close={() => setAdding(false)}
          made={(pipeline) => {
            setAdding(false);
            setEditing(pipeline.id);
          }}
        />
      )}
      {open !== undefined && (
        <PipelineDialog key={open.id} pipeline={open} close={() => setEditing(undefined)} />
      )}
    </Page>
  );
}

type PipelineRowProps = { pipeline: Pipeline; may: boolean; edit: () => void };

function PipelineRow({ pipeline, may, edit }: PipelineRowProps) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const edits = useRecordEdits();
  const [asking, setAsking] = useState(false);
  const archive = useMutation({
    mutationFn: () => recordCalls(api).archivePipeline(pipeline.id),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: recordKeys.pipelines });
      toast(t("records.settings.pipeline_archived", { name: pipeline.name }));
    },
    onError: edits.refused,
    onSettled: () => setAsking(false),
  });
  return (
    <div className={classes.row}>
      <div className={classes.what}>
        <div className={classes.name}>{pipeline.name}</div>
        <div className={classes.note}>
          {pipeline.stages.map((stage) => (
            <OptionChip key={stage.id} label={stage.name} color={stage.color} />
          ))}
        </div>
      </div>
      {may && (
        <div className={classes.side}>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPencil size={15} />}
            aria-label={t("records.settings.edit_named", { name: pipeline.name })}
            onClick={edit}
          >
            {t("records.settings.edit")}
          </Button>
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            leftSection={<IconArchive size={15} />}
            aria-label={t("records.settings.archive_named", { name: pipeline.name })}
            onClick={() => setAsking(true)}
          >
            {t("records.settings.archive")}
          </Button>
        </div>
      )}
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={t("records.settings.archive_title", { name: pipeline.name })}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        <p className={classes.text}>{t("records.settings.archive_pipeline_text")}</p>
        <div className={classes.actions}>
          <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
            {t("common.cancel")}
          </Button>
          <Button color="red" loading={archive.isPending} onClick={() => archive.mutate()}>
            {t("records.settings.archive")}
          </Button>
        </div>
      </Modal>
    </div>
  );
}

/** What a new pipeline begins with; all of it can be changed. */
function useFirstStages() {
  const { t } = useTranslation();
  return (kind: PipelineKind): StageInput[] => {
    const stage = (
      name: string,
      color: number,
      outcome: StageInput["outcome"] = "open",
      probability: number | null = null,
    ): StageInput => ({ name, color, outcome, probability, required: [], task: null });
    const sells = kind === "deals";
    return [
      stage(t("records.settings.first.new"), 0, "open", sells ? 10 : null),
      stage(t("records.settings.first.going"), 1, "open", sells ? 50 : null),
      stage(
        t(sells ? "records.settings.first.won" : "records.settings.first.done"),
        4,
        "won",
        sells ? 100 : null,
      ),
      ...(kind === "deals" || kind === "leads"
        ? [stage(t("records.settings.first.lost"), 5, "lost", sells ? 0 : null)]
        : []),
    ];
  };
}

function AddDialog({ close, made }: { close: () => void; made: (pipeline: Pipeline) => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const firstStages = useFirstStages();
  useFocusBack();
  const [name, setName] = useState("");
  const [kind, setKind] = useState<PipelineKind>("deals");
  const add = useMutation({
    mutationFn: () => recordCalls(api).addPipeline({ kind, name: name.trim(), stages: firstStages(kind) }),
    onSuccess: async (pipeline) => {
      await client.invalidateQueries({ queryKey: recordKeys.pipelines });
      made(pipeline);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== "") add.mutate();
  };
  return (
    <Modal
      opened
      onClose={close}
      title={t("records.settings.add_pipeline")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <form className={classes.form} onSubmit={submit} noValidate>
        {add.error !== null && <ProblemNotice error={add.error} />}
        <TextInput
          label={t("records.settings.name")}
          value={name}
          maxLength={100}
          data-autofocus
          autoComplete="off"
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NativeSelect
          label={t("records.settings.holds")}
          value={kind}
          data={PIPELINE_KINDS.map((value) => ({ value, label: t(`records.kinds.${BOX_KIND[value]}`) }))}
          onChange={(event) => setKind(event.currentTarget.value as PipelineKind)}
        />
        <div className={classes.actions}>
          <Button variant="default" onClick={close}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={add.isPending} disabled={name.trim() === ""}>
            {t("records.settings.make")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
