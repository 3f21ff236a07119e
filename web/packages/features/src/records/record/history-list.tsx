/** Every version of a record, with what changed; any field can be set back to what it was. */
import { Button, Skeleton } from "@mantine/core";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { isProblem } from "@tenon/api-client";
import { useToast } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { late, ProblemState, useApi, useFormat } from "../../core";
import { withTexts } from "../../i18n";
import { patchRecord } from "../core/cache";
import { recordCalls } from "../core/calls";
import { useRecordEdits } from "../core/edits";
import { useFields } from "../core/fields";
import { recordKeys } from "../core/keys";
import { historyQuery } from "../core/queries";
import type { FieldChange, HistoryEntry, RecordItem } from "../core/types";
import { sameValue } from "../core/words";
import { ChangeLine, useCauseText } from "./change-line";
import classes from "./timeline.module.css";
import { useCanEdit } from "./use-record";

const MergedList = late<{ record: RecordItem }>(() =>
  withTexts("merge", () => import("../merge/merged-list")),
);

export function HistoryList({ record }: { record: RecordItem }) {
  const { t } = useTranslation();
  const api = useApi();
  const query = useInfiniteQuery(historyQuery(api, record.id));
  const entries = query.data?.pages.flatMap(({ items }) => items) ?? [];
  if (query.isPending)
    return (
      <div className={classes.waiting} aria-busy="true">
        <Skeleton height={36} />
        <Skeleton height={36} />
      </div>
    );
  if (query.isError) return <ProblemState error={query.error} retry={() => void query.refetch()} />;
  return (
    <>
      {entries.some(({ cause }) => cause === "merged") && <MergedList record={record} />}
      <ol className={classes.timeline} aria-label={t("records.page.history")}>
        {entries.map((entry) => (
          <Version key={entry.version} entry={entry} record={record} />
        ))}
      </ol>
      {query.hasNextPage && (
        <Button
          variant="default"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t("records.timeline.older")}
        </Button>
      )}
    </>
  );
}

function Version({ entry, record }: { entry: HistoryEntry; record: RecordItem }) {
  const format = useFormat();
  const causeText = useCauseText();
  return (
    <li className={classes.version}>
      <div className={classes.versionHead}>
        <span>{causeText(entry)}</span>
        <time className={classes.time} dateTime={entry.at} title={format.full(entry.at)}>
          {format.medium(entry.at)}
        </time>
      </div>
      {entry.changes.map((change) => (
        <Change key={change.field} change={change} entry={entry} record={record} />
      ))}
    </li>
  );
}

type ChangeProps = { change: FieldChange; entry: HistoryEntry; record: RecordItem };

function Change({ change, entry, record }: ChangeProps) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const edits = useRecordEdits();
  const toast = useToast();
  const canEdit = useCanEdit(record);
  const field = useFields(record.kind)?.byKey.get(change.field);
  const [busy, setBusy] = useState(false);
  const restore = async () => {
    setBusy(true);
    try {
      const body = { version: entry.version, fields: [change.field] };
      const restored = await recordCalls(api).revert(record.id, record.version, body);
      patchRecord(client, record.id, () => restored);
      void client.invalidateQueries({ queryKey: recordKeys.history(record.id) });
      void client.invalidateQueries({ queryKey: recordKeys.timelines });
      toast(t("records.history.restored", { field: field?.label ?? change.field }));
    } catch (error) {
      if (isProblem(error, "edit_conflict"))
        void client.invalidateQueries({ queryKey: recordKeys.record(record.id) });
      edits.refused(error);
    } finally {
      setBusy(false);
    }
  };
  const offers = canEdit && field !== undefined && !sameValue(record.values[change.field], change.from);
  return (
    <div className={classes.versionChange}>
      <ChangeLine change={change} record={record} titles={entry.linked} />
      {offers && (
        <Button
          size="compact-xs"
          variant="default"
          loading={busy}
          aria-label={t("records.history.restore_named", { field: field.label })}
          onClick={() => void restore()}
        >
          {t("records.history.restore")}
        </Button>
      )}
    </div>
  );
}
