/** Makes a record of a kind: what is needed first, everything else on wish. */
import { Button, Modal } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { ApiProblem } from "@tenon/api-client";
import { useToast } from "@tenon/ui";
import { type FormEvent, type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { late, ProblemNotice, useFocusBack, useMe } from "../../core";
import { withTexts } from "../../i18n";
import { type CreateAsk, useRecordEdits } from "../core/edits";
import { type FieldDef, isBox, PIPELINE_KIND, useFields } from "../core/fields";
import { FieldInput } from "../core/inputs/field-input";
import type { Kind, RecordItem, Values } from "../core/types";
import { isEmptyValue, type Linked, usePipelines } from "../core/words";
import classes from "./dialogs.module.css";
import { RecordSkeleton } from "./record-states";

const CreateHint = late<{ kind: Kind; values: Values; close: () => void }>(() =>
  withTexts("merge", () => import("../merge/create-hint")),
);
const DOUBLED: readonly Kind[] = ["contact", "company", "lead"];

/** What is asked at once, beside what is required. */
const QUICK: Record<Kind, readonly string[]> = {
  contact: ["first_name", "last_name", "emails", "company"],
  company: ["name", "domain"],
  deal: ["name", "pipeline", "stage", "amount", "company", "contacts"],
  lead: ["name", "source", "contact_name", "company_name", "emails"],
  case: ["name", "priority", "contacts", "due_date"],
  card: ["name", "pipeline", "stage", "due_date"],
  task: ["name", "due_date", "owner", "about"],
  activity: ["type", "name", "start", "attendees"],
  note: ["body", "about"],
};

export default function CreateDialog({ ask, close }: { ask: CreateAsk; close: () => void }) {
  const { t } = useTranslation();
  useFocusBack();
  return (
    <Modal
      opened
      onClose={close}
      closeOnClickOutside={false}
      size="lg"
      title={t(`records.create.${ask.kind}`)}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <CreateForm ask={ask} close={close} />
    </Modal>
  );
}

function CreateForm({ ask, close }: { ask: CreateAsk; close: () => void }) {
  const { t } = useTranslation();
  const { kind } = ask;
  const fields = useFields(kind);
  const edits = useRecordEdits();
  const toast = useToast();
  const navigate = useNavigate();
  const me = useMe()?.member.id;
  const pipelines = usePipelines();
  const [written, setWritten] = useState<Values>(() => ({
    ...(me === undefined ? {} : { owner: me }),
    ...(kind === "activity" ? { type: "call", start: new Date().toISOString() } : {}),
    ...ask.values,
  }));
  const [all, setAll] = useState(false);
  const [privately, setPrivately] = useState(false);
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const linked: Linked = Object.fromEntries(
    (ask.refs ?? []).map(({ id, kind: of, title }) => [id, { id, kind: of, title }]),
  );
  if (fields === undefined || (isBox(kind) && pipelines === undefined)) return <RecordSkeleton />;

  const values = withPipeline(kind, written, pipelines);
  const shown = fields.all.filter(
    (field) =>
      all || field.required || QUICK[kind].includes(field.key) || !isEmptyValue(ask.values?.[field.key]),
  );
  const order = (field: FieldDef) => {
    const at = QUICK[kind].indexOf(field.key);
    return at < 0 ? 100 : at;
  };
  const rows = [...shown].sort((a, b) => order(a) - order(b));
  const missing = fields.all.some((field) => field.required && isEmptyValue(values[field.key]));
  const nameless =
    kind === "contact" && ["first_name", "last_name", "emails"].every((key) => isEmptyValue(values[key]));
  const complaint = (key: string) =>
    error instanceof ApiProblem ? (error.field(key) ?? error.field(`values.${key}`)) : undefined;
  const told = fields.all.some(({ key }) => complaint(key) !== undefined);

  const finish = (made: RecordItem) => {
    close();
    if (ask.onCreated !== undefined) ask.onCreated(made);
    else
      toast(t("records.create.made", { title: made.title }), {
        action: {
          label: t("records.create.open"),
          run: () => void navigate({ to: "/records/$id", params: { id: made.id } }),
        },
      });
  };
  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    if (busy || missing || nameless) return;
    setBusy(true);
    setError(undefined);
    try {
      finish(await edits.make(kind, values, privately ? "private" : undefined));
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void submit();
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} onKeyDown={onKeyDown} noValidate>
      {error !== undefined && !told && <ProblemNotice error={error} />}
      <div className={classes.form}>
        {rows.map((field, at) => (
          <div key={field.key} className={isWide(field) ? classes.wide : undefined}>
            <FieldInput
              field={field}
              labelShown
              autoFocus={at === 0}
              value={values[field.key] ?? null}
              values={values}
              linked={linked}
              error={complaint(field.key)}
              onChange={(value) =>
                setWritten((now) => ({
                  ...now,
                  [field.key]: value,
                  ...(field.type === "pipeline" ? { stage: null } : {}),
                }))
              }
            />
          </div>
        ))}
      </div>
      {DOUBLED.includes(kind) && <CreateHint kind={kind} values={values} close={close} />}
      <div className={classes.below}>
        {!all && rows.length < fields.all.length && (
          <button type="button" className={classes.fold} onClick={() => setAll(true)}>
            {t("records.create.all_fields")}
          </button>
        )}
        <label className={classes.private}>
          <input
            type="checkbox"
            checked={privately}
            onChange={(event) => setPrivately(event.currentTarget.checked)}
          />
          {t("records.create.private")}
        </label>
      </div>
      <div className={classes.actions}>
        <Button variant="default" onClick={close}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" loading={busy} disabled={missing || nameless}>
          {t("records.create.submit")}
        </Button>
      </div>
    </form>
  );
}

const WIDE = new Set(["long_text", "emails", "phones", "addresses", "links"]);
const isWide = (field: FieldDef) => WIDE.has(field.type) || field.key === "name";

/** A box begins in the first stage of the first pipeline of its kind, if nothing else was said. */
function withPipeline(kind: Kind, values: Values, pipelines: ReturnType<typeof usePipelines>): Values {
  if (!isBox(kind)) return values;
  const fitting = pipelines?.filter((one) => one.kind === PIPELINE_KIND[kind] && !one.archived) ?? [];
  const pipeline =
    fitting.find(({ id }) => id === values.pipeline) ??
    fitting.find(({ stages }) => stages.some(({ id }) => id === values.stage)) ??
    fitting[0];
  const stage = pipeline?.stages.find(({ id }) => id === values.stage) ?? pipeline?.stages[0];
  return { ...values, pipeline: pipeline?.id ?? null, stage: stage?.id ?? null };
}
