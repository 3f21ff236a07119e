/** Which records became part of this one, with the way back. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconArrowsJoin, Notice } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { plain, useApi, useFormat } from "../../core";
import type { Merge } from "../core/next-types";
import type { RecordItem } from "../core/types";
import { useCanEdit } from "../record/use-record";
import { mergesQuery } from "./queries";
import { useUndoMerge } from "./use-undo";

export default function MergedList({ record }: { record: RecordItem }) {
  const { t } = useTranslation();
  const api = useApi();
  const format = useFormat();
  const canEdit = useCanEdit(record);
  const { data } = useQuery(mergesQuery(api, record.id));
  return data
    ?.filter(({ undone_at: undone }) => undone === null)
    .map((merge) => (
      <Notice
        key={merge.id}
        icon={IconArrowsJoin}
        title={t("merge.came", { names: format.list(merge.merged.map(({ title }) => plain(title))) })}
        actions={canEdit ? <UndoButton merge={merge} /> : undefined}
      >
        {format.medium(merge.created_at)}
      </Notice>
    ));
}

function UndoButton({ merge }: { merge: Merge }) {
  const { t } = useTranslation();
  const undo = useUndoMerge();
  const [busy, setBusy] = useState(false);
  return (
    <Button
      size="xs"
      variant="default"
      loading={busy}
      onClick={() => {
        setBusy(true);
        void undo(merge).finally(() => setBusy(false));
      }}
    >
      {t("merge.undo")}
    </Button>
  );
}
