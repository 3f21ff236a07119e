/** Head, fields, timeline and history of a record: side by side where there is room, else one at a time. */
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { IconTrash, Notice } from "@tenon/ui";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { late, plain, useFormat } from "../../core";
import { withTexts } from "../../i18n";
import { useShortcuts } from "../../keyboard";
import { useRecordEdits } from "../core/edits";
import { rememberOpened } from "../core/recent";
import type { Kind, RecordItem } from "../core/types";
import { FieldsPanel } from "./fields-panel";
import { HistoryList } from "./history-list";
import classes from "./record.module.css";
import { RecordHead } from "./record-head";
import { RecordSkeleton } from "./record-states";
import { RelatedLists } from "./related-lists";
import { StageBar } from "./stage-bar";
import { Timeline } from "./timeline";
import { useCanEdit, useRecord } from "./use-record";

type RecordContentProps = {
  id: string;
  place: "page" | "panel";
  /** Fields stand beside the timeline. */
  wide: boolean;
  onClose: () => void;
  useTitle?: (title: string | undefined) => void;
};

/** Comes with its own texts when it is first looked at. */
const RecordThreads = late(
  () => withTexts("threads", () => import("../meeting/record-threads")),
  RecordSkeleton,
);

const DuplicateHint = late<{ record: RecordItem }>(() =>
  withTexts("merge", () => import("../merge/duplicate-hint")),
);
const FilesSection = late<{ record: RecordItem }>(() =>
  withTexts("files", () => import("../files/files-section")),
);
const DOUBLED: readonly Kind[] = ["contact", "company", "lead"];

type Tab = "details" | "timeline" | "threads" | "history";
const WITH_MAIL = new Set<Kind>(["contact", "company", "deal", "lead", "case", "card"]);
const tabsOf = (kind: Kind, wide: boolean): Tab[] => [
  ...(wide ? [] : (["details"] as const)),
  "timeline",
  ...(WITH_MAIL.has(kind) ? (["threads"] as const) : []),
  "history",
];
const ignore = () => undefined;

export function RecordContent({ id, place, wide, onClose, useTitle = ignore }: RecordContentProps) {
  const { t } = useTranslation();
  const { record } = useRecord(id);
  const client = useQueryClient();
  useTitle(record?.title);
  useEffect(() => {
    if (record !== undefined) rememberOpened(client, record);
  }, [client, record]);
  useShortcuts([
    ...(place === "page"
      ? [{ keys: "Escape", label: t("records.page.back"), group: t("records.page.keys"), run: onClose }]
      : []),
  ]);
  if (record === undefined) return null;
  return (
    <article
      className={classes.record}
      data-place={place}
      data-wide={wide || undefined}
      aria-label={`${t(`records.kind.${record.kind}`)}: ${plain(record.title)}`}
    >
      <RecordHead record={record} place={place} onClose={onClose} />
      {record.deleted_at !== null && <DeletedNotice record={record} />}
      <StageBar record={record} />
      {wide ? <Wide record={record} /> : <Narrow record={record} />}
    </article>
  );
}

function Details({ record }: { record: RecordItem }) {
  return (
    <>
      {DOUBLED.includes(record.kind) && record.deleted_at === null && <DuplicateHint record={record} />}
      <FieldsPanel record={record} />
      {record.deleted_at === null && <FilesSection record={record} />}
      <RelatedLists record={record} />
    </>
  );
}

function Wide({ record }: { record: RecordItem }) {
  const { t } = useTranslation();
  const [tab, setTab] = useState<Tab>("timeline");
  return (
    <div className={classes.columns}>
      <section className={classes.side} aria-label={t("records.page.details")}>
        <Details record={record} />
      </section>
      <div className={classes.main}>
        <Tabs tabs={tabsOf(record.kind, true)} tab={tab} setTab={setTab} />
        <TabPanel record={record} tab={tab} />
      </div>
    </div>
  );
}

function Narrow({ record }: { record: RecordItem }) {
  const [tab, setTab] = useState<Tab>(record.kind === "note" ? "details" : "details");
  return (
    <div className={classes.main}>
      <Tabs tabs={tabsOf(record.kind, false)} tab={tab} setTab={setTab} />
      <TabPanel record={record} tab={tab} />
    </div>
  );
}

function TabPanel({ record, tab }: { record: RecordItem; tab: Tab }) {
  return (
    <div
      className={classes.tabPanel}
      role="tabpanel"
      id={`record-${tab}`}
      aria-labelledby={`record-tab-${tab}`}
    >
      {tab === "details" && <Details record={record} />}
      {tab === "timeline" && <Timeline record={record} />}
      {tab === "threads" && <RecordThreads record={record} />}
      {tab === "history" && <HistoryList record={record} />}
    </div>
  );
}

type TabsProps = { tabs: readonly Tab[]; tab: Tab; setTab: (tab: Tab) => void };

function Tabs({ tabs, tab, setTab }: TabsProps) {
  const { t } = useTranslation();
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = (tabs.indexOf(tab) + step + tabs.length) % tabs.length;
    setTab(tabs[next] ?? tab);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[next]?.focus();
  };
  return (
    <div
      ref={list}
      className={classes.tabs}
      role="tablist"
      aria-label={t("records.page.parts")}
      onKeyDown={onKeyDown}
    >
      {tabs.map((one) => (
        <button
          key={one}
          type="button"
          role="tab"
          id={`record-tab-${one}`}
          aria-selected={one === tab}
          aria-controls={one === tab ? `record-${one}` : undefined}
          tabIndex={one === tab ? 0 : -1}
          className={classes.tab}
          onClick={() => setTab(one)}
        >
          {t(`records.page.${one}`)}
        </button>
      ))}
    </div>
  );
}

function DeletedNotice({ record }: { record: RecordItem }) {
  const { t } = useTranslation();
  const format = useFormat();
  const edits = useRecordEdits();
  const mayRestore = useCanEdit({ ...record, deleted_at: null });
  return (
    <div className={classes.notice}>
      <Notice
        tone="warn"
        icon={IconTrash}
        title={t("records.page.in_bin")}
        actions={
          mayRestore && (
            <Button size="xs" variant="default" onClick={() => void edits.restore(record)}>
              {t("records.page.restore")}
            </Button>
          )
        }
      >
        {t("records.page.in_bin_text", { when: format.ago(record.deleted_at ?? "") })}
      </Notice>
    </div>
  );
}
