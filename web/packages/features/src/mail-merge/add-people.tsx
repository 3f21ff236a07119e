import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type MailMerge, type RecipientsAdded, type RecipientsInput, send } from "@tenon/api-client";
import { IconUpload, Notice, ProgressBar } from "@tenon/ui";
import { type DragEvent, useEffect, useRef, useState } from "react";
import { keys, plain, useApi, useFormat } from "../core";
import { sendBytes } from "../core/send-bytes";
import { pipelinesQuery, viewsQuery } from "../records/core/queries";
import type { Kind, Pipeline } from "../records/core/types";
import classes from "./mail-merge.module.css";
import { Refused } from "./refused";
import { useTexts } from "./use-texts";

type LeftOut = "no_address" | "address_invalid" | "twice";
type Added = { what: "added"; added: RecipientsAdded } | { what: "failed"; error: unknown };

/** Puts people into the list: of a file, or of records. */
export function AddPeople({ merge }: { merge: MailMerge }) {
  const [last, setLast] = useState<Added>();
  const client = useQueryClient();
  const done = (now: Added) => {
    setLast(now);
    void client.invalidateQueries({ queryKey: keys.mailMerges });
  };
  return (
    <div className={classes.adding}>
      <div className={classes.sources}>
        <OfFile merge={merge} done={done} again={last?.what === "failed"} />
        <OfRecords merge={merge} done={done} />
      </div>
      {last?.what === "added" && <Outcome added={last.added} />}
      {last?.what === "failed" && <Refused error={last.error} />}
    </div>
  );
}

/** What came of it: also what was left out, and where. */
function Outcome({ added }: { added: RecipientsAdded }) {
  const m = useTexts();
  const format = useFormat();
  const left = added.left_out.reduce((sum, { count }) => sum + count, 0);
  return (
    <Notice
      tone={left > 0 ? "warn" : "ok"}
      role="status"
      title={m("mailmerge.added", { count: added.added, number: format.number(added.added) })}
    >
      {added.left_out.map(({ code, count }) => (
        <div key={code}>
          {m(`mailmerge.left_out.${code as LeftOut}`, { count, number: format.number(count) })}
        </div>
      ))}
      {added.rows.length > 0 && (
        <div className={classes.note}>
          {m("mailmerge.bad_rows", { rows: added.rows.map(({ row }) => format.number(row)).join(", ") })}
        </div>
      )}
    </Notice>
  );
}

type SourceProps = { merge: MailMerge; done: (now: Added) => void };

function OfFile({ merge, done, again }: SourceProps & { again: boolean }) {
  const m = useTexts();
  const input = useRef<HTMLInputElement>(null);
  const [sending, setSending] = useState<{ name: string; share: number }>();
  const [over, setOver] = useState(false);
  /** The title of the column with addresses, when it was not found out. */
  const [column, setColumn] = useState("");
  const abort = useRef<AbortController>(undefined);
  useEffect(() => () => abort.current?.abort(), []);
  const take = async (file: File) => {
    const control = new AbortController();
    abort.current = control;
    setSending({ name: file.name, share: 0 });
    try {
      const added = await sendBytes<RecipientsAdded>(
        `/api/v1/mail-merges/${merge.id}/recipients/file`,
        { name: file.name, ...(column.trim() === "" ? {} : { column: column.trim() }) },
        file,
        { onProgress: (share) => setSending({ name: file.name, share }), signal: control.signal },
      );
      done({ what: "added", added });
    } catch (error) {
      if (!control.signal.aborted) done({ what: "failed", error });
    } finally {
      setSending(undefined);
    }
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file !== undefined && sending === undefined) void take(file);
  };
  return (
    // The button does the same; what is dropped is a shorter way.
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shorter way for the button inside
    <div
      className={classes.source}
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <h3 className={classes.sourceTitle}>{m("mailmerge.of_file")}</h3>
      <p className={classes.note}>{m("mailmerge.of_file_lead")}</p>
      {sending === undefined ? (
        <>
          {(again || column !== "") && (
            <TextInput
              label={m("mailmerge.column")}
              value={column}
              onChange={(event) => setColumn(event.currentTarget.value)}
            />
          )}
          <Button
            variant="default"
            leftSection={<IconUpload size={16} />}
            onClick={() => input.current?.click()}
          >
            {m("mailmerge.choose_file")}
          </Button>
        </>
      ) : (
        <div role="status">
          <ProgressBar
            value={sending.share * 100}
            label={m("mailmerge.sending_file", { name: plain(sending.name) })}
          />
        </div>
      )}
      <input
        ref={input}
        type="file"
        hidden
        accept=".csv,.tsv,.txt,text/csv"
        aria-label={m("mailmerge.choose_file")}
        data-testid="list-file"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (file !== undefined) void take(file);
        }}
      />
    </div>
  );
}

/** Kinds whose records have addresses of their own. */
const PEOPLE = ["contact", "lead"] as const;
/** What the boxes of a pipeline are. */
const KIND_OF = { deals: "deal", leads: "lead", cases: "case", board: "card" } as const satisfies Record<
  Pipeline["kind"],
  Kind
>;

function OfRecords({ merge, done }: SourceProps) {
  const m = useTexts();
  const api = useApi();
  const pipelines = useQuery(pipelinesQuery(api)).data ?? [];
  const [source, setSource] = useState<string>("contact");
  const [part, setPart] = useState("");
  const [contacts, setContacts] = useState<"first" | "all">("first");
  const pipeline = pipelines.find(({ id }) => id === source);
  const kind = pipeline === undefined ? PEOPLE.find((one) => one === source) : undefined;
  const views = useQuery({ ...viewsQuery(api, kind ?? "contact"), enabled: kind !== undefined }).data ?? [];
  const view = views.find(({ id }) => id === part);
  const boxes = pipeline !== undefined && pipeline.kind !== "leads";
  const add = useMutation({
    mutationFn: (body: RecipientsInput) =>
      send(api.POST("/api/v1/mail-merges/{id}/recipients", { params: { path: { id: merge.id } }, body })),
    onSuccess: (added) => done({ what: "added", added }),
    onError: (error) => done({ what: "failed", error }),
  });
  const ask = (): RecipientsInput => {
    if (pipeline !== undefined) {
      const of = KIND_OF[pipeline.kind];
      const stage = part === "" ? {} : { stage: part };
      return { kind: of, contacts, which: { kind: of, pipeline: pipeline.id, ...stage } };
    }
    const of = kind ?? "contact";
    const filter = view?.definition.filter ?? undefined;
    return { kind: of, which: { kind: of, ...(filter === undefined ? {} : { filter }) } };
  };
  return (
    <div className={classes.source}>
      <h3 className={classes.sourceTitle}>{m("mailmerge.of_records")}</h3>
      <p className={classes.note}>{m("mailmerge.of_records_lead")}</p>
      <div className={classes.choices}>
        <NativeSelect
          label={m("mailmerge.source")}
          value={source}
          data={[
            ...PEOPLE.map((one) => ({
              value: one,
              label: m(`mailmerge.source_of.${one}`),
            })),
            ...pipelines
              .filter(({ archived }) => !archived)
              .map(({ id, name }) => ({ value: id, label: plain(name) })),
          ]}
          onChange={(event) => {
            setSource(event.currentTarget.value);
            setPart("");
          }}
        />
        <NativeSelect
          label={m(pipeline === undefined ? "mailmerge.view" : "mailmerge.stage")}
          value={part}
          data={[
            { value: "", label: m("mailmerge.all") },
            ...(pipeline === undefined
              ? views.map(({ id, name }) => ({ value: id, label: plain(name) }))
              : pipeline.stages.map(({ id, name }) => ({ value: id, label: plain(name) }))),
          ]}
          onChange={(event) => setPart(event.currentTarget.value)}
        />
        {boxes && (
          <NativeSelect
            label={m("mailmerge.contacts")}
            value={contacts}
            data={[
              { value: "first", label: m("mailmerge.contacts_of.first") },
              { value: "all", label: m("mailmerge.contacts_of.all") },
            ]}
            onChange={(event) => setContacts(event.currentTarget.value === "all" ? "all" : "first")}
          />
        )}
      </div>
      <Button variant="default" loading={add.isPending} onClick={() => add.mutate(ask())}>
        {m("mailmerge.add")}
      </Button>
    </div>
  );
}
