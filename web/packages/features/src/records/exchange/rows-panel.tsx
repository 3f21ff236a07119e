/** The rows of a file by what becomes of them, with what is wrong beside the cell that it is wrong in. */
import { Button, Skeleton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { IconDownload, Panel, useToast } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemState, plain, useApi, useFormat, useProblemText } from "../../core";
import { type ImportItem, type ImportOutcome, type ImportRow, OUTCOMES } from "../core/next-types";
import { RecordLink } from "../core/value-view";
import classes from "./exchange.module.css";
import { importRowsQuery } from "./queries";
import { saveFile } from "./save-file";
import { mappingOf } from "./targets";

type RowsPanelProps = {
  item: ImportItem;
  counts: Record<ImportOutcome, number>;
  /** Nothing is written yet. */
  ahead?: boolean;
};

export function RowsPanel({ item, counts, ahead = false }: RowsPanelProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const first = counts.fail > 0 ? "fail" : (OUTCOMES.find((one) => counts[one] > 0) ?? "create");
  const [chosen, setChosen] = useState<ImportOutcome>();
  const outcome = chosen ?? first;
  return (
    <Panel flush>
      <fieldset className={classes.tabs} aria-label={t("exchange.outcomes")}>
        {OUTCOMES.map((one) => (
          <button
            key={one}
            type="button"
            className={classes.tab}
            aria-pressed={one === outcome}
            data-outcome={one}
            data-none={counts[one] === 0 || undefined}
            onClick={() => setChosen(one)}
          >
            <span className={classes.tabCount}>{format.number(counts[one])}</span>
            {ahead ? t(`exchange.ahead.${one}`) : t(`exchange.outcome.${one}`)}
          </button>
        ))}
      </fieldset>
      {outcome === "fail" && counts.fail > 0 && <FailedRows item={item} />}
      <Rows key={outcome} item={item} outcome={outcome} count={counts[outcome]} />
    </Panel>
  );
}

function FailedRows({ item }: { item: ImportItem }) {
  const { t } = useTranslation();
  const toast = useToast();
  const problemText = useProblemText();
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      const name = item.name.replace(/\.\w{1,5}$/, "");
      await saveFile({ path: `/api/v1/imports/${item.id}/failures.csv`, name: `${name}-problems.csv` });
    } catch (error) {
      toast(problemText(error), { tone: "danger" });
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={classes.failed}>
      <span className={classes.note}>{t("exchange.failed_note")}</span>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconDownload size={15} />}
        loading={busy}
        onClick={() => void save()}
      >
        {t("exchange.download_failed")}
      </Button>
    </div>
  );
}

type RowsProps = { item: ImportItem; outcome: ImportOutcome; count: number };

function Rows({ item, outcome, count }: RowsProps) {
  const { t } = useTranslation();
  const api = useApi();
  const query = useInfiniteQuery({ ...importRowsQuery(api, item, outcome), enabled: count > 0 });
  if (count === 0) return <p className={classes.none}>{t(`exchange.no_rows.${outcome}`)}</p>;
  if (query.isError && query.data === undefined)
    return <ProblemState error={query.error} retry={() => void query.refetch()} />;
  const rows = query.data?.pages.flatMap((page) => page.items);
  if (rows === undefined)
    return (
      <div className={classes.inside} aria-busy="true">
        <Skeleton height={160} />
      </div>
    );
  const troubled = new Set(rows.flatMap(({ problems }) => problems.flatMap(({ column }) => column ?? [])));
  const taken = new Set(mappingOf(item).flatMap(({ column, target }) => (target === null ? [] : [column])));
  const shown = item.columns.filter(({ index }) => taken.has(index) || troubled.has(index));
  // What is wrong stands first: nobody has to look for it, also on a phone.
  const columns = [
    ...shown.filter(({ index }) => troubled.has(index)),
    ...shown.filter(({ index }) => !troubled.has(index)),
  ];
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
      <section className={classes.rowsBox} aria-label={t("exchange.rows_of_file")} tabIndex={0}>
        <table className={classes.rows}>
          <thead>
            <tr>
              <th scope="col">{t("exchange.row")}</th>
              <th scope="col">{t(outcome === "fail" ? "exchange.problem" : "exchange.record")}</th>
              {columns.map(({ index, name }) => (
                <th key={index} scope="col">
                  {plain(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.number}>
                <th scope="row" className="tn-tabular">
                  {row.number}
                </th>
                <td className={classes.about}>
                  <About row={row} />
                </td>
                {columns.map(({ index }) => (
                  <Cell key={index} row={row} index={index} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {query.hasNextPage && (
        <div className={classes.inside}>
          <Button
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t("exchange.more_rows")}
          </Button>
        </div>
      )}
    </>
  );
}

/** The record of a row, and what is wrong with the whole of it. */
function About({ row }: { row: ImportRow }) {
  const { t } = useTranslation();
  const whole = row.problems.filter(({ column }) => column === null);
  const cells = row.problems.length - whole.length;
  return (
    <>
      {row.record !== null && <RecordLink record={row.record} />}
      {whole.map(({ detail }) => (
        <span key={detail} className={classes.problem}>
          {plain(detail)}
        </span>
      ))}
      {cells > 0 && whole.length === 0 && row.record === null && (
        <span className={classes.problem}>{t("exchange.cells_wrong", { count: cells })}</span>
      )}
    </>
  );
}

function Cell({ row, index }: { row: ImportRow; index: number }) {
  const problems = row.problems.filter(({ column }) => column === index);
  return (
    <td data-problem={problems.length > 0 || undefined}>
      <span className={classes.cell}>{plain(row.cells[index] ?? "")}</span>
      {problems.map(({ detail }) => (
        <span key={detail} className={classes.problem}>
          {plain(detail)}
        </span>
      ))}
    </td>
  );
}
