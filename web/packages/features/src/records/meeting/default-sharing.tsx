/** Who sees new records of a kind when nothing else is said. */
import { NativeSelect, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Panel, useToast } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { ProblemNotice, useApi } from "../../core";
import { useRecordEdits } from "../core/edits";
import { recordKeys } from "../core/keys";
import type { RecordDefault } from "../core/next-types";
import type { Kind, SharingScope } from "../core/types";
import { meetingCalls } from "./calls";
import classes from "./default-sharing.module.css";
import { defaultsQuery } from "./queries";

const OF_OTHERS = new Set<Kind>(["task", "activity", "note"]);

export default function DefaultSharing({ kind, may }: { kind: Kind; may: boolean }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const edits = useRecordEdits();
  const defaults = useQuery(defaultsQuery(api));
  const show = (scope: SharingScope) =>
    client.setQueryData<RecordDefault[]>(recordKeys.defaults, (known) =>
      known?.map((one) => (one.kind === kind ? { kind, sharing: { scope, shares: [] } } : one)),
    );
  const save = useMutation({
    mutationFn: (scope: SharingScope) => meetingCalls(api).setDefault(kind, { scope, shares: [] }),
    onMutate: (scope) => {
      const before = defaults.data;
      show(scope);
      return before;
    },
    onSuccess: () => toast(t("threads.defaults.saved")),
    onError: (error, _, before) => {
      client.setQueryData(recordKeys.defaults, before);
      edits.refused(error);
    },
  });
  const scope = defaults.data?.find((one) => one.kind === kind)?.sharing.scope ?? "workspace";
  const scopes: SharingScope[] = [
    ...(OF_OTHERS.has(kind) ? (["parent"] as const) : []),
    "workspace",
    "private",
  ];
  // A choice that was made elsewhere is shown, though not offered here.
  if (!scopes.includes(scope)) scopes.push(scope);
  return (
    <Panel title={t("threads.defaults.title")}>
      {defaults.isPending && <Skeleton height={36} width="40%" />}
      {defaults.isError && <ProblemNotice error={defaults.error} />}
      {defaults.isSuccess && (
        <div className={classes.row}>
          <p>{t("threads.defaults.text", { kinds: t(`records.kinds.${kind}`) })}</p>
          <NativeSelect
            aria-label={t("threads.defaults.label", { kinds: t(`records.kinds.${kind}`) })}
            value={scope}
            disabled={!may || save.isPending}
            data={scopes.map((value) => ({ value, label: t(`records.sharing.${value}`) }))}
            onChange={(event) => save.mutate(event.currentTarget.value as SharingScope)}
          />
        </div>
      )}
    </Panel>
  );
}
