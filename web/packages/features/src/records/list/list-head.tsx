import { ActionIcon, Button, Menu, TextInput } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import {
  IconCheck,
  IconChevronDown,
  IconFilter,
  IconLayoutKanban,
  IconPlus,
  IconSearch,
  IconTable,
} from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { late, useApi, useFormat } from "../../core";
import { withTexts } from "../../i18n";
import { type FieldSet, isBox } from "../core/fields";
import { recordsCountQuery } from "../core/queries";
import type { Kind, Pipeline, RecordsAsked, ViewLayout } from "../core/types";
import { ListMenu } from "../exchange/list-menu";
import { ColumnsMenu } from "../table/columns-menu";
import { IN_MAIN } from "./in-main";
import classes from "./list.module.css";
import type { ListState } from "./list-state";

/** Nobody waits for it to see their contacts. */
const SuggestionsHint = late(() => withTexts("threads", () => import("../meeting/suggestions-hint")));

type ListHeadProps = {
  kind: Kind;
  pipeline: Pipeline | undefined;
  pipelines: Pipeline[];
  asked: RecordsAsked;
  fields: FieldSet;
  state: ListState;
  change: (part: Partial<ListState>) => void;
  layout: ViewLayout;
  setLayout: (layout: ViewLayout) => void;
  filtering: boolean;
  setFiltering: (filtering: boolean) => void;
  /** How many conditions count. */
  rules: number;
  create: (() => void) | undefined;
};

/** What a count needs; the order of the rows is none of it. */
export const countedOf = ({ sort: _, ...asked }: RecordsAsked): RecordsAsked => asked;

export function ListHead(props: ListHeadProps) {
  const { kind, pipeline, pipelines, asked, fields, state, change, layout, filtering, rules, create } = props;
  const { t } = useTranslation();
  const api = useApi();
  const format = useFormat();
  const wide = useMediaQuery("(min-width: 64em)", undefined, { getInitialValueInEffect: false });
  const count = useQuery({
    ...recordsCountQuery(api, countedOf(asked)),
    placeholderData: keepPreviousData,
  }).data;
  const box = isBox(kind);
  const name = t(`records.list.new_${kind as "contact"}`);
  return (
    <header className={classes.head}>
      <h1 className={classes.title} tabIndex={-1} data-page-title>
        <PipelineName kind={kind} pipeline={pipeline} pipelines={pipelines} />
        {count !== undefined && (
          <span className={classes.total} role="status">
            <span aria-hidden="true">{format.number(count.count)}</span>
            <span className="tn-sr-only">
              {t("records.list.count", { count: count.count, number: format.number(count.count) })}
            </span>
          </span>
        )}
      </h1>
      {kind === "contact" && <SuggestionsHint />}
      <TextInput
        className={classes.search}
        size="xs"
        type="search"
        leftSection={<IconSearch size={15} aria-hidden="true" />}
        aria-label={t("records.list.search")}
        placeholder={t("records.list.search")}
        value={state.search}
        data-records-search
        autoComplete="off"
        onChange={(event) => change({ search: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || state.search === "") return;
          event.preventDefault();
          change({ search: "" });
        }}
      />
      <div className={classes.tools}>
        <button
          type="button"
          className={classes.tool}
          aria-expanded={filtering}
          aria-label={t("records.filter.title")}
          data-filter-button
          data-on={rules > 0 ? "" : undefined}
          onClick={() => props.setFiltering(!filtering)}
        >
          <IconFilter size={16} stroke={1.7} aria-hidden="true" />
          {wide && <span>{t("records.filter.title")}</span>}
          {rules > 0 && <span className={classes.badge}>{rules}</span>}
        </button>
        {layout === "table" && (
          <ColumnsMenu
            fields={fields}
            columns={state.columns}
            setColumns={(columns) => change({ columns })}
            className={classes.tool ?? ""}
            label={wide ? t("records.list.columns") : undefined}
          />
        )}
        {box && (
          <fieldset className={classes.layouts}>
            <legend className="tn-sr-only">{t("records.list.layout")}</legend>
            {(["board", "table"] as const).map((one) => (
              <button
                key={one}
                type="button"
                aria-pressed={layout === one}
                aria-label={t(`records.list.as_${one}`)}
                onClick={() => props.setLayout(one)}
              >
                {one === "board" ? (
                  <IconLayoutKanban size={16} stroke={1.7} />
                ) : (
                  <IconTable size={16} stroke={1.7} />
                )}
              </button>
            ))}
          </fieldset>
        )}
        <ListMenu
          ask={{ kind, asked, columns: state.columns.map(({ field }) => field) }}
          className={classes.tool}
        />
        {create !== undefined &&
          (wide ? (
            <Button size="xs" leftSection={<IconPlus size={15} />} onClick={create}>
              {name}
            </Button>
          ) : (
            <ActionIcon size={32} aria-label={name} onClick={create}>
              <IconPlus size={18} />
            </ActionIcon>
          ))}
      </div>
    </header>
  );
}

const PATHS = { deal: "/deals", lead: "/leads", case: "/cases", card: "/boards" } as const;

type PipelineNameProps = { kind: Kind; pipeline: Pipeline | undefined; pipelines: Pipeline[] };

/** What is listed; where there are several pipelines, it leads to the others. */
function PipelineName({ kind, pipeline, pipelines }: PipelineNameProps) {
  const { t } = useTranslation();
  const kinds = t(`records.kinds.${kind}`);
  if (pipeline === undefined || !isBox(kind)) return kinds;
  if (pipelines.length < 2) return pipeline.name;
  const link = (id: string) =>
    ({ component: Link, to: `${PATHS[kind]}/$pipeline`, params: { pipeline: id } }) as object;
  return (
    <Menu {...IN_MAIN} position="bottom-start" width={240} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <button type="button" className={classes.switch}>
          <span className="tn-sr-only">{kinds}: </span>
          {pipeline.name}
          <IconChevronDown size={16} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{kinds}</Menu.Label>
        {pipelines.map((one) => (
          <Menu.Item
            key={one.id}
            leftSection={
              one.id === pipeline.id ? (
                <IconCheck size={16} />
              ) : (
                <span className={classes.noIcon} aria-hidden="true" />
              )
            }
            aria-current={one.id === pipeline.id ? "true" : undefined}
            {...link(one.id)}
          >
            {one.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
