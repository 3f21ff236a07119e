/** Makes one of several records: which one stays, and what it says then. */
import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { isProblem } from "@tenon/api-client";
import { IconArrowsJoin, Notice } from "@tenon/ui";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { newKey, ProblemNotice, plain, useApi, useFocusBack, useFormat } from "../../core";
import { recordCalls } from "../core/calls";
import { useFields } from "../core/fields";
import { recordKeys } from "../core/keys";
import type { RecordItem } from "../core/types";
import { RecordSkeleton } from "../record/record-states";
import { mergeCalls } from "./calls";
import classes from "./merge.module.css";
import { ContestedField, KeptChoice, UnitedLists } from "./merge-parts";
import { bestKept, chosenValues, previewOf, sharingShift } from "./model";
import { refreshMerged } from "./queries";
import { useOfferMergeUndo } from "./use-undo";

type MergeDialogProps = {
  records: RecordItem[];
  /** Else the one that says most. */
  keep?: string;
  close: () => void;
  onMerged?: (kept: RecordItem) => void;
};

export default function MergeDialog(props: MergeDialogProps) {
  const { t } = useTranslation();
  useFocusBack();
  return (
    <Modal
      opened
      onClose={props.close}
      closeOnClickOutside={false}
      size="xl"
      title={t("merge.dialog", { count: props.records.length })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <MergeForm {...props} />
    </Modal>
  );
}

function MergeForm({ records: given, keep, close, onMerged }: MergeDialogProps) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const format = useFormat();
  const offerUndo = useOfferMergeUndo();
  const [records, setRecords] = useState(given);
  // One can only be given away by its owner.
  const keepable = useMemo(() => {
    const foreign = records.filter(({ access }) => access !== "owner");
    return new Set((foreign.length === 0 ? records : foreign).map(({ id }) => id));
  }, [records]);
  const [kept, setKept] = useState(
    () => keep ?? bestKept(records.filter(({ id }) => keepable.has(id))) ?? records[0]?.id ?? "",
  );
  const [chosen, setChosen] = useState<Record<string, string>>({});
  const [stale, setStale] = useState(false);
  const key = useRef(newKey());
  const [first] = records;
  const fields = useFields(first?.kind ?? "contact");
  const ordered = useMemo(
    () => [...records].sort((a, b) => Number(b.id === kept) - Number(a.id === kept)),
    [records, kept],
  );
  const [keptRecord, ...merged] = ordered;
  const preview = useMemo(
    () => (fields === undefined ? undefined : previewOf(fields, ordered)),
    [fields, ordered],
  );

  const merge = useMutation({
    mutationFn: () =>
      mergeCalls(api).merge(
        {
          keep: kept,
          records: merged.map(({ id }) => id),
          versions: Object.fromEntries(records.map(({ id, version }) => [id, version])),
          values: preview === undefined ? {} : chosenValues(preview, chosen),
        },
        key.current,
      ),
    onMutate: () => setStale(false),
    onSuccess: (made) => {
      refreshMerged(
        client,
        made.merged.map(({ id }) => id),
      );
      client.setQueryData(recordKeys.record(made.record.id), made.record);
      close();
      offerUndo(made);
      onMerged?.(made.record);
    },
    onError: async (error) => {
      if (!isProblem(error, "record_changed") && !isProblem(error, "edit_conflict")) return;
      // Somebody wrote meanwhile: what they wrote is shown before it is decided upon again.
      const now = await Promise.all(
        records.map((record) =>
          recordCalls(api)
            .get(record.id)
            .catch(() => record),
        ),
      );
      key.current = newKey();
      setRecords(now);
      setStale(true);
      merge.reset();
    },
  });
  if (fields === undefined || preview === undefined || keptRecord === undefined) return <RecordSkeleton />;
  const shift = sharingShift(keptRecord, merged);
  const names = (of: RecordItem[]) => format.list(of.map(({ title }) => plain(title)));
  return (
    <>
      {merge.error !== null && <ProblemNotice error={merge.error} />}
      {stale && (
        <Notice tone="warn" role="alert" title={t("merge.stale")}>
          {t("merge.stale_text")}
        </Notice>
      )}
      <KeptChoice fields={fields} records={records} keepable={keepable} kept={kept} choose={setKept} />
      {preview.contested.length > 0 ? (
        <section className={classes.part} aria-label={t("merge.contested")}>
          <h3>{t("merge.contested")}</h3>
          {preview.contested.map((contested) => (
            <ContestedField
              key={contested.field.key}
              contested={contested}
              chosen={chosen[contested.field.key]}
              choose={(id) => setChosen((now) => ({ ...now, [contested.field.key]: id }))}
            />
          ))}
        </section>
      ) : (
        <p className={classes.text}>{t("merge.no_contest")}</p>
      )}
      <UnitedLists united={preview.united} records={records} />
      {preview.alike.length > 0 && (
        <p className={classes.alike}>
          {t("merge.alike", { names: format.list(preview.alike.map(({ label }) => label)) })}
        </p>
      )}
      <p className={classes.text}>{t("merge.links")}</p>
      {shift.widened.length > 0 && (
        <Notice tone="warn" title={t("merge.widened")}>
          {t("merge.widened_text", { merged: names(shift.widened) })}
        </Notice>
      )}
      {shift.narrowed.length > 0 && (
        <Notice tone="warn" title={t("merge.narrowed")}>
          {t("merge.narrowed_text", { merged: names(shift.narrowed) })}
        </Notice>
      )}
      <div className={classes.actions}>
        <Button variant="default" onClick={close}>
          {t("common.cancel")}
        </Button>
        <Button
          leftSection={<IconArrowsJoin size={16} />}
          loading={merge.isPending}
          onClick={() => merge.mutate()}
        >
          {t("merge.submit", { count: records.length })}
        </Button>
      </div>
    </>
  );
}
