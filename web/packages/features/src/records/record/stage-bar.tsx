/** The stages of a box in their order; choosing one moves it there. */
import { IconCheck, IconX } from "@tenon/ui";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useRecordActing } from "../acting/acting";
import { isBox } from "../core/fields";
import { hueStyle } from "../core/option-chip";
import type { RecordItem } from "../core/types";
import { usePipelines } from "../core/words";
import classes from "./stage-bar.module.css";
import { useCanEdit } from "./use-record";

export function StageBar({ record }: { record: RecordItem }) {
  const { t } = useTranslation();
  const { move } = useRecordActing();
  const pipelines = usePipelines();
  const canEdit = useCanEdit(record);
  const pipeline = pipelines?.find(({ id }) => id === record.values.pipeline);
  const bar = useRef<HTMLElement>(null);
  const { stage: current } = record.values;
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each stage, and once there are stages
  useEffect(() => {
    const now = bar.current?.querySelector<HTMLElement>("[aria-current]");
    if (now != null && bar.current !== null)
      bar.current.scrollLeft = now.offsetLeft - (bar.current.clientWidth - now.offsetWidth) / 2;
  }, [current, pipeline === undefined]);
  if (!isBox(record.kind) || pipeline === undefined) return null;
  const at = pipeline.stages.findIndex(({ id }) => id === record.values.stage);
  return (
    <nav className={classes.bar} ref={bar} aria-label={t("records.page.stages", { pipeline: pipeline.name })}>
      <ol>
        {pipeline.stages.map((stage, index) => (
          <li key={stage.id}>
            <button
              type="button"
              className={classes.stage}
              style={hueStyle(stage.color)}
              data-state={index === at ? "now" : index < at ? "passed" : "ahead"}
              aria-current={index === at ? "step" : undefined}
              disabled={!canEdit}
              onClick={() => {
                if (index !== at) move(record, { stage: stage.id, before: null });
              }}
            >
              {index === at && stage.outcome === "won" && <IconCheck size={14} />}
              {index === at && stage.outcome === "lost" && <IconX size={14} />}
              <span>{stage.name}</span>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
