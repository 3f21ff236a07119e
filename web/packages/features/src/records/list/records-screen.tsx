import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { late, ProblemState, useApi, useMe, useTitle } from "../../core";
import { useShortcuts } from "../../keyboard";
import { RecordActingProvider } from "../acting/acting";
import { useRecordEdits } from "../core/edits";
import { type FieldSet, isBox, PIPELINE_KIND, useFields } from "../core/fields";
import { objectsQuery, pipelinesQuery, viewsQuery } from "../core/queries";
import type { Kind, Pipeline, SavedView, ViewLayout } from "../core/types";
import { FilterChips } from "../filter/filter-chips";
import { countRules, newRule } from "../filter/model";
import { ViewTabs } from "../views/view-tabs";
import { emptyKind } from "./empty";
import classes from "./list.module.css";
import { ListHead } from "./list-head";
import { useListState } from "./list-state";
import { TableSkeleton } from "./list-states";
import { SidePanel } from "./side-panel";
import { TableList } from "./table-list";
import { useAsked } from "./use-asked";
import { useKnownTitles } from "./use-known-titles";

const FilterPanel = late(() => import("../filter/filter-panel"));
const Board = late(
  () => import("../board/board"),
  () => <TableSkeleton height={40} />,
);

export type RecordsSearch = {
  view?: string | undefined;
  open?: string | undefined;
  layout?: ViewLayout | undefined;
  new?: boolean | undefined;
};
type RecordsScreenProps = { kind: Kind; pipeline?: string | undefined; search: RecordsSearch };

/** All records of a kind: as a table or, what stands in stages, as a board. */
export function RecordsScreen({ kind, pipeline: wanted, search }: RecordsScreenProps) {
  const { t } = useTranslation();
  const api = useApi();
  const objects = useQuery(objectsQuery(api));
  const pipelines = useQuery({ ...pipelinesQuery(api), enabled: isBox(kind) });
  const views = useQuery(viewsQuery(api, kind));
  const fields = useFields(kind);
  useTitle(t(`records.kinds.${kind}`));

  const failed = [objects, pipelines, views].find((query) => query.isError && query.data === undefined);
  if (failed !== undefined) return <ProblemState error={failed.error} retry={() => void failed.refetch()} />;
  const own = isBox(kind)
    ? pipelines.data?.filter((one) => one.kind === PIPELINE_KIND[kind] && !one.archived)
    : [];
  if (fields === undefined || own === undefined || views.data === undefined) {
    return (
      <div className={classes.screen}>
        <h1 className="tn-sr-only">{t(`records.kinds.${kind}`)}</h1>
        <TableSkeleton height={40} />
      </div>
    );
  }
  const pipeline = own.find(({ id }) => id === wanted) ?? own[0];
  if (isBox(kind) && pipeline === undefined) return emptyKind(kind, t);
  const view = views.data.find(({ id }) => id === search.view);
  return (
    <RecordActingProvider kind={kind}>
      <List
        key={view?.id}
        kind={kind}
        fields={fields}
        pipeline={pipeline}
        pipelines={own}
        views={views.data.filter((one) => one.pipeline === null || one.pipeline === pipeline?.id)}
        view={view}
        search={search}
      />
    </RecordActingProvider>
  );
}

type ListProps = {
  kind: Kind;
  fields: FieldSet;
  pipeline: Pipeline | undefined;
  pipelines: Pipeline[];
  views: SavedView[];
  view: SavedView | undefined;
  search: RecordsSearch;
};

/** Each letter would be a question to the server. */
const PAUSE_MS = 200;

function List({ kind, fields, pipeline, pipelines, views, view, search }: ListProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const edits = useRecordEdits();
  const me = useMe();
  const mayWrite = me?.member.role !== "viewer";
  const list = useListState(`${kind} ${pipeline?.id ?? ""} ${view?.id ?? ""}`, kind, fields, view);
  const { state, change } = list;
  const [filtering, setFiltering] = useState(false);
  const searched = useSettled(state.search.trim(), PAUSE_MS);
  const layout = search.layout ?? view?.layout ?? (isBox(kind) ? "board" : "table");
  const asked = useAsked(kind, pipeline, state, searched);
  const linked = useKnownTitles(state.filter);

  const go = useCallback(
    (part: Partial<RecordsSearch>, replace: boolean) =>
      void navigate({
        to: ".",
        search: (previous: object) => ({ ...previous, ...part }),
        replace,
      }),
    [navigate],
  );
  const openRow = useCallback(
    (id: string, { replace }: { replace: boolean }) => go({ open: id }, replace),
    [go],
  );
  const close = useCallback(() => {
    if (search.open !== undefined) go({ open: undefined }, false);
  }, [go, search.open]);
  const stage = pipeline?.stages[0]?.id;
  const create = useCallback(
    (inStage?: string) =>
      edits.create({
        kind,
        ...(pipeline === undefined
          ? {}
          : { values: { pipeline: pipeline.id, stage: inStage ?? stage ?? null } }),
        onCreated: (record) => go({ open: record.id }, false),
      }),
    [edits, kind, pipeline, stage, go],
  );

  // Asked for by an address, which then forgets it: going back must not ask again.
  const wantsNew = search.new === true;
  const creating = useRef(create);
  creating.current = create;
  useEffect(() => {
    if (!wantsNew) return;
    go({ new: undefined }, true);
    creating.current();
  }, [wantsNew, go]);

  const group = t("records.list.keys_records");
  useShortcuts([
    ...(mayWrite ? [{ keys: "c", label: t(`records.list.new_${kind}`), group, run: () => create() }] : []),
    { keys: "f", label: t("records.filter.title"), group, run: () => setFiltering(true) },
    {
      keys: "/",
      label: t("records.list.search"),
      group,
      run: () => document.querySelector<HTMLInputElement>("[data-records-search]")?.focus(),
    },
    ...(isBox(kind)
      ? [
          {
            keys: "b",
            label: t(layout === "board" ? "records.list.as_table" : "records.list.as_board"),
            group,
            run: () => go({ layout: layout === "board" ? "table" : "board" }, true),
          },
        ]
      : []),
  ]);

  const head = (
    <>
      <ListHead
        kind={kind}
        pipeline={pipeline}
        pipelines={pipelines}
        asked={asked}
        fields={fields}
        state={state}
        change={change}
        layout={layout}
        setLayout={(next) => go({ layout: next }, true)}
        filtering={filtering}
        setFiltering={setFiltering}
        rules={countRules(state.filter)}
        create={mayWrite ? () => create() : undefined}
      />
      <ViewTabs
        kind={kind}
        pipeline={pipeline}
        views={views}
        view={view}
        state={state}
        layout={layout}
        changed={list.changed}
        reset={list.reset}
      />
      {filtering ? (
        <FilterPanel
          fields={fields}
          usual={state.columns[0]?.field}
          filter={state.filter}
          change={(filter) => change({ filter })}
          close={() => {
            setFiltering(false);
            document.querySelector<HTMLElement>("[data-filter-button]")?.focus();
          }}
        />
      ) : (
        <FilterChips
          fields={fields}
          filter={state.filter}
          linked={linked}
          change={(filter) => change({ filter })}
          edit={() => setFiltering(true)}
        />
      )}
    </>
  );
  const shared = { kind, fields, asked, open: search.open, openRow, close, mayWrite };
  return (
    <div className={classes.screen} data-open={search.open === undefined ? undefined : ""}>
      <section className={classes.list} aria-label={t(`records.kinds.${kind}`)}>
        {layout === "board" && pipeline !== undefined ? (
          <>
            {head}
            <Board {...shared} pipeline={pipeline} create={create} />
          </>
        ) : (
          <TableList
            {...shared}
            head={head}
            state={state}
            change={change}
            pipeline={pipeline}
            filterBy={(field) => {
              change({ filter: { ...state.filter, items: [...state.filter.items, newRule(field)] } });
              setFiltering(true);
            }}
            create={mayWrite ? () => create() : undefined}
            narrowed={asked.filter !== undefined || asked.search !== undefined}
            widen={() => list.change({ filter: { ...state.filter, items: [] }, search: "" })}
          />
        )}
      </section>
      {search.open !== undefined && (
        <SidePanel id={search.open} close={close} open={(id) => go({ open: id }, false)} />
      )}
    </div>
  );
}

/** A value once it has rested for a moment. */
function useSettled(value: string, ms: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), value === "" ? 0 : ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
