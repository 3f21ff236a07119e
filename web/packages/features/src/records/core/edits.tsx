/** Changes of records: shown at once, sent one after the other for each record, asked about when others were faster. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { ApiProblem, isProblem } from "@tenon/api-client";
import { useToast } from "@tenon/ui";
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { late, newKey, useApi, useProblemText } from "../../core";
import { withTexts } from "../../i18n";
import { withValues } from "../acting/pending";
import { dropRecord, patchRecord, refreshSets } from "./cache";
import { recordCalls } from "./calls";
import { recordKeys } from "./keys";
import type { EditConflict, Kind, NewRecord, RecordItem, RecordRef, Values } from "./types";

const ConflictDialog = late(() => withTexts("records", () => import("../record/conflict-dialog")));
const CreateDialog = late(() => withTexts("records", () => import("../record/create-dialog")));

export type Conflict = {
  record: RecordItem;
  version: number;
  conflicts: EditConflict[];
  /** Titles of the records that they name. */
  linked: readonly RecordRef[];
  /** All that was to be saved. */
  values: Values;
};
export type CreateAsk = {
  kind: Kind;
  values?: Values;
  /** Titles of what `values` links to. */
  refs?: readonly RecordRef[];
  onCreated?: (record: RecordItem) => void;
};

export type RecordEdits = {
  /**
   * Saves fields of the record as the person saw it when they began: what somebody has changed since is asked about.
   * Gives the record, or undefined when it was refused (which has been said already).
   */
  save: (record: RecordItem, values: Values) => Promise<RecordItem | undefined>;
  /** Makes a record; throws what the server refused. */
  make: (kind: Kind, values: Values, sharing?: NewRecord["sharing"]) => Promise<RecordItem>;
  /** Into the bin, with *Undo*. */
  remove: (record: RecordItem) => void;
  restore: (record: RecordItem) => Promise<void>;
  /** Opens the dialog that makes a record. */
  create: (ask: CreateAsk) => void;
  /** Says what was done, with *Undo*, which the key for it finds too. */
  offerUndo: (text: string, undo: () => void) => void;
  /** Undoes what was offered last; false when there is nothing. */
  undoLast: () => boolean;
  /** A title that a link may be shown by before the server tells it. */
  remember: (ref: RecordRef) => void;
  /** Says why something was refused. */
  refused: (error: unknown) => void;
};

const EditsContext = createContext<RecordEdits | null>(null);

export function useRecordEdits(): RecordEdits {
  const edits = useContext(EditsContext);
  if (edits === null) throw new Error("useRecordEdits needs a RecordsProvider above it");
  return edits;
}

const UNDO_MS = 10_000;

export function RecordsProvider({ children }: { children: ReactNode }) {
  const [conflict, setConflict] = useState<Conflict>();
  const [asking, setAsking] = useState<CreateAsk & { key: string }>();
  const create = useCallback((ask: CreateAsk) => setAsking({ ...ask, key: newKey() }), []);
  const edits = useEdits(setConflict, create);
  return (
    <EditsContext.Provider value={edits}>
      {children}
      {conflict !== undefined && <ConflictDialog conflict={conflict} close={() => setConflict(undefined)} />}
      {asking !== undefined && (
        <CreateDialog key={asking.key} ask={asking} close={() => setAsking(undefined)} />
      )}
    </EditsContext.Provider>
  );
}

function useEdits(ask: (conflict: Conflict) => void, create: (ask: CreateAsk) => void): RecordEdits {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const problemText = useProblemText();
  const words = useRef({ t, problemText });
  useEffect(() => {
    words.current = { t, problemText };
  });
  const [line] = useState(() => new Line());

  return useMemo(() => {
    const calls = recordCalls(api);
    const refused = (error: unknown) => {
      const { t, problemText } = words.current;
      const fields = error instanceof ApiProblem ? error.fields : [];
      const text = fields.length > 0 ? fields.map(({ detail }) => detail).join(" ") : problemText(error);
      toast(t("records.refused", { text }), { tone: "danger", key: "records refused", shownMs: 10_000 });
    };
    const offerUndo = (text: string, undo: () => void) => {
      const once = () => {
        if (line.undo === once) line.undo = undefined;
        undo();
      };
      line.undo = once;
      const close = toast(text, {
        key: "records undo",
        shownMs: UNDO_MS,
        action: { label: words.current.t("records.undo"), run: once },
      });
      line.closeToast = close;
    };

    const save = (record: RecordItem, values: Values) =>
      line.after(record.id, async () => {
        try {
          const saved = await calls.change(record.id, line.version(record), values);
          line.settle(record.id, values, saved.version);
          show(client, line.lay(saved));
          void client.invalidateQueries({ queryKey: recordKeys.history(record.id) });
          void client.invalidateQueries({ queryKey: recordKeys.timelines });
          void client.invalidateQueries({ queryKey: recordKeys.counts });
          return saved;
        } catch (error) {
          line.settle(record.id, values);
          const truth = await calls.get(record.id).catch(() => record);
          if (truth !== record) line.versions.set(record.id, truth.version);
          show(client, line.lay(truth));
          if (isProblem(error, "edit_conflict"))
            ask({
              record: truth,
              version: Number(error.more.version ?? truth.version),
              conflicts: (error.more.conflicts ?? []) as EditConflict[],
              linked: (error.more.linked ?? []) as RecordRef[],
              values,
            });
          else refused(error);
          return undefined;
        }
      });

    return {
      refused,
      offerUndo,
      create,
      undoLast() {
        const { undo } = line;
        if (undo === undefined) return false;
        line.closeToast?.();
        undo();
        return true;
      },
      remember: (ref: RecordRef) => void line.refs.set(ref.id, ref),
      save(record: RecordItem, values: Values) {
        void client.cancelQueries({ queryKey: recordKeys.record(record.id) });
        line.begin(record.id, values);
        patchRecord(client, record.id, (known) => line.lay(known));
        return save(record, values);
      },
      async make(kind: Kind, values: Values, sharing?: NewRecord["sharing"]) {
        const body = { kind, values, ...(sharing === undefined ? {} : { sharing }) };
        const made = await calls.create(body, newKey());
        client.setQueryData(recordKeys.record(made.id), made);
        line.refs.set(made.id, { id: made.id, kind, title: made.title });
        refreshSets(client);
        return made;
      },
      remove(record: RecordItem) {
        dropRecord(client, record.id);
        const deleted = { ...record, deleted_at: new Date().toISOString() };
        patchRecord(client, record.id, () => deleted);
        const done = calls.remove(record.id).then(
          () => {
            refreshSets(client);
            return true;
          },
          (error: unknown) => {
            patchRecord(client, record.id, () => record);
            refreshSets(client);
            refused(error);
            return false;
          },
        );
        offerUndo(words.current.t("records.deleted", { title: record.title }), () => {
          patchRecord(client, record.id, () => record);
          void done.then((gone) => {
            if (gone) void this.restore(record);
          });
        });
      },
      async restore(record: RecordItem) {
        try {
          const restored = await calls.restore(record.id);
          client.setQueryData(recordKeys.record(record.id), restored);
          line.versions.set(record.id, restored.version);
        } catch (error) {
          refused(error);
        }
        refreshSets(client);
      },
    };
  }, [api, client, toast, ask, create, line]);
}

function show(client: QueryClient, record: RecordItem): void {
  patchRecord(client, record.id, () => record);
}

/** What waits for its answer, by record. */
class Line {
  readonly refs = new Map<string, RecordRef>();
  /** The newest version that our own writes have made. */
  readonly versions = new Map<string, number>();
  readonly #waiting = new Map<string, Values[]>();
  readonly #last = new Map<string, Promise<unknown>>();
  undo: (() => void) | undefined;
  closeToast: (() => void) | undefined;

  begin(id: string, values: Values): void {
    this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), values]);
  }

  settle(id: string, values: Values, version?: number): void {
    const others = (this.#waiting.get(id) ?? []).filter((one) => one !== values);
    if (others.length === 0) this.#waiting.delete(id);
    else this.#waiting.set(id, others);
    if (version !== undefined) this.versions.set(id, version);
  }

  version(record: RecordItem): number {
    return Math.max(record.version, this.versions.get(record.id) ?? 0);
  }

  /** The record with what is not confirmed yet laid over it. */
  lay(record: RecordItem): RecordItem {
    const waiting = this.#waiting.get(record.id);
    if (waiting === undefined) return record;
    const now = withValues(record, Object.assign({}, ...waiting) as Values);
    const linked = { ...record.linked };
    for (const value of Object.values(now.values))
      for (const id of Array.isArray(value) ? value : [value]) {
        const ref = typeof id === "string" ? this.refs.get(id) : undefined;
        if (ref !== undefined) linked[ref.id] = ref;
      }
    return { ...now, linked };
  }

  after<Answer>(id: string, run: () => Promise<Answer>): Promise<Answer> {
    const turn = (this.#last.get(id) ?? Promise.resolve()).then(run, run);
    this.#last.set(id, turn);
    return turn;
  }
}
