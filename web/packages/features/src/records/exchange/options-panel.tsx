/** How values are read, and what holds for every row: duplicates, owner, sharing, where boxes stand. */
import { Checkbox, NativeSelect, Radio } from "@mantine/core";
import { Panel } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { useMe } from "../../core";
import { type FieldSet, isBox, PIPELINE_KIND } from "../core/fields";
import { Picker } from "../core/inputs/picker";
import type { ColumnMapping, DateOrder, ImportItem, ImportOptions } from "../core/next-types";
import { useMembers, usePipelines } from "../core/words";
import classes from "./exchange.module.css";
import { FULL_NAME, ID, isDoubtfulDay, matchFields } from "./targets";

type OptionsPanelProps = {
  item: ImportItem;
  fields: FieldSet;
  mapping: ColumnMapping[];
  options: ImportOptions;
  change: (part: Partial<ImportOptions>) => void;
};

export function OptionsPanel(props: OptionsPanelProps) {
  const { t } = useTranslation();
  const { item, mapping } = props;
  return (
    <>
      <Panel title={t("exchange.duplicates")} lead={t("exchange.duplicates_lead")}>
        <Duplicates {...props} />
      </Panel>
      <Panel title={t("exchange.how")}>
        <div className={classes.form}>
          {mapping.length > 0 && <Values {...props} />}
          <Owner {...props} />
          <SharingChoice {...props} />
          {isBox(item.kind) && <Place {...props} />}
        </div>
      </Panel>
    </>
  );
}

const WAYS = ["skip", "update", "create"] as const;

function Duplicates({ item, fields, mapping, options, change }: OptionsPanelProps) {
  const { t } = useTranslation();
  const mapped = new Set(mapping.flatMap(({ target }) => target?.field ?? []));
  const fitting = matchFields(item.kind, mapped);
  const keys = [...fitting, ...options.match_on.filter((key) => !fitting.includes(key))];
  const word = (key: string) =>
    key === "title" || key === FULL_NAME
      ? t("exchange.name")
      : key === ID
        ? t("exchange.id")
        : (fields.byKey.get(key)?.label ?? key);
  const toggle = (key: string, on: boolean) =>
    change({ match_on: keys.filter((one) => (one === key ? on : options.match_on.includes(one))) });
  return (
    <>
      <Radio.Group
        label={t("exchange.known_row")}
        value={options.duplicates}
        onChange={(value) => change({ duplicates: value as ImportOptions["duplicates"] })}
      >
        <div className={classes.choices}>
          {WAYS.map((way) => (
            <Radio
              key={way}
              value={way}
              label={t(`exchange.duplicate.${way}`)}
              description={t(`exchange.duplicate.${way}_note`)}
            />
          ))}
        </div>
      </Radio.Group>
      {options.duplicates !== "create" && (
        <fieldset className={classes.fieldset}>
          <legend>{t("exchange.match_on")}</legend>
          {keys.map((key) => (
            <Checkbox
              key={key}
              label={word(key)}
              checked={options.match_on.includes(key)}
              onChange={(event) => toggle(key, event.currentTarget.checked)}
            />
          ))}
          {keys.length === 0 && <p className={classes.note}>{t("exchange.match_none")}</p>}
        </fieldset>
      )}
    </>
  );
}

const ORDERS: readonly DateOrder[] = ["ymd", "dmy", "mdy"];

function Values({ item, fields, mapping, options, change }: OptionsPanelProps) {
  const { t } = useTranslation();
  const used = mapping.flatMap(({ column, target }) => {
    const type = target === null ? undefined : fields.byKey.get(target.field)?.type;
    const samples = item.columns.find(({ index }) => index === column)?.samples ?? [];
    return type === undefined ? [] : [{ type, samples }];
  });
  const has = (...types: string[]) => used.filter(({ type }) => types.includes(type));
  const days = has("date", "datetime");
  const doubtful = days.flatMap(({ samples }) => samples).find(isDoubtfulDay);
  return (
    <>
      {days.length > 0 && (
        <NativeSelect
          label={t("exchange.date_order")}
          description={doubtful === undefined ? undefined : t("exchange.date_doubt", { sample: doubtful })}
          value={options.date_order}
          data={ORDERS.map((value) => ({ value, label: t(`exchange.orders.${value}`) }))}
          onChange={(event) => change({ date_order: event.currentTarget.value as DateOrder })}
        />
      )}
      {has("number", "money").length > 0 && (
        <NativeSelect
          label={t("exchange.decimal")}
          value={options.decimal}
          data={[
            { value: ".", label: "1,234.50" },
            { value: ",", label: "1.234,50" },
          ]}
          onChange={(event) => change({ decimal: event.currentTarget.value as "." | "," })}
        />
      )}
      {has("link", "links").length > 0 && (
        <Checkbox
          className={classes.wide}
          label={t("exchange.create_missing")}
          description={t("exchange.create_missing_note")}
          checked={options.create_missing}
          onChange={(event) => change({ create_missing: event.currentTarget.checked })}
        />
      )}
    </>
  );
}

function Owner({ mapping, options, change }: OptionsPanelProps) {
  const { t } = useTranslation();
  const members = useMembers();
  const own = useMe()?.member.id;
  const mapped = mapping.some(({ target }) => target?.field === "owner");
  const option = (id: string) => ({
    value: id,
    label: id === own ? t("records.me", { name: members.name(id) }) : members.name(id),
    avatar: members.byId.get(id)?.email ?? id,
  });
  return (
    <Picker
      label={t("exchange.owner")}
      labelShown
      description={mapped ? t("exchange.owner_mapped") : undefined}
      options={members.all.map(({ id }) => option(id))}
      chosen={options.owner === null ? [] : [option(options.owner)]}
      placeholder={t("exchange.owner_me")}
      onChoose={(ids) => change({ owner: ids[0] ?? null })}
    />
  );
}

function SharingChoice({ options, change }: OptionsPanelProps) {
  const { t } = useTranslation();
  const scope = options.sharing?.scope ?? "";
  return (
    <NativeSelect
      label={t("exchange.sharing")}
      value={scope}
      data={[
        { value: "", label: t("exchange.sharing_usual") },
        { value: "private", label: t("records.sharing.private") },
        { value: "workspace", label: t("records.sharing.workspace") },
        ...(scope === "shared" ? [{ value: "shared", label: t("records.sharing.shared") }] : []),
      ]}
      onChange={(event) => {
        const wanted = event.currentTarget.value;
        if (wanted === "") change({ sharing: null });
        else if (wanted === "private" || wanted === "workspace")
          change({ sharing: { scope: wanted, shares: [] } });
      }}
    />
  );
}

function Place({ item, mapping, options, change }: OptionsPanelProps) {
  const { t } = useTranslation();
  const pipelines = usePipelines() ?? [];
  if (!isBox(item.kind)) return null;
  const fitting = pipelines.filter(
    ({ kind, archived }) => kind === PIPELINE_KIND[item.kind as "deal"] && !archived,
  );
  const pipeline = fitting.find(({ id }) => id === options.pipeline);
  const stages = (pipeline ?? fitting[0])?.stages ?? [];
  const mapped = mapping.some(({ target }) => target?.field === "stage");
  return (
    <>
      <NativeSelect
        label={t("exchange.pipeline")}
        value={options.pipeline ?? ""}
        data={[
          { value: "", label: t("exchange.pipeline_first") },
          ...fitting.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={(event) => change({ pipeline: event.currentTarget.value || null, stage: null })}
      />
      <NativeSelect
        label={t("exchange.stage")}
        description={mapped ? t("exchange.stage_mapped") : undefined}
        value={options.stage ?? ""}
        data={[
          { value: "", label: t("exchange.stage_first") },
          ...stages.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={(event) =>
          change({
            stage: event.currentTarget.value || null,
            ...(pipeline === undefined ? { pipeline: fitting[0]?.id ?? null } : {}),
          })
        }
      />
    </>
  );
}
