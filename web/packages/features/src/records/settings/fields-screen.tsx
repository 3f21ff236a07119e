/** The fields of each kind of record; those that a workspace adds for itself can be changed. */
import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Blank, IconArchive, IconForms, IconPlus, Page, PageHeader, Panel, Pill } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { late, managesWorkspace, ProblemState, useApi, useFormat, useMe, useTitle } from "../../core";
import { withTexts } from "../../i18n";
import { recordCalls } from "../core/calls";
import { useFieldWords } from "../core/fields";
import { recordKeys } from "../core/keys";
import { KindIcon } from "../core/kind-icon";
import { OptionChip } from "../core/option-chip";
import { objectsQuery } from "../core/queries";
import { type Field, KINDS, type Kind } from "../core/types";
import { BackToSettings } from "./back-to-settings";
import { FieldDialog } from "./field-dialog";
import { SettingRow } from "./setting-row";
import classes from "./settings.module.css";

const DefaultSharing = late(() => withTexts("threads", () => import("../meeting/default-sharing")));

export function FieldsScreen() {
  const { t } = useTranslation();
  const api = useApi();
  const me = useMe();
  const [kind, setKind] = useState<Kind>("contact");
  const [dialog, setDialog] = useState<Field | "new">();
  const objects = useQuery(objectsQuery(api));
  const may = me !== undefined && managesWorkspace(me);
  useTitle(t("records.settings.fields"));
  const fields = objects.data?.find((one) => one.kind === kind)?.fields ?? [];
  return (
    <Page>
      <PageHeader
        back={<BackToSettings />}
        title={t("records.settings.fields")}
        lead={t("records.settings.fields_lead")}
        actions={
          may && (
            <Button leftSection={<IconPlus size={16} />} onClick={() => setDialog("new")}>
              {t("records.settings.add_field")}
            </Button>
          )
        }
      />
      <fieldset className={classes.kinds} style={{ margin: "0 0 1rem", padding: 0, border: 0 }}>
        <legend className="tn-sr-only">{t("records.settings.kind")}</legend>
        {KINDS.map((one) => (
          <button
            key={one}
            type="button"
            className={classes.kind}
            aria-pressed={one === kind}
            onClick={() => setKind(one)}
          >
            <KindIcon kind={one} size={16} />
            {t(`records.kinds.${one}`)}
          </button>
        ))}
      </fieldset>
      {objects.isPending && <Skeleton height={120} />}
      {objects.isError && <ProblemState error={objects.error} retry={() => void objects.refetch()} />}
      {objects.isSuccess && (
        <FieldsPanel kind={kind} fields={fields} may={may} edit={setDialog} add={() => setDialog("new")} />
      )}
      {objects.isSuccess && (
        <div style={{ marginTop: "1rem" }}>
          <DefaultSharing key={kind} kind={kind} may={may} />
        </div>
      )}
      {dialog !== undefined && (
        <FieldDialog
          key={dialog === "new" ? "new" : dialog.key}
          kind={kind}
          field={dialog === "new" ? undefined : dialog}
          close={() => setDialog(undefined)}
        />
      )}
    </Page>
  );
}

type FieldsPanelProps = {
  kind: Kind;
  fields: Field[];
  may: boolean;
  edit: (field: Field) => void;
  add: () => void;
};

function FieldsPanel({ kind, fields, may, edit, add }: FieldsPanelProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useFieldWords();
  const own = fields.filter(({ id, archived }) => id !== null && !archived);
  const standard = fields.filter(({ id }) => id === null);
  return (
    <Panel title={t("records.settings.own")} flush>
      {own.length === 0 && (
        <Blank
          icon={IconForms}
          title={t("records.settings.no_own")}
          action={
            may && (
              <Button variant="default" onClick={add}>
                {t("records.settings.add_first")}
              </Button>
            )
          }
        >
          {t("records.settings.no_own_text")}
        </Blank>
      )}
      {own.map((field) => (
        <FieldRow key={field.key} field={field} may={may} edit={() => edit(field)} />
      ))}
      <div className={classes.standard}>
        {t("records.settings.standard", {
          fields: format.list(standard.map(({ key }) => words.label(kind, key))),
        })}
      </div>
    </Panel>
  );
}

function FieldRow({ field, may, edit }: { field: Field; may: boolean; edit: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const name = field.label ?? field.key;
  return (
    <SettingRow
      name={name}
      note={
        <>
          {t(`records.settings.types.${field.type}`)}
          {field.options.map((option) => (
            <OptionChip key={option.value} label={option.label ?? option.value} color={option.color} />
          ))}
        </>
      }
      aside={field.required && <Pill>{t("records.settings.required")}</Pill>}
      may={may}
      edit={edit}
      end={{
        icon: <IconArchive size={15} />,
        label: t("records.settings.archive"),
        named: t("records.settings.archive_named", { name }),
        title: t("records.settings.archive_title", { name }),
        text: t("records.settings.archive_text"),
        run: () => recordCalls(api).archiveField(field.id ?? ""),
        done: t("records.settings.field_archived", { name }),
        refreshes: recordKeys.objects,
      }}
    />
  );
}
