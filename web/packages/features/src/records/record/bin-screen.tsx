/** What was deleted in the last thirty days, by kind, with the way back. */
import { Button, Modal, NativeSelect, Skeleton } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Blank, IconTrash, IconTrashX, Page, PageHeader, Panel, useToast } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemState, plain, useApi, useFormat, useTitle } from "../../core";
import { dropRecord, refreshSets } from "../core/cache";
import { recordCalls } from "../core/calls";
import { useRecordEdits } from "../core/edits";
import { recordKeys } from "../core/keys";
import { KindIcon } from "../core/kind-icon";
import { recordsQuery } from "../core/queries";
import { KINDS, type Kind, type RecordItem } from "../core/types";
import classes from "./bin.module.css";

export function BinScreen() {
  const { t } = useTranslation();
  const api = useApi();
  const [kind, setKind] = useState<Kind>("contact");
  const query = useInfiniteQuery({ ...recordsQuery(api, { kind, deleted: true }), staleTime: 0 });
  const records = query.data?.pages.flatMap(({ items }) => items) ?? [];
  useTitle(t("records.bin.title"));
  return (
    <Page>
      <PageHeader
        title={t("records.bin.title")}
        lead={t("records.bin.lead")}
        actions={
          <>
            <NativeSelect
              aria-label={t("records.bin.kind")}
              value={kind}
              data={KINDS.map((one) => ({ value: one, label: t(`records.kinds.${one}`) }))}
              onChange={(event) => setKind(event.currentTarget.value as Kind)}
            />
            {records.some(({ access }) => access === "owner") && <EmptyBin kind={kind} />}
          </>
        }
      />
      {query.isPending && <Skeleton height={56} />}
      {query.isError && <ProblemState error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && records.length === 0 && (
        <Blank icon={IconTrash} title={t("records.bin.empty")}>
          {t("records.bin.empty_text")}
        </Blank>
      )}
      {records.length > 0 && (
        <Panel flush>
          {records.map((record) => (
            <Row key={record.id} record={record} />
          ))}
        </Panel>
      )}
      {query.hasNextPage && (
        <Button
          variant="default"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t("records.timeline.older")}
        </Button>
      )}
    </Page>
  );
}

/** Only what the person may delete for good goes; the server says how much that was. */
function EmptyBin({ kind }: { kind: Kind }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const format = useFormat();
  const edits = useRecordEdits();
  const toast = useToast();
  const [asking, setAsking] = useState(false);
  const empty = useMutation({
    mutationFn: () => recordCalls(api).emptyBin(kind),
    onSuccess: ({ deleted }) =>
      toast(t("records.bin.emptied", { count: deleted, number: format.number(deleted) })),
    onError: edits.refused,
    onSettled: () => {
      setAsking(false);
      void client.invalidateQueries({ queryKey: recordKeys.lists });
      refreshSets(client);
    },
  });
  const kinds = t(`records.kinds.${kind}`);
  return (
    <>
      <Button variant="default" leftSection={<IconTrashX size={16} />} onClick={() => setAsking(true)}>
        {t("records.bin.empty_it")}
      </Button>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={t("records.bin.empty_title", { kinds })}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        <p className={classes.text}>{t("records.bin.empty_all_text", { kinds })}</p>
        <div className={classes.actions}>
          <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
            {t("common.cancel")}
          </Button>
          <Button color="red" loading={empty.isPending} onClick={() => empty.mutate()}>
            {t("records.bin.empty_it")}
          </Button>
        </div>
      </Modal>
    </>
  );
}

function Row({ record }: { record: RecordItem }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const format = useFormat();
  const edits = useRecordEdits();
  const toast = useToast();
  const [asking, setAsking] = useState(false);
  const title = record.title === "" ? t("records.untitled") : plain(record.title);
  const restore = async () => {
    dropRecord(client, record.id);
    await edits.restore(record);
    toast(t("records.bin.restored", { title }));
  };
  const remove = async () => {
    setAsking(false);
    dropRecord(client, record.id);
    await recordCalls(api).removeForever(record.id).catch(edits.refused);
    refreshSets(client);
  };
  return (
    <div className={classes.row}>
      <KindIcon kind={record.kind} />
      <div className={classes.what}>
        <div className={classes.title}>{title}</div>
        <div className={classes.note}>
          {t("records.bin.when", { when: format.ago(record.deleted_at ?? record.updated_at) })}
        </div>
      </div>
      {record.access !== "view" && (
        <Button
          size="xs"
          variant="default"
          aria-label={t("records.bin.restore_named", { title })}
          onClick={() => void restore()}
        >
          {t("records.bin.restore")}
        </Button>
      )}
      {record.access === "owner" && (
        <Button
          size="xs"
          variant="subtle"
          color="red"
          aria-label={t("records.bin.forever_named", { title })}
          onClick={() => setAsking(true)}
        >
          {t("records.bin.forever")}
        </Button>
      )}
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={t("records.bin.forever_title", { title })}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        <p className={classes.text}>{t("records.bin.forever_text")}</p>
        <div className={classes.actions}>
          <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
            {t("common.cancel")}
          </Button>
          <Button color="red" onClick={() => void remove()}>
            {t("records.bin.forever")}
          </Button>
        </div>
      </Modal>
    </div>
  );
}
