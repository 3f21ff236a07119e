/** Takes a merge back, and says what stayed as it is because somebody has changed it since. */
import { useQueryClient } from "@tanstack/react-query";
import { useToast } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { useApi } from "../../core";
import { useRecordEdits } from "../core/edits";
import type { Merge } from "../core/next-types";
import { mergeCalls } from "./calls";
import { refreshMerged } from "./queries";

export function useUndoMerge() {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const edits = useRecordEdits();
  return async (merge: Merge): Promise<void> => {
    try {
      const undone = await mergeCalls(api).undo(merge.id);
      refreshMerged(client, []);
      const count = undone.left?.length ?? 0;
      toast(count === 0 ? t("merge.undone") : t("merge.undone_left", { count }), {
        ...(count === 0 ? {} : { shownMs: 12_000 }),
      });
    } catch (error) {
      edits.refused(error);
      refreshMerged(client, []);
    }
  };
}

export function useOfferMergeUndo() {
  const { t } = useTranslation();
  const edits = useRecordEdits();
  const undo = useUndoMerge();
  return (merge: Merge) =>
    edits.offerUndo(
      t("merge.done", { count: merge.merged.length + 1, title: merge.record.title }),
      () => void undo(merge),
    );
}
