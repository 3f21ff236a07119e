/** What belongs to a contact or a company: people, deals, cases, tasks. */
import { ActionIcon } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconPlus } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { useApi, useFormat } from "../../core";
import { formatMoney } from "../core/amounts";
import { recordCalls } from "../core/calls";
import { useRecordEdits } from "../core/edits";
import { isBox } from "../core/fields";
import { recordKeys } from "../core/keys";
import { OptionChip } from "../core/option-chip";
import type { Kind, Money, RecordItem, Values } from "../core/types";
import { RecordLink } from "../core/value-view";
import { findStage, usePipelines } from "../core/words";
import classes from "./record.module.css";
import { useCanEdit } from "./use-record";

const SHOWN = 6;
const RELATED: Partial<Record<Kind, ReadonlyArray<{ kind: Kind; field: string; many: boolean }>>> = {
  company: [
    { kind: "contact", field: "company", many: false },
    { kind: "deal", field: "company", many: false },
    { kind: "case", field: "company", many: false },
  ],
  contact: [
    { kind: "deal", field: "contacts", many: true },
    { kind: "case", field: "contacts", many: true },
  ],
};

export function RelatedLists({ record }: { record: RecordItem }) {
  return RELATED[record.kind]?.map((related) => (
    <RelatedList key={related.kind} record={record} {...related} />
  ));
}

type RelatedListProps = { record: RecordItem; kind: Kind; field: string; many: boolean };

function RelatedList({ record, kind, field, many }: RelatedListProps) {
  const { t } = useTranslation();
  const api = useApi();
  const edits = useRecordEdits();
  const format = useFormat();
  const pipelines = usePipelines();
  const canEdit = useCanEdit(record);
  const { data } = useQuery({
    queryKey: [...recordKeys.counts, "related", record.id, kind],
    queryFn: ({ signal }) =>
      recordCalls(api).query({ kind, linked_to: record.id, limit: SHOWN + 1 }, { signal }),
  });
  if (data === undefined) return null;
  const add = () => {
    const values: Values = { [field]: many ? [record.id] : record.id };
    if (kind === "deal" && record.kind === "contact" && typeof record.values.company === "string")
      values.company = record.values.company;
    edits.create({ kind, values, refs: [record, ...Object.values(record.linked)] });
  };
  if (data.items.length === 0 && !canEdit) return null;
  return (
    <section className={classes.related} aria-label={t(`records.kinds.${kind}`)}>
      <div className={classes.relatedHead}>
        <h2>{t(`records.kinds.${kind}`)}</h2>
        {canEdit && (
          <ActionIcon variant="subtle" color="gray" aria-label={t(`records.create.${kind}`)} onClick={add}>
            <IconPlus size={16} />
          </ActionIcon>
        )}
      </div>
      {data.items.length === 0 ? (
        <p className={classes.quiet}>{t("records.page.none_yet")}</p>
      ) : (
        <ul className={classes.relatedList}>
          {data.items.slice(0, SHOWN).map((item) => {
            const stage = isBox(kind) ? findStage(pipelines, item.values.stage)?.stage : undefined;
            const amount = item.values.amount as Money | null | undefined;
            return (
              <li key={item.id}>
                <RecordLink record={item} />
                {amount != null && <span className="tn-tabular">{formatMoney(amount, format.locale)}</span>}
                {stage !== undefined && <OptionChip label={stage.name} color={stage.color} />}
              </li>
            );
          })}
        </ul>
      )}
      {data.items.length > SHOWN && <p className={classes.quiet}>{t("records.page.and_more")}</p>}
    </section>
  );
}
