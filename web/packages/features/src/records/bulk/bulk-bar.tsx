import { ActionIcon, Button, Checkbox, Menu } from "@mantine/core";
import { IconArrowRight, IconPencil, IconTrash, IconUser, IconX } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { allLoaded, countOf, type Selection } from "../../acting/selection";
import { late, useFormat } from "../../core";
import { useShortcuts } from "../../keyboard";
import { type BulkRequest, useRecordActing } from "../acting/acting";
import type { FieldSet } from "../core/fields";
import { OptionDot } from "../core/option-chip";
import type { Kind, Pipeline, RecordItem, RecordsAsked, Values } from "../core/types";
import { IN_MAIN } from "../list/in-main";
import classes from "./bulk.module.css";

const SetFieldDialog = late(() => import("./set-field-dialog"));
const DeleteDialog = late(() => import("./delete-dialog"));

type BulkBarProps = {
  kind: Kind;
  fields: FieldSet;
  pipeline: Pipeline | undefined;
  asked: RecordsAsked;
  selection: Selection;
  setSelection: (selection: Selection | undefined) => void;
  /** Those of the chosen ones that are loaded. */
  records: RecordItem[];
  loaded: string[];
  total: number | undefined;
  hasMore: boolean;
  mayWrite: boolean;
};

/** All that the list shows, in no order. */
export function matching({ sort: _, ...which }: RecordsAsked): RecordsAsked {
  return which;
}

/** What is done to several at once. */
export function BulkBar(props: BulkBarProps) {
  const { kind, fields, pipeline, asked, selection, setSelection, records, loaded, total, hasMore } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const { bulk } = useRecordActing();
  const [dialog, setDialog] = useState<"field" | "owner" | "delete">();
  const everything = selection.kind === "matching";
  const count = countOf(selection, total ?? loaded.length);
  const number = format.number(count);
  const whole = everything || count === loaded.length;
  const target: BulkRequest["target"] = everything ? { which: matching(asked), count } : { records };
  const finish = () => {
    setDialog(undefined);
    setSelection(undefined);
  };
  const set = (values: Values) => {
    bulk({ kind, target, change: { set: values } });
    finish();
  };
  const mayEdit = props.mayWrite && records.every(({ access }) => access !== "view");
  const group = t("records.list.keys_records");
  useShortcuts(
    mayEdit ? [{ keys: "a", label: t("records.bulk.assign"), group, run: () => setDialog("owner") }] : [],
  );
  return (
    <div className={classes.bar} role="toolbar" aria-label={t("records.bulk.title")}>
      <Checkbox
        size="xs"
        checked={whole}
        indeterminate={!whole}
        aria-label={t("records.list.choose_all")}
        onChange={() => setSelection(whole ? undefined : allLoaded(loaded))}
      />
      <span className={classes.count} role="status">
        {t("records.bulk.selected", { count, number })}
      </span>
      {whole && hasMore && !everything && total !== undefined && (
        <Button size="compact-sm" variant="subtle" onClick={() => setSelection({ kind: "matching" })}>
          {t("records.bulk.everything", { count: total, number: format.number(total) })}
        </Button>
      )}
      <span className={classes.space} />
      {mayEdit && (
        <>
          {fields.byKey.has("owner") && (
            <Button
              size="compact-sm"
              variant="subtle"
              leftSection={<IconUser size={15} />}
              onClick={() => setDialog("owner")}
            >
              {t("records.bulk.assign")}
            </Button>
          )}
          {pipeline !== undefined && (
            <Menu {...IN_MAIN} position="bottom-start" width={220} withInitialFocusPlaceholder={false}>
              <Menu.Target>
                <Button size="compact-sm" variant="subtle" leftSection={<IconArrowRight size={15} />}>
                  {t("records.bulk.move")}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {pipeline.stages.map((stage) => (
                  <Menu.Item
                    key={stage.id}
                    leftSection={<OptionDot color={stage.color} />}
                    onClick={() => set({ stage: stage.id })}
                  >
                    {stage.name}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          )}
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPencil size={15} />}
            onClick={() => setDialog("field")}
          >
            {t("records.bulk.set_field")}
          </Button>
          <Button
            size="compact-sm"
            variant="subtle"
            color="red"
            leftSection={<IconTrash size={15} />}
            data-bulk-delete
            onClick={() => setDialog("delete")}
          >
            {t("records.bulk.delete")}
          </Button>
        </>
      )}
      <ActionIcon
        variant="subtle"
        color="gray"
        c="var(--tn-text-2)"
        aria-label={t("records.list.choose_none")}
        onClick={() => setSelection(undefined)}
      >
        <IconX size={16} />
      </ActionIcon>
      {(dialog === "field" || dialog === "owner") && (
        <SetFieldDialog
          fields={fields}
          count={count}
          first={dialog === "owner" ? "owner" : undefined}
          close={() => setDialog(undefined)}
          set={set}
        />
      )}
      {dialog === "delete" && (
        <DeleteDialog
          kind={kind}
          count={count}
          close={() => setDialog(undefined)}
          confirm={() => {
            bulk({ kind, target, change: { delete: true } });
            finish();
          }}
        />
      )}
    </div>
  );
}
