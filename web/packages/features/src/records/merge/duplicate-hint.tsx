/** Beside a record: that there are others which may be the same. */
import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { IconArrowsJoin, Notice, useToast } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { late, useApi } from "../../core";
import { useRecordEdits } from "../core/edits";
import { recordKeys } from "../core/keys";
import type { DuplicateOf } from "../core/next-types";
import type { RecordItem } from "../core/types";
import { RecordLink } from "../core/value-view";
import { useCanEdit } from "../record/use-record";
import { mergeCalls } from "./calls";
import classes from "./merge.module.css";
import { duplicatesOfQuery } from "./queries";
import { useReasonText } from "./reasons";

const MergeDialog = late(() => import("./merge-dialog"));
const SHOWN = 5;

export default function DuplicateHint({ record }: { record: RecordItem }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const toast = useToast();
  const edits = useRecordEdits();
  const reasons = useReasonText();
  const canEdit = useCanEdit(record);
  const [open, setOpen] = useState(false);
  const [merging, setMerging] = useState<RecordItem[]>();
  const { data = [] } = useQuery(duplicatesOfQuery(api, record.id));
  const others = data.slice(0, SHOWN);
  if (others.length === 0 && merging === undefined) return null;
  const dismiss = async ({ record: other }: DuplicateOf) => {
    const queryKey = recordKeys.duplicatesOf(record.id);
    client.setQueryData<DuplicateOf[]>(queryKey, (now) => now?.filter((one) => one.record.id !== other.id));
    try {
      await mergeCalls(api).dismiss([record.id, other.id]);
      toast(t("merge.dismissed"));
    } catch (error) {
      edits.refused(error);
    }
    void client.invalidateQueries({ queryKey: recordKeys.allDuplicates });
  };
  const mergeable = ({ record: other }: DuplicateOf) =>
    canEdit && (other.access === "owner" || record.access === "owner") && other.access !== "view";
  return (
    <div className={classes.hint}>
      {others.length > 0 && (
        <Notice
          icon={IconArrowsJoin}
          title={
            <button
              type="button"
              className={classes.fold}
              aria-expanded={open}
              onClick={() => setOpen((now) => !now)}
            >
              {t("merge.hint", { count: data.length })}
            </button>
          }
        >
          {open && (
            <ul className={classes.hints}>
              {others.map((one) => (
                <li key={one.record.id}>
                  <span className={classes.hinted}>
                    <RecordLink record={one.record} />
                    <span className={classes.note}>{reasons(one.reasons)}</span>
                  </span>
                  {canEdit && (
                    <Button
                      size="compact-xs"
                      variant="subtle"
                      color="gray"
                      aria-label={t("merge.not_same_named", { title: one.record.title })}
                      onClick={() => void dismiss(one)}
                    >
                      {t("merge.not_same")}
                    </Button>
                  )}
                  {mergeable(one) && (
                    <Button
                      size="compact-xs"
                      variant="default"
                      aria-label={t("merge.open_named", { title: one.record.title })}
                      onClick={() => setMerging([record, one.record])}
                    >
                      {t("merge.open")}
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          )}
        </Notice>
      )}
      {merging !== undefined && (
        <MergeDialog
          records={merging}
          close={() => setMerging(undefined)}
          onMerged={(kept) => {
            if (kept.id !== record.id)
              void navigate({ to: "/records/$id", params: { id: kept.id }, replace: true });
          }}
        />
      )}
    </div>
  );
}
