/** What a record is, who cares for it, who sees it, and what can be done with it. */
import { ActionIcon, Button, Checkbox, Menu } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import {
  IconArrowLeft,
  IconArrowsExchange,
  IconArrowsMaximize,
  IconCopy,
  IconDots,
  IconLock,
  IconTrash,
  IconUsers,
  IconWorld,
  IconX,
  useToast,
} from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { late, plain, useFormat } from "../../core";
import { useRecordEdits } from "../core/edits";
import { useFields } from "../core/fields";
import { FieldEditor } from "../core/inputs/field-editor";
import { KindIcon } from "../core/kind-icon";
import type { RecordItem, SharingScope } from "../core/types";
import { MemberName } from "../core/value-view";
import { findStage, usePipelines } from "../core/words";
import classes from "./record.module.css";
import { useCanEdit } from "./use-record";

const SharingDialog = late(() => import("./sharing-dialog"));
const ConvertDialog = late(() => import("./convert-dialog"));

const SCOPE_ICONS = {
  private: IconLock,
  shared: IconUsers,
  workspace: IconWorld,
  parent: IconUsers,
} as const;

type RecordHeadProps = { record: RecordItem; place: "page" | "panel"; onClose: () => void };

export function RecordHead({ record, place, onClose }: RecordHeadProps) {
  const { t } = useTranslation();
  const edits = useRecordEdits();
  const canEdit = useCanEdit(record);
  const pipelines = usePipelines();
  const [dialog, setDialog] = useState<"sharing" | "convert">();
  const format = useFormat();
  const { owner } = record.values;
  const outcome = findStage(pipelines, record.values.stage)?.stage.outcome;
  return (
    <header className={classes.head}>
      <div className={classes.headTop}>
        {place === "page" && (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={t("records.page.back")}
            onClick={onClose}
          >
            <IconArrowLeft size={18} />
          </ActionIcon>
        )}
        <span className={classes.kind}>
          <KindIcon kind={record.kind} size={16} />
          {t(`records.kind.${record.kind}`)}
        </span>
        <span className={classes.space} />
        {record.kind === "lead" && canEdit && outcome !== "won" && (
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<IconArrowsExchange size={15} />}
            onClick={() => setDialog("convert")}
          >
            {t("records.convert.button")}
          </Button>
        )}
        <SharingButton scope={record.sharing} onClick={() => setDialog("sharing")} />
        <MoreMenu record={record} onDeleted={onClose} />
        {place === "panel" && (
          <>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={t("records.page.widen")}
              component={Link}
              {...({ to: "/records/$id", params: { id: record.id } } as object)}
            >
              <IconArrowsMaximize size={17} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={t("records.page.close")}
              onClick={onClose}
            >
              <IconX size={18} />
            </ActionIcon>
          </>
        )}
      </div>
      <div className={classes.titleLine}>
        {record.kind === "task" && (
          <Checkbox
            size="md"
            radius="xl"
            aria-label={t("records.page.done")}
            checked={record.values.done === true}
            disabled={!canEdit}
            onChange={(event) => void edits.save(record, { done: event.currentTarget.checked })}
          />
        )}
        <Title record={record} canEdit={canEdit} />
      </div>
      <div className={classes.under}>
        {typeof owner === "string" ? (
          <MemberName id={owner} size={18} />
        ) : (
          <span>{t("records.page.no_owner")}</span>
        )}
        {record.last_touch != null && (
          <span title={format.full(record.last_touch)}>
            {t("records.page.last_touch", { when: format.ago(record.last_touch) })}
          </span>
        )}
        {typeof record.values.title === "string" && record.kind === "contact" && (
          <span>{plain(record.values.title)}</span>
        )}
      </div>
      {dialog === "sharing" && <SharingDialog record={record} close={() => setDialog(undefined)} />}
      {dialog === "convert" && <ConvertDialog lead={record} close={() => setDialog(undefined)} />}
    </header>
  );
}

/** Named by one field, that is written in place; a person is named by the fields below. */
function Title({ record, canEdit }: { record: RecordItem; canEdit: boolean }) {
  const { t } = useTranslation();
  const edits = useRecordEdits();
  const field = useFields(record.kind)?.byKey.get("name");
  const [editing, setEditing] = useState(false);
  const title = record.title === "" ? t("records.untitled") : plain(record.title);
  if (editing && field !== undefined)
    return (
      <div className={classes.titleEditor}>
        <FieldEditor
          field={field}
          value={record.values.name ?? null}
          save={(name) => void edits.save(record, { name })}
          close={() => setEditing(false)}
        />
      </div>
    );
  return (
    <h1 className={classes.title} tabIndex={-1} data-page-title>
      {field === undefined || !canEdit ? (
        title
      ) : (
        <button
          type="button"
          className={classes.titleButton}
          aria-label={t("records.page.rename", { title })}
          onClick={() => setEditing(true)}
        >
          {title}
        </button>
      )}
    </h1>
  );
}

function SharingButton({ scope, onClick }: { scope: SharingScope; onClick: () => void }) {
  const { t } = useTranslation();
  const Icon = SCOPE_ICONS[scope];
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      color="gray"
      leftSection={<Icon size={15} />}
      aria-label={t("records.sharing.button", { scope: t(`records.sharing.${scope}`) })}
      onClick={onClick}
    >
      <span className={classes.scope}>{t(`records.sharing.${scope}`)}</span>
    </Button>
  );
}

function MoreMenu({ record, onDeleted }: { record: RecordItem; onDeleted: () => void }) {
  const { t } = useTranslation();
  const edits = useRecordEdits();
  const toast = useToast();
  const navigate = useNavigate();
  const canEdit = useCanEdit(record);
  const copy = () => {
    const url = new URL(`/records/${record.id}`, window.location.origin).href;
    void navigator.clipboard?.writeText(url).then(() => toast(t("records.page.copied")));
  };
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("records.page.more")}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconCopy size={16} />} onClick={copy}>
          {t("records.page.copy_link")}
        </Menu.Item>
        <Menu.Item leftSection={<IconTrash size={16} />} onClick={() => void navigate({ to: "/bin" })}>
          {t("records.bin.open")}
        </Menu.Item>
        {canEdit && (
          <>
            <Menu.Divider />
            <Menu.Item
              color="red"
              leftSection={<IconTrash size={16} />}
              onClick={() => {
                onDeleted();
                edits.remove(record);
              }}
            >
              {t("records.page.delete")}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
