/** Which records, in which form, with which fields: then the browser saves the file. */
import { Button, Modal, Radio } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { IconDownload, useToast } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice, useApi, useFocusBack, useFormat } from "../../core";
import { useFields } from "../core/fields";
import type { ExportBody, ExportFormat } from "../core/next-types";
import { recordsCountQuery } from "../core/queries";
import type { Kind, RecordsAsked } from "../core/types";
import classes from "./exchange.module.css";
import { saveFile } from "./save-file";

export type ExportAsk = {
  kind: Kind;
  /** What the list shows now. */
  asked: RecordsAsked;
  /** Its columns. */
  columns: readonly string[];
};

const NAMED = ["first_name", "last_name", "name"];
/** From so many on the file is written as it comes. */
const MANY = 5_000;

const formatsOf = (kind: Kind): readonly ExportFormat[] =>
  kind === "contact"
    ? ["csv", "vcard", "json"]
    : kind === "task" || kind === "activity"
      ? ["csv", "icalendar", "json"]
      : ["csv", "json"];
const ENDINGS: Record<ExportFormat, string> = { csv: "csv", vcard: "vcf", icalendar: "ics", json: "json" };

export default function ExportDialog({ ask, close }: { ask: ExportAsk; close: () => void }) {
  const { t } = useTranslation();
  useFocusBack();
  return (
    <Modal
      opened
      onClose={close}
      title={t("exchange.export.title", { kinds: t(`records.kinds.${ask.kind}`) })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <ExportForm ask={ask} close={close} />
    </Modal>
  );
}

const wholeOf = ({ kind, pipeline }: RecordsAsked): RecordsAsked => ({
  kind,
  ...(pipeline === undefined ? {} : { pipeline }),
});
const countable = ({ sort: _, ...asked }: RecordsAsked): RecordsAsked => asked;

function ExportForm({ ask, close }: { ask: ExportAsk; close: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const format = useFormat();
  const toast = useToast();
  const { kind, asked } = ask;
  const fields = useFields(kind);
  // The name stands first in every list, and is no column that could be left out.
  const columns = [...NAMED, ...ask.columns].filter(
    (key, at, keys) => keys.indexOf(key) === at && fields?.all.some((field) => field.key === key),
  );
  const narrowed = asked.filter !== undefined || asked.search !== undefined;
  const [what, setWhat] = useState<"view" | "all">(narrowed ? "view" : "all");
  const [as, setAs] = useState<ExportFormat>("csv");
  const [which, setWhich] = useState<"all" | "columns">("all");
  const all = useQuery(recordsCountQuery(api, wholeOf(asked))).data?.count;
  const shown = useQuery(recordsCountQuery(api, countable(asked))).data?.count;
  const count = what === "all" ? all : shown;

  const save = useMutation({
    mutationFn: () => {
      const { kind: _, linked_to: __, deleted: ___, stage: ____, ...rest } = asked;
      const body: ExportBody = {
        kind,
        format: as,
        ...(what === "view" ? rest : asked.pipeline === undefined ? {} : { pipeline: asked.pipeline }),
        ...(as === "csv" && which === "columns" ? { fields: columns } : {}),
      };
      const day = new Date().toISOString().slice(0, 10);
      return saveFile({
        path: "/api/v1/exports",
        body,
        name: `${t(`records.kinds.${kind}`).toLocaleLowerCase()}-${day}.${ENDINGS[as]}`,
        large: (count ?? 0) > MANY,
      });
    },
    onSuccess: (saved) => {
      if (!saved) return;
      toast(t("exchange.export.done"));
      close();
    },
  });
  const counted = (number: number | undefined) =>
    number === undefined
      ? undefined
      : t("exchange.export.count", { count: number, number: format.number(number) });
  return (
    <div className={classes.stack}>
      {save.error !== null && <ProblemNotice error={save.error} title={t("exchange.export.failed")} />}
      {narrowed && (
        <Radio.Group
          label={t("exchange.export.what")}
          value={what}
          onChange={(value) => setWhat(value as typeof what)}
        >
          <div className={classes.choices}>
            <Radio value="view" label={t("exchange.export.view")} description={counted(shown)} />
            <Radio value="all" label={t("exchange.export.all")} description={counted(all)} />
          </div>
        </Radio.Group>
      )}
      <Radio.Group
        label={t("exchange.export.as")}
        value={as}
        onChange={(value) => setAs(value as ExportFormat)}
      >
        <div className={classes.choices}>
          {formatsOf(kind).map((one) => (
            <Radio
              key={one}
              value={one}
              label={t(`exchange.export.format.${one}`)}
              description={t(`exchange.export.format_note.${one}`)}
            />
          ))}
        </div>
      </Radio.Group>
      {as === "csv" && (
        <Radio.Group
          label={t("exchange.export.fields")}
          value={which}
          onChange={(value) => setWhich(value as typeof which)}
        >
          <div className={classes.choices}>
            <Radio value="all" label={t("exchange.export.all_fields")} />
            <Radio value="columns" label={t("exchange.export.columns")} disabled={columns.length === 0} />
          </div>
        </Radio.Group>
      )}
      <p className={classes.note}>{t("exchange.export.note")}</p>
      <div className={classes.actions} style={{ marginTop: 0 }}>
        <Button variant="default" onClick={close}>
          {t("common.cancel")}
        </Button>
        <Button
          leftSection={<IconDownload size={16} />}
          loading={save.isPending}
          disabled={count === 0}
          onClick={() => save.mutate()}
        >
          {count === undefined
            ? t("exchange.export.submit")
            : t("exchange.export.submit_count", { count, number: format.number(count) })}
        </Button>
      </div>
    </div>
  );
}
