/** Makes contact, company and deal of a lead; each may be left out, and those that exist already are taken. */
import { Button, Modal, Switch } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useToast } from "@tenon/ui";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice, plain, useApi, useFocusBack } from "../../core";
import { patchRecord, refreshSets } from "../core/cache";
import { recordCalls } from "../core/calls";
import { useFields } from "../core/fields";
import { FieldInput } from "../core/inputs/field-input";
import { namedValues, RecordPicker } from "../core/inputs/record-picker";
import { recordKeys } from "../core/keys";
import type { ConvertPart, FieldValue, RecordItem, Values } from "../core/types";
import { usePipelines } from "../core/words";
import classes from "./dialogs.module.css";

type Part = { on: boolean; existing: string | null; name: string };
type Deal = { on: boolean; values: Values };

const text = (value: FieldValue | null | undefined) => (typeof value === "string" ? value : "");

export default function ConvertDialog({ lead, close }: { lead: RecordItem; close: () => void }) {
  const { t } = useTranslation();
  useFocusBack();
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={t("records.convert.title", { title: plain(lead.title) })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <p className={classes.text}>{t("records.convert.text")}</p>
      <ConvertForm lead={lead} close={close} />
    </Modal>
  );
}

function ConvertForm({ lead, close }: { lead: RecordItem; close: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const toast = useToast();
  const pipelines = usePipelines()?.filter(({ kind }) => kind === "deals") ?? [];
  const { values } = lead;
  const known = Array.isArray(values.contacts) ? ((values.contacts as string[])[0] ?? null) : null;
  const [contact, setContact] = useState<Part>({
    on: true,
    existing: known,
    name: text(values.contact_name),
  });
  const [company, setCompany] = useState<Part>({
    on: text(values.company_name) !== "" || typeof values.company === "string",
    existing: text(values.company) || null,
    name: text(values.company_name),
  });
  const [deal, setDeal] = useState<Deal>({
    on: true,
    values: { name: lead.title, amount: values.amount ?? null },
  });
  const pipeline = pipelines.find(({ id }) => id === deal.values.pipeline) ?? pipelines[0];
  const stage = pipeline?.stages.find(({ id }) => id === deal.values.stage) ?? pipeline?.stages[0];

  /** What a new one is to be called, when that is not what the lead says. */
  const renamed = (key: string, part: Part, named: (name: string) => Values): Values | undefined => {
    const name = part.name.trim();
    return part.on && part.existing === null && name !== text(values[key]) ? named(name) : undefined;
  };
  const convert = useMutation({
    mutationFn: async () => {
      const part = (one: Part): ConvertPart =>
        !one.on ? null : one.existing !== null ? { existing: one.existing } : {};
      const { name, amount } = deal.values;
      const calls = recordCalls(api);
      const made = {
        contact_values: renamed("contact_name", contact, (named) => namedValues("contact", named)),
        company_values: renamed("company_name", company, (named) => ({ name: named })),
      };
      return await calls.convert(lead.id, lead.version, {
        contact: part(contact),
        company: part(company),
        ...Object.fromEntries(Object.entries(made).filter(([, values]) => values !== undefined)),
        deal:
          deal.on && pipeline !== undefined && stage !== undefined
            ? { pipeline: pipeline.id, stage: stage.id, values: { name, amount } }
            : null,
      });
    },
    onSuccess: (made) => {
      for (const one of [made.contact, made.company, made.deal])
        if (one !== null) client.setQueryData(recordKeys.record(one.id), one);
      patchRecord(client, lead.id, () => made.lead);
      refreshSets(client);
      close();
      toast(t("records.convert.done", { title: lead.title }));
      const next = made.deal ?? made.contact ?? made.company;
      if (next !== null) void navigate({ to: "/records/$id", params: { id: next.id } });
    },
  });
  const lacks = (part: Part) => part.on && part.existing === null && part.name.trim() === "";
  const nothing = !contact.on && !company.on && !deal.on;
  return (
    <>
      {convert.error !== null && <ProblemNotice error={convert.error} />}
      <PartForm kind="contact" part={contact} set={setContact} lead={lead} />
      <PartForm kind="company" part={company} set={setCompany} lead={lead} />
      <Section title={t("records.kind.deal")} on={deal.on} set={(on) => setDeal({ ...deal, on })}>
        <DealFields
          values={{ ...deal.values, pipeline: pipeline?.id, stage: stage?.id }}
          set={(change) => setDeal({ ...deal, values: { ...deal.values, ...change } })}
        />
      </Section>
      <div className={classes.actions}>
        <Button variant="default" onClick={close}>
          {t("common.cancel")}
        </Button>
        <Button
          loading={convert.isPending}
          disabled={
            nothing || lacks(contact) || lacks(company) || (deal.on && text(deal.values.name).trim() === "")
          }
          onClick={() => convert.mutate()}
        >
          {t("records.convert.submit")}
        </Button>
      </div>
    </>
  );
}

type SectionProps = { title: string; on: boolean; set: (on: boolean) => void; children: ReactNode };

function Section({ title, on, set, children }: SectionProps) {
  return (
    <section className={classes.part} aria-label={title}>
      <div className={classes.partHead}>
        <h3>{title}</h3>
        <Switch aria-label={title} checked={on} onChange={(event) => set(event.currentTarget.checked)} />
      </div>
      {on && children}
    </section>
  );
}

type PartFormProps = {
  kind: "contact" | "company";
  part: Part;
  set: (part: Part) => void;
  lead: RecordItem;
};

function PartForm({ kind, part, set, lead }: PartFormProps) {
  const { t } = useTranslation();
  const name = useFields("company")?.byKey.get("name");
  return (
    <Section title={t(`records.kind.${kind}`)} on={part.on} set={(on) => set({ ...part, on })}>
      <div className={classes.form}>
        {part.existing === null && name !== undefined && (
          <FieldInput
            field={{ ...name, required: true }}
            label={t("records.convert.new_name")}
            labelShown
            value={part.name}
            onChange={(value) => set({ ...part, name: typeof value === "string" ? value : "" })}
          />
        )}
        <RecordPicker
          label={t("records.convert.existing")}
          labelShown
          kinds={[kind]}
          value={part.existing === null ? [] : [part.existing]}
          linked={lead.linked}
          onChange={(ids) => set({ ...part, existing: ids[0] ?? null })}
        />
      </div>
    </Section>
  );
}

function DealFields({ values, set }: { values: Values; set: (change: Values) => void }) {
  const fields = useFields("deal");
  return (
    <div className={classes.form}>
      {["name", "pipeline", "stage", "amount"].map((key) => {
        const field = fields?.byKey.get(key);
        if (field === undefined) return null;
        return (
          <div key={key} className={key === "name" ? classes.wide : undefined}>
            <FieldInput
              field={field}
              labelShown
              value={values[key] ?? null}
              values={values}
              onChange={(value) =>
                set(key === "pipeline" ? { pipeline: value, stage: null } : { [key]: value })
              }
            />
          </div>
        );
      })}
    </div>
  );
}
