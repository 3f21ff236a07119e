import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useApi } from "../../core";
import { patchRecord, refreshSets } from "./cache";
import { recordCalls } from "./calls";
import { useRecordEdits } from "./edits";
import type { RecordItem, Values } from "./types";
import { findStage, usePipelines } from "./words";

export type MoveTo = { stage: string; before?: string | null; values?: Values };
export type Move = (record: RecordItem, to: MoveTo) => Promise<void>;

/** Moves a box to another stage or place: shown at once, with *Undo*. */
export function useMove(): Move {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const edits = useRecordEdits();
  const pipelines = usePipelines();
  return async (record, { stage, before = null, values }) => {
    const from = record.values.stage;
    const target = findStage(pipelines, stage);
    patchRecord(client, record.id, (known) => ({
      ...known,
      values: { ...known.values, ...values, stage, pipeline: target?.pipeline.id ?? known.values.pipeline },
    }));
    try {
      const moved = await recordCalls(api).move(record.id, {
        stage,
        before,
        ...(values === undefined ? {} : { values }),
      });
      patchRecord(client, record.id, () => moved);
      refreshSets(client);
      if (typeof from === "string" && from !== stage)
        edits.offerUndo(t("records.moved", { title: record.title, stage: target?.stage.name ?? "" }), () => {
          void recordCalls(api)
            .move(record.id, { stage: from, before: null })
            .then((back) => patchRecord(client, record.id, () => back), edits.refused)
            .finally(() => refreshSets(client));
        });
    } catch (error) {
      patchRecord(client, record.id, () => record);
      edits.refused(error);
    }
  };
}
