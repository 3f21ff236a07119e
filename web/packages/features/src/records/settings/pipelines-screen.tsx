/** Pipelines with their stages. */
import { Button, Modal, NativeSelect, Skeleton, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Blank, IconArchive, IconLayoutKanban, IconPlus, Page, PageHeader, Panel } from "@tenon/ui";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  managesWorkspace,
  ProblemNotice,
  ProblemState,
  useApi,
  useFocusBack,
  useMe,
  useTitle,
} from "../../core";
import { recordCalls } from "../core/calls";
import { BOX_KIND } from "../core/fields";
import { recordKeys } from "../core/keys";
import { OptionChip } from "../core/option-chip";
import { pipelinesQuery } from "../core/queries";
import type { Pipeline, PipelineKind } from "../core/types";
import { BackToSettings } from "./back-to-settings";
import { PipelineDialog } from "./pipeline-dialog";
import { SettingRow } from "./setting-row";
import classes from "./settings.module.css";

const PIPELINE_KINDS: readonly PipelineKind[] = ["deals", "leads", "cases", "board"];

export function PipelinesScreen() {
  const { t } = useTranslation();
  const api = useApi();
  const me = useMe();
  const [adding, setAdding] = useState(false);
  const [editing, setEditing] = useState<string>();
  const pipelines = useQuery(pipelinesQuery(api));
  // Boards are everybody's who writes; the other pipelines are the workspace's.
  const may = me !== undefined && me.member.role !== "viewer";
  const manages = me !== undefined && managesWorkspace(me);
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
                may={kind === "board" ? may : manages}
                edit={() => setEditing(pipeline.id)}
              />
            ))}
          </Panel>
        );
      })}
      {adding && (
        <AddDialog
          kinds={manages ? PIPELINE_KINDS : ["board"]}
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
  const { name } = pipeline;
  return (
    <SettingRow
      name={name}
      note={pipeline.stages.map((stage) => (
        <OptionChip key={stage.id} label={stage.name} color={stage.color} />
      ))}
      may={may}
      edit={edit}
      end={{
        icon: <IconArchive size={15} />,
        label: t("records.settings.archive"),
        named: t("records.settings.archive_named", { name }),
        title: t("records.settings.archive_title", { name }),
        text: t("records.settings.archive_pipeline_text"),
        run: () => recordCalls(api).archivePipeline(pipeline.id),
        done: t("records.settings.pipeline_archived", { name }),
        refreshes: recordKeys.pipelines,
      }}
    />
  );
}

type AddDialogProps = {
  kinds: readonly PipelineKind[];
  close: () => void;
  made: (pipeline: Pipeline) => void;
};

function AddDialog({ kinds, close, made }: AddDialogProps) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  useFocusBack();
  const [name, setName] = useState("");
  const [kind, setKind] = useState<PipelineKind>(kinds[0] ?? "board");
  const add = useMutation({
    mutationFn: () => recordCalls(api).addPipeline({ kind, name: name.trim() }),
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
          data={kinds.map((value) => ({ value, label: t(`records.kinds.${BOX_KIND[value]}`) }))}
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
