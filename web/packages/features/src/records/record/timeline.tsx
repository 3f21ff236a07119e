/** Everything that happened with a record, newest first: notes, tasks, calls, mail and changes. */
import { Button, Skeleton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { ProblemState, useApi, useFormat } from "../../core";
import { timelineQuery } from "../core/queries";
import type { RecordItem, TimelineEntry } from "../core/types";
import { Composer } from "./composer";
import classes from "./timeline.module.css";
import { TimelineItem } from "./timeline-item";
import { useCanEdit } from "./use-record";

const OWN_TIMELINE = new Set(["note", "activity"]);

export function Timeline({ record }: { record: RecordItem }) {
  const { t } = useTranslation();
  const api = useApi();
  const canEdit = useCanEdit(record);
  const query = useInfiniteQuery(timelineQuery(api, record.id));
  const entries = query.data?.pages.flatMap(({ items }) => items) ?? [];
  // What a note says is the note itself; on its own page only what was changed is told.
  const composes = canEdit && !OWN_TIMELINE.has(record.kind) && record.kind !== "task";
  return (
    <div>
      {composes && <Composer record={record} />}
      {query.isPending && (
        <div className={classes.waiting} aria-busy="true">
          {[64, 82, 48].map((width) => (
            <Skeleton key={width} height={36} width={`${width}%`} />
          ))}
        </div>
      )}
      {query.isError && <ProblemState error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && <Days entries={entries} record={record} />}
      {query.hasNextPage && (
        <Button
          variant="default"
          size="sm"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t("records.timeline.older")}
        </Button>
      )}
    </div>
  );
}

function Days({ entries, record }: { entries: TimelineEntry[]; record: RecordItem }) {
  const format = useFormat();
  return (
    <ol className={classes.timeline}>
      {entries.map((entry, at) => {
        const before = entries[at - 1];
        const opens = before === undefined || format.dayKey(before.at) !== format.dayKey(entry.at);
        return (
          <Fragment key={`${entry.type} ${entry.record?.id ?? entry.thread?.id ?? entry.change?.version}`}>
            {opens && (
              <li className={classes.day}>
                <h2>{format.dayTitle(entry.at)}</h2>
              </li>
            )}
            <TimelineItem entry={entry} record={record} />
          </Fragment>
        );
      })}
    </ol>
  );
}
