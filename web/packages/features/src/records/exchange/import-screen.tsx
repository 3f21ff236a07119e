/** One import, from its columns to what came of it. */
import { Skeleton } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { backLinkClass, IconChevronLeft, Page, PageHeader } from "@tenon/ui";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemState, plain, useApi, useFormat, useTitle } from "../../core";
import { refreshSets } from "../core/cache";
import { useFields } from "../core/fields";
import type { ImportItem } from "../core/next-types";
import { usePipelines } from "../core/words";
import { CheckStep } from "./check-step";
import { ColumnsStep } from "./columns-step";
import { encodingName } from "./encoding";
import classes from "./exchange.module.css";
import { ProgressStep } from "./progress-step";
import { importQuery, isBusy } from "./queries";
import { ResultStep } from "./result-step";
import { type Step, Steps } from "./steps";

export function ImportScreen({ id }: { id: string }) {
  const { t } = useTranslation();
  const api = useApi();
  const query = useQuery(importQuery(api, id));
  useTitle(query.data === undefined ? t("exchange.title") : plain(query.data.name));
  if (query.isError && query.data === undefined)
    return <ProblemState error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined)
    return (
      <Page width="62rem">
        <div className={classes.skeleton} aria-busy="true">
          <Skeleton height={28} width="45%" />
          <Skeleton height={20} width="70%" />
          <Skeleton height={220} />
        </div>
      </Page>
    );
  return <Import key={id} item={query.data} />;
}

function Import({ item }: { item: ImportItem }) {
  const { t } = useTranslation();
  const format = useFormat();
  const fields = useFields(item.kind);
  const pipelines = usePipelines();
  // Who looks at the check's result may go back to the columns; changing something there makes it a draft again.
  const [back, setBack] = useState(false);
  const { state } = item;
  useEffect(() => {
    if (state !== "checked") setBack(false);
  }, [state]);
  useSetsAfter(state);
  const toColumns = state === "draft" || (state === "checked" && back);
  const step: Step = toColumns ? "columns" : state === "checking" || state === "checked" ? "check" : "done";
  return (
    <Page width="62rem">
      <PageHeader
        back={
          <Link
            to="/import/{-$id}"
            params={{ id: undefined }}
            search={{ kind: item.kind }}
            className={backLinkClass}
          >
            <IconChevronLeft size={16} />
            {t("exchange.title")}
          </Link>
        }
        title={plain(item.name)}
        lead={[
          t(`records.kinds.${item.kind}`),
          t("exchange.rows", { count: item.rows, number: format.number(item.rows) }),
          t(`exchange.format.${item.format}`),
          encodingName(item.encoding),
        ].join(" · ")}
      />
      <Steps at={step} />
      {fields === undefined || pipelines === undefined ? (
        <div className={classes.skeleton} aria-busy="true">
          <Skeleton height={220} />
        </div>
      ) : toColumns ? (
        <ColumnsStep key={item.delimiter} item={item} fields={fields} />
      ) : isBusy(state) ? (
        <ProgressStep item={item} />
      ) : state === "checked" ? (
        <CheckStep item={item} toColumns={() => setBack(true)} />
      ) : (
        <ResultStep item={item} />
      )}
    </Page>
  );
}

/** Lists show what came, or went again. */
function useSetsAfter(state: ImportItem["state"]): void {
  const client = useQueryClient();
  const before = useRef(state);
  useEffect(() => {
    if (isBusy(before.current) && !isBusy(state)) refreshSets(client);
    before.current = state;
  }, [client, state]);
}
