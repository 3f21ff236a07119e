/** Each call of the records API, once. */
import type { ApiClient } from "@tenon/api-client";
import { type Asked, callsOf, paged } from "./contract-call";
import type {
  BulkBody,
  BulkResult,
  ConvertBody,
  Converted,
  ConvertedAnswer,
  Field,
  FieldInputBody,
  HistoryEntry,
  Kind,
  NewRecord,
  ObjectType,
  PageOf,
  Pipeline,
  PipelineKind,
  RecordAnswer,
  RecordItem,
  RecordsAsked,
  RecordsBody,
  RecordsCount,
  RecordsPage,
  SavedView,
  Sharing,
  StageInput,
  Team,
  TimelineAnswer,
  TimelineEntry,
  Values,
  ViewInput,
} from "./types";

/** The server tells linked records as a list; here they are looked up by id. */
export const shaped = (record: RecordAnswer): RecordItem => ({
  ...record,
  linked: Object.fromEntries(record.linked.map((ref) => [ref.id, ref])),
});
const orNone = (record: RecordAnswer | null) => (record === null ? null : shaped(record));
const listed = <Item, Shown>(page: PageOf<Item>, shape: (item: Item) => Shown): PageOf<Shown> => ({
  items: page.items.map(shape),
  next: page.next,
});

const match = (version: number) => ({ "If-Match": `"${version}"` });

export function recordCalls(api: ApiClient) {
  const call = callsOf(api);
  const of = (id: string) => ({ path: { id } });
  const one = async (...asked: Parameters<typeof call>): Promise<RecordItem> =>
    shaped(await call<RecordAnswer>(...asked));

  return {
    objects: ({ signal }: Asked = {}) => call<{ items: ObjectType[] }>("GET", "/objects", { signal }),
    addField: (kind: Kind, body: FieldInputBody) =>
      call<Field>("POST", "/objects/{kind}/fields", { path: { kind }, body }),
    changeField: (id: string, body: FieldInputBody) =>
      call<Field>("PATCH", "/fields/{id}", { ...of(id), body }),
    archiveField: (id: string) => call<void>("DELETE", "/fields/{id}", of(id)),

    create: (body: NewRecord, key?: string) =>
      one("POST", "/records", {
        body,
        ...(key === undefined ? {} : { header: { "Idempotency-Key": key } }),
      }),
    get: (id: string, { signal }: Asked = {}) => one("GET", "/records/{id}", { ...of(id), signal }),
    change: (id: string, version: number, values: Values) =>
      one("PATCH", "/records/{id}", { ...of(id), header: match(version), body: { values } }),
    remove: (id: string) => call<void>("DELETE", "/records/{id}", of(id)),
    restore: (id: string) => one("POST", "/records/{id}/restore", of(id)),
    emptyBin: (kind: Kind) => call<{ deleted: number }>("POST", "/records/bin/empty", { body: { kind } }),
    removeForever: (id: string) => call<void>("DELETE", "/records/{id}/forever", of(id)),
    move: (id: string, body: { stage: string; before: string | null; values?: Values }) =>
      one("POST", "/records/{id}/move", { ...of(id), body }),
    revert: (id: string, version: number, body: { version: number; fields?: string[] }) =>
      one("POST", "/records/{id}/revert", { ...of(id), header: match(version), body }),
    convert: async (id: string, version: number, body: ConvertBody): Promise<Converted> => {
      const asked = { ...of(id), header: match(version), body };
      const made = await call<ConvertedAnswer>("POST", "/records/{id}/convert", asked);
      return {
        contact: orNone(made.contact),
        company: orNone(made.company),
        deal: orNone(made.deal),
        lead: shaped(made.lead),
      };
    },
    history: (id: string, after: string | undefined, { signal }: Asked = {}) =>
      call<PageOf<HistoryEntry>>("GET", "/records/{id}/history", {
        ...of(id),
        query: paged(after, 50),
        signal,
      }),
    timeline: async (
      id: string,
      after: string | undefined,
      { signal }: Asked = {},
    ): Promise<PageOf<TimelineEntry>> =>
      listed(
        await call<PageOf<TimelineAnswer>>("GET", "/records/{id}/timeline", {
          ...of(id),
          query: paged(after, 30),
          signal,
        }),
        (entry) => ({ ...entry, record: orNone(entry.record) }),
      ),
    sharing: (id: string, { signal }: Asked = {}) =>
      call<Sharing>("GET", "/records/{id}/sharing", { ...of(id), signal }),
    share: (id: string, body: Sharing) => call<Sharing>("PUT", "/records/{id}/sharing", { ...of(id), body }),

    query: async (body: RecordsBody, { signal }: Asked = {}): Promise<RecordsPage> => {
      const page = await call<PageOf<RecordAnswer> & { similar?: boolean }>("POST", "/records/query", {
        body,
        signal,
      });
      return { ...listed(page, shaped), similar: page.similar === true };
    },
    count: (body: RecordsAsked, { signal }: Asked = {}) =>
      call<RecordsCount>("POST", "/records/count", { body, signal }),
    bulk: (body: BulkBody, key: string) =>
      call<BulkResult>("POST", "/records/bulk", { body, header: { "Idempotency-Key": key } }),
    undoBulk: (id: string) =>
      call<{ changed: number; skipped: number }>("POST", "/records/bulk/{id}/undo", of(id)),

    pipelines: ({ signal }: Asked = {}) => call<{ items: Pipeline[] }>("GET", "/pipelines", { signal }),
    addPipeline: (body: { kind: PipelineKind; name: string; stages?: StageInput[] }) =>
      call<Pipeline>("POST", "/pipelines", { body }),
    changePipeline: (id: string, version: number, body: { name?: string; stages?: StageInput[] }) =>
      call<Pipeline>("PATCH", "/pipelines/{id}", { ...of(id), header: match(version), body }),
    archivePipeline: (id: string) => call<void>("DELETE", "/pipelines/{id}", of(id)),

    views: (kind: Kind, { signal }: Asked = {}) =>
      call<{ items: SavedView[] }>("GET", "/views", { query: { kind }, signal }),
    addView: (body: ViewInput) => call<SavedView>("POST", "/views", { body }),
    changeView: (id: string, body: Partial<ViewInput>) =>
      call<SavedView>("PATCH", "/views/{id}", { ...of(id), body }),
    removeView: (id: string) => call<void>("DELETE", "/views/{id}", of(id)),

    teams: ({ signal }: Asked = {}) => call<{ items: Team[] }>("GET", "/teams", { signal }),
    addTeam: (body: { name: string; members: string[] }) => call<Team>("POST", "/teams", { body }),
    changeTeam: (id: string, body: { name?: string; members?: string[] }) =>
      call<Team>("PATCH", "/teams/{id}", { ...of(id), body }),
    removeTeam: (id: string) => call<void>("DELETE", "/teams/{id}", of(id)),
  };
}
