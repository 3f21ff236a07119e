/** Records that may be the same, in groups. */
import { Button, Skeleton } from "@mantine/core";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Blank, IconArrowsJoin, Page, PageHeader, Panel, Pill, useToast } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { late, ProblemState, plain, useApi, useFormat, useMe, useTitle } from "../../core";
import { useRecordEdits } from "../core/edits";
import { useFields } from "../core/fields";
import { recordKeys } from "../core/keys";
import { KindIcon } from "../core/kind-icon";
import type { DuplicateGroup } from "../core/next-types";
import type { RecordItem } from "../core/types";
import { RecordLink } from "../core/value-view";
import { useValueText } from "../core/words";
import { mergeCalls } from "./calls";
import classes from "./merge.module.css";
import { DOUBLED, type DoubledKind, duplicatesQuery } from "./queries";
import { useReasonText } from "./reasons";

const MergeDialog = late(() => import("./merge-dialog"));

export function DuplicatesScreen({ kind }: { kind: DoubledKind }) {
  const { t } = useTranslation();
  const api = useApi();
  const query = useInfiniteQuery(duplicatesQuery(api, kind));
  const groups = query.data?.pages.flatMap(({ items }) => items) ?? [];
  useTitle(t("merge.title"));
  return (
    <Page width="56rem">
      <PageHeader title={t("merge.title")} lead={t("merge.lead")} />
      <nav className={classes.kinds} aria-label={t("merge.kinds")}>
        {DOUBLED.map((one) => (
          <Link
            key={one}
            className={classes.kind}
            to="/duplicates"
            search={{ kind: one }}
            replace
            aria-current={one === kind ? "page" : undefined}
          >
            <KindIcon kind={one} size={16} />
            {t(`records.kinds.${one}`)}
          </Link>
        ))}
      </nav>
      {query.isPending && (
        <div className={classes.skeleton} aria-busy="true">
          <Skeleton height={120} />
          <Skeleton height={120} />
        </div>
      )}
      {query.isError && query.data === undefined && (
        <ProblemState error={query.error} retry={() => void query.refetch()} />
      )}
      {query.isSuccess && groups.length === 0 && (
        <Blank icon={IconArrowsJoin} title={t("merge.none")}>
          {t("merge.none_text")}
        </Blank>
      )}
      {groups.map((group) => (
        <Group key={group.id} group={group} kind={kind} />
      ))}
      {query.hasNextPage && (
        <Button
          variant="default"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t("merge.more")}
        </Button>
      )}
    </Page>
  );
}

const SURE = 90;

function Group({ group, kind }: { group: DuplicateGroup; kind: DoubledKind }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const edits = useRecordEdits();
  const reasons = useReasonText();
  const viewer = useMe()?.member.role === "viewer";
  const [merging, setMerging] = useState(false);
  const [gone, setGone] = useState(false);
  const { records } = group;
  const sure = group.score >= SURE;
  const first = records[0]?.title ?? "";
  // Who may not give one away cannot make one of them.
  const may = !viewer && records.filter(({ access }) => access === "owner").length >= records.length - 1;
  const dismiss = async () => {
    setGone(true);
    try {
      await mergeCalls(api).dismiss(records.map(({ id }) => id));
      toast(t("merge.dismissed"));
      void client.invalidateQueries({ queryKey: recordKeys.allDuplicates });
    } catch (error) {
      setGone(false);
      edits.refused(error);
    }
  };
  if (gone) return null;
  return (
    <Panel flush item>
      <div className={classes.group} data-testid="duplicate-group">
        <div className={classes.groupHead}>
          <span className={classes.why}>
            <Pill tone={sure ? "warn" : "neutral"}>{t(sure ? "merge.likely" : "merge.perhaps")}</Pill>
            {reasons(group.reasons)}
          </span>
          {!viewer && (
            <span className={classes.groupActions}>
              <Button
                size="xs"
                variant="subtle"
                color="gray"
                aria-label={t("merge.not_same_named", { title: plain(first) })}
                onClick={() => void dismiss()}
              >
                {t("merge.not_same")}
              </Button>
              {may && (
                <Button
                  size="xs"
                  variant="default"
                  leftSection={<IconArrowsJoin size={15} />}
                  aria-label={t("merge.open_named", { title: plain(first) })}
                  onClick={() => setMerging(true)}
                >
                  {t("merge.open")}
                </Button>
              )}
            </span>
          )}
        </div>
        <ul className={classes.records}>
          {records.map((record) => (
            <OneOfGroup key={record.id} record={record} kind={kind} />
          ))}
        </ul>
        {!may && !viewer && <p className={classes.note}>{t("merge.not_yours")}</p>}
      </div>
      {merging && <MergeDialog records={records} close={() => setMerging(false)} />}
    </Panel>
  );
}

const TOLD: Record<DoubledKind, readonly string[]> = {
  contact: ["title", "company", "emails", "phones"],
  company: ["domain", "industry", "phones", "addresses"],
  lead: ["contact_name", "company_name", "emails", "phones"],
};

function OneOfGroup({ record, kind }: { record: RecordItem; kind: DoubledKind }) {
  const { t } = useTranslation();
  const format = useFormat();
  const text = useValueText();
  const fields = useFields(kind);
  const told = TOLD[kind].flatMap((key) => {
    const field = fields?.byKey.get(key);
    const words = field === undefined ? "" : text(field, record.values[key], record.linked);
    return words === "" ? [] : [plain(words)];
  });
  return (
    <li className={classes.record}>
      <RecordLink record={record} />
      <span className={classes.told}>{told.join(" · ")}</span>
      <span className={classes.note}>{t("merge.since", { when: format.ago(record.created_at) })}</span>
    </li>
  );
}
