/** The parts of the dialog that makes one of several records. */
import { useTranslation } from "react-i18next";
import { plain, useFormat } from "../../core";
import type { FieldSet } from "../core/fields";
import type { RecordItem } from "../core/types";
import { isEmptyValue, useMembers, useValueText } from "../core/words";
import classes from "./merge.module.css";
import { type Contested, type United, usual } from "./model";

type KeptChoiceProps = {
  fields: FieldSet;
  records: RecordItem[];
  keepable: ReadonlySet<string>;
  kept: string;
  choose: (id: string) => void;
};

/** What tells two of the same name apart. */
const TOLD = ["emails", "phones", "domain"];

export function KeptChoice({ fields, records, keepable, kept, choose }: KeptChoiceProps) {
  const { t } = useTranslation();
  const text = useValueText();
  const told = ({ values, linked }: RecordItem) =>
    TOLD.flatMap((key) => {
      const field = fields.byKey.get(key);
      const words = field === undefined ? "" : plain(text(field, values[key], linked));
      return words === "" ? [] : [words];
    })[0];
  const format = useFormat();
  const members = useMembers();
  return (
    <fieldset className={classes.columns}>
      <legend>{t("merge.keep")}</legend>
      {records.map((record) => (
        <label key={record.id} className={classes.choice} data-chosen={record.id === kept || undefined}>
          <input
            type="radio"
            name="merge keep"
            checked={record.id === kept}
            disabled={!keepable.has(record.id)}
            onChange={() => choose(record.id)}
          />
          <span>
            <span className={classes.choiceValue}>{plain(record.title) || t("records.untitled")}</span>
            <span className={classes.note}>{told(record)}</span>
            <span className={classes.note}>
              {t("merge.made", { who: members.name(record.created_by), when: format.ago(record.created_at) })}
            </span>
            <span className={classes.note}>{t(`records.sharing.${record.sharing}`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

type ContestedFieldProps = {
  contested: Contested;
  chosen: string | undefined;
  choose: (id: string) => void;
};

export function ContestedField({ contested, chosen, choose }: ContestedFieldProps) {
  const { t } = useTranslation();
  const text = useValueText();
  const { field, choices } = contested;
  const current = chosen ?? usual(contested);
  return (
    <fieldset className={classes.columns}>
      <legend>{field.label}</legend>
      {choices.map(({ record, value }) => (
        <label key={record.id} className={classes.choice} data-chosen={record.id === current || undefined}>
          <input
            type="radio"
            name={`merge ${field.key}`}
            checked={record.id === current}
            onChange={() => choose(record.id)}
          />
          <span>
            <span className={isEmptyValue(value) ? classes.note : classes.choiceValue}>
              {isEmptyValue(value) ? t("merge.nothing") : plain(text(field, value, record.linked))}
            </span>
            <span className={classes.note}>{plain(record.title)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

export function UnitedLists({ united, records }: { united: United[]; records: RecordItem[] }) {
  const { t } = useTranslation();
  const text = useValueText();
  if (united.length === 0) return null;
  const linked = Object.assign({}, ...records.map((record) => record.linked));
  return (
    <section className={classes.part} aria-label={t("merge.united")}>
      <h3>{t("merge.united")}</h3>
      <dl className={classes.united}>
        {united.map(({ field, value, more }) => (
          <div key={field.key}>
            <dt>{field.label}</dt>
            <dd>
              {plain(text(field, value, linked))}
              {more > 0 && <span className={classes.plus}>{t("merge.more_entries", { count: more })}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
