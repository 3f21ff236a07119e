/** Moves of boxes and changes of many records: shown at once, undone by a click or `z`. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { isProblem } from "@tenon/api-client";
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { useTranslation } from "react-i18next";
import { late, newKey, useApi, useFormat } from "../../core";
import { useShortcuts } from "../../keyboard";
import { refreshSets } from "../core/cache";
import { recordCalls } from "../core/calls";
import { useRecordEdits } from "../core/edits";
import { useFields } from "../core/fields";
import type { BulkBody, Kind, Pipeline, RecordItem, RecordsAsked, Values } from "../core/types";
import { findStage, isEmptyValue, usePipelines } from "../core/words";
import { commitMove } from "./caches";
import { type Pending, PendingRecords } from "./pending";

const StageDialog = late(() => import("./stage-dialog"));

export type MoveTo = {
  stage: string;
  before: string | null;
  /** The card that it stood before, for the way back. */
  back?: string | null;
  values?: Values;
};
export type Asking = { record: RecordItem; to: MoveTo; needed: string[]; asksReason: boolean };

export type BulkRequest = {
  kind: Kind;
  target: { records: readonly RecordItem[] } | { which: RecordsAsked; count: number };
  change: { set: Values } | { delete: true };
};

type Acting = {
  pending: PendingRecords;
  move: (record: RecordItem, to: MoveTo) => void;
  bulk: (request: BulkRequest) => void;
};

const ActingContext = createContext<Acting | null>(null);

export function useRecordActing(): Acting {
  const acting = useContext(ActingContext);
  if (acting === null) throw new Error("useRecordActing needs a RecordActingProvider above it");
  return acting;
}

export function usePendingRecords(): readonly Pending[] {
  const { pending } = useRecordActing();
  return useSyncExternalStore(pending.subscribe, pending.list);
}

/** What is under way outlives the screen that began it. */
const stores = new WeakMap<QueryClient, PendingRecords>();
function storeOf(client: QueryClient): PendingRecords {
  const store = stores.get(client) ?? new PendingRecords();
  stores.set(client, store);
  return store;
}

/** Why one of many was left as it was. */
const LEFT_BECAUSE = ["forbidden", "stage_needs_fields", "validation", "not_found", "unchanged"] as const;
type LeftBecause = (typeof LEFT_BECAUSE)[number];

/** The server takes so many at once. */
const BULK_MOST = 5_000;

export function RecordActingProvider({ kind, children }: { kind: Kind; children: ReactNode }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const edits = useRecordEdits();
  const pending = storeOf(client);
  const [asking, setAsking] = useState<Asking>();
  const move = useMoving(kind, pending, setAsking);
  const bulk = useBulk(pending);
  useShortcuts([
    {
      keys: "z",
      label: t("records.list.undo_last"),
      group: t("records.list.keys_records"),
      run: () => void edits.undoLast(),
    },
  ]);
  const acting = useMemo(() => ({ pending, move, bulk }), [pending, move, bulk]);
  return (
    <ActingContext.Provider value={acting}>
      {children}
      {asking !== undefined && (
        <StageDialog
          key={asking.record.id + asking.to.stage}
          asking={asking}
          close={() => setAsking(undefined)}
          go={(values) => {
            setAsking(undefined);
            move(asking.record, { ...asking.to, values });
          }}
        />
      )}
    </ActingContext.Provider>
  );
}

/** The fields a stage asks for that hold nothing yet. */
export function missingFor(
  pipelines: readonly Pipeline[] | undefined,
  record: RecordItem,
  to: MoveTo,
): string[] {
  const found = findStage(pipelines, to.stage);
  const values = { ...record.values, ...to.values };
  return found?.stage.required.filter((key) => isEmptyValue(values[key])) ?? [];
}

function useMoving(kind: Kind, pending: PendingRecords, ask: (asking: Asking) => void): Acting["move"] {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const edits = useRecordEdits();
  const pipelines = usePipelines();
  const fields = useFields(kind);
  const turns = useRef(new Map<string, Promise<unknown>>());
  const latest = useRef({ pipelines, fields, t });
  latest.current = { pipelines, fields, t };

  return useCallback(
    (record, to) => {
      const { pipelines, fields, t } = latest.current;
      const target = findStage(pipelines, to.stage);
      const from = record.values.stage;
      const leaves = from !== to.stage;
      const needed = leaves ? missingFor(pipelines, record, to) : [];
      const asksReason =
        leaves &&
        to.values === undefined &&
        target?.stage.outcome === "lost" &&
        fields?.byKey.has("lost_reason") === true &&
        isEmptyValue(record.values.lost_reason);
      if (needed.length > 0 || asksReason) {
        ask({ record, to, needed, asksReason });
        return;
      }
      const { stage, before, values } = to;
      const send = async (where: MoveTo, undoing: boolean): Promise<boolean> => {
        const drop = pending.add({ kind: "move", record, stage: where.stage, before: where.before });
        const body = {
          stage: where.stage,
          before: where.before,
          ...(where.values === undefined ? {} : { values: where.values }),
        };
        const turn = (turns.current.get(record.id) ?? Promise.resolve()).then(() =>
          recordCalls(api).move(record.id, body),
        );
        turns.current.set(
          record.id,
          turn.catch(() => undefined),
        );
        try {
          const moved = await turn;
          commitMove(client, moved, where.stage, where.before);
          drop();
          void client.invalidateQueries({ queryKey: ["record_counts"] });
          void client.invalidateQueries({ queryKey: ["record_timeline"] });
          return true;
        } catch (error) {
          drop();
          if (!undoing && isProblem(error, "stage_needs_fields"))
            ask({
              record,
              to,
              needed: error.fields.map(({ name }) => name.replace(/^values\./, "")),
              asksReason: false,
            });
          else edits.refused(error);
          return false;
        }
      };
      const done = send({ stage, before, ...(values === undefined ? {} : { values }) }, false);
      if (!leaves || typeof from !== "string") return;
      void done.then((moved) => {
        if (!moved) return;
        const gone = Object.keys(values ?? {});
        const old = Object.fromEntries(gone.map((key) => [key, record.values[key] ?? null]));
        edits.offerUndo(
          t("records.board.moved", { title: record.title, stage: target?.stage.name ?? "" }),
          () =>
            void send(
              { stage: from, before: to.back ?? null, ...(gone.length > 0 ? { values: old } : {}) },
              true,
            ),
        );
      });
    },
    [api, ask, client, edits, pending],
  );
}

function useBulk(pending: PendingRecords): Acting["bulk"] {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const edits = useRecordEdits();
  const format = useFormat();
  return useCallback(
    ({ kind, target, change }) => {
      const calls = recordCalls(api);
      const ids = "records" in target ? target.records.map(({ id }) => id) : undefined;
      const drop =
        ids === undefined
          ? () => undefined
          : pending.add(
              "set" in change
                ? { kind: "set", ids: new Set(ids), values: change.set }
                : { kind: "hide", ids: new Set(ids) },
            );
      const bodies: BulkBody[] =
        ids === undefined
          ? [
              {
                kind,
                ...("which" in target ? { which: target.which } : {}),
                ...change,
              },
            ]
          : Array.from({ length: Math.ceil(ids.length / BULK_MOST) }, (_, part) => ({
              kind,
              ids: ids.slice(part * BULK_MOST, (part + 1) * BULK_MOST),
              ...change,
            }));
      /** Why some were left, if all reasons are known. */
      const why = (because: ReadonlyMap<string, number>, skipped: number): string | undefined => {
        const known = [...because].filter(([code]) => LEFT_BECAUSE.some((one) => one === code));
        if (known.reduce((sum, [, count]) => sum + count, 0) !== skipped) return undefined;
        const reasons = known.map(([code, count]) =>
          t(`records.bulk.because.${code as LeftBecause}`, { count, number: format.number(count) }),
        );
        return t("records.bulk.left", { reasons: format.list(reasons) });
      };
      const settle = () => refreshAll(client).then(drop, drop);
      const run = async () => {
        const jobs: string[] = [];
        let changed = 0;
        let skipped = 0;
        const because = new Map<string, number>();
        try {
          for (const body of bodies) {
            const done = await calls.bulk(body, newKey());
            jobs.push(done.id);
            changed += done.changed;
            skipped += done.skipped;
            for (const { code, count } of done.skipped_because ?? [])
              because.set(code, (because.get(code) ?? 0) + count);
          }
        } catch (error) {
          edits.refused(error);
        }
        const settled = settle();
        if (jobs.length === 0) return;
        const number = format.number(changed);
        const said =
          "set" in change
            ? t("records.bulk.changed", { count: changed, number })
            : t("records.bulk.deleted", { count: changed, number });
        const left =
          skipped > 0
            ? ` ${why(because, skipped) ?? t("records.bulk.skipped", { count: skipped, number: format.number(skipped) })}`
            : "";
        edits.offerUndo(`${said}${left}`, () => {
          void settled
            .then(() => Promise.all(jobs.reverse().map((id) => calls.undoBulk(id))))
            .catch(edits.refused)
            .finally(() => void refreshAll(client));
        });
      };
      void run();
    },
    [api, client, edits, format, pending, t],
  );
}

/** Everything that is shown may be another set now; of long lists too. */
async function refreshAll(client: QueryClient): Promise<void> {
  refreshSets(client);
  void client.invalidateQueries({ queryKey: ["record"] });
  await client.invalidateQueries({ queryKey: ["record_lists"] });
}
