import { Button, Skeleton } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { isProblem } from "@tenon/api-client";
import { Blank, IconLock, useToast } from "@tenon/ui";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { LinkButton, ProblemState, useApi } from "../../core";
import { findRecord } from "../core/cache";
import { recordQuery } from "../core/queries";
import type { Kind } from "../core/types";
import { useRecordOpener } from "../core/value-view";
import classes from "./record.module.css";

type LoadedRecordProps = { id: string; onClose?: () => void; children: (kind: Kind) => ReactNode };

/** Waits for a record, or says why it cannot be shown. */
export function LoadedRecord({ id, onClose, children }: LoadedRecordProps) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const { data, error, isError, refetch } = useQuery({
    ...recordQuery(api, id),
    placeholderData: () => findRecord(client, id),
  });
  const into = isProblem(error, "record_merged") ? error.more.into : undefined;
  if (isError && typeof into === "string") return <MergedInto id={into} />;
  if (data !== undefined && !(isError && isProblem(error) && error.status === 404))
    return children(data.kind);
  if (!isError) return <RecordSkeleton />;
  if (isProblem(error) && error.status === 404)
    return (
      <Blank
        icon={IconLock}
        role="alert"
        headingLevel={1}
        title={t("records.page.missing")}
        action={
          onClose === undefined ? (
            <LinkButton to="/contacts" variant="default">
              {t("records.page.to_contacts")}
            </LinkButton>
          ) : (
            <Button variant="default" onClick={onClose}>
              {t("records.page.close")}
            </Button>
          )
        }
      >
        {t("records.page.missing_text")}
      </Blank>
    );
  return <ProblemState error={error} retry={() => void refetch()} />;
}

/** What became part of another record leads to that one, and says so. */
function MergedInto({ id }: { id: string }) {
  const { t } = useTranslation();
  const toast = useToast();
  const navigate = useNavigate();
  const open = useRecordOpener();
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each that it leads to
  useEffect(() => {
    toast(t("records.page.merged_into"), { key: "merged into", shownMs: 8_000 });
    if (open === undefined) void navigate({ to: "/records/$id", params: { id }, replace: true });
    else open(id);
  }, [id]);
  return <RecordSkeleton />;
}

export function RecordSkeleton() {
  return (
    <div className={classes.skeleton} aria-busy="true">
      <Skeleton height={28} width="55%" />
      <Skeleton height={20} width="35%" />
      {[72, 58, 80, 45, 66, 52].map((width) => (
        <Skeleton key={width} height={18} width={`${width}%`} />
      ))}
    </div>
  );
}
