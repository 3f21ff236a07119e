import { Avatar, IconCheck, IconClock } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../core";
import { useFields } from "../core/fields";
import { OptionChip } from "../core/option-chip";
import type { RecordItem } from "../core/types";
import { formatDate, useMembers } from "../core/words";
import classes from "./tasks.module.css";

type TaskRowViewProps = {
  task: RecordItem;
  today: string;
  showsOwner: boolean;
  open: boolean;
  tabbable: boolean;
  finish: (task: RecordItem) => void;
  focused: () => void;
  openRow: (id: string) => void;
};

export function TaskRowView({
  task,
  today,
  showsOwner,
  open,
  tabbable,
  finish,
  focused,
  openRow,
}: TaskRowViewProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const members = useMembers();
  const fields = useFields("task");
  const { values, linked } = task;
  const title = task.title === "" ? t("records.untitled") : task.title;
  const done = values.done === true;
  const due = typeof values.due_date === "string" ? values.due_date : undefined;
  const about = Array.isArray(values.about) ? (values.about as string[]) : [];
  const subject = linked[about[0] ?? ""]?.title;
  const urgent = values.priority === "high" || values.priority === "urgent";
  const priority = fields?.byKey.get("priority")?.options.find(({ value }) => value === values.priority);
  const owner = typeof values.owner === "string" ? values.owner : undefined;
  return (
    <div className={classes.row} data-done={done ? "" : undefined} data-open={open ? "" : undefined}>
      <button
        type="button"
        aria-pressed={done}
        className={classes.check}
        disabled={task.access === "view"}
        tabIndex={tabbable ? 0 : -1}
        aria-label={t("records.tasks.finish", { title })}
        onClick={() => finish(task)}
      >
        <span className={classes.ring}>{done && <IconCheck size={13} stroke={3} />}</span>
      </button>
      <a
        className={classes.link}
        href={`/records/${task.id}`}
        data-cell={`${task.id}:0`}
        data-record={task.id}
        tabIndex={tabbable ? 0 : -1}
        aria-current={open ? "true" : undefined}
        onFocus={focused}
        onClick={(event) => {
          if (event.button !== 0 || event.metaKey || event.ctrlKey || event.altKey || event.shiftKey) return;
          event.preventDefault();
          openRow(task.id);
        }}
      >
        <span className={classes.title}>{title}</span>
        {subject !== undefined && <span className={classes.about}>{subject}</span>}
      </a>
      {urgent && priority !== undefined && <OptionChip label={priority.label} color={priority.color} />}
      {due !== undefined && (
        <span className={classes.due} data-late={due < today && !done ? "" : undefined}>
          <IconClock size={14} aria-hidden="true" />
          {formatDate(due, format.locale)}
        </span>
      )}
      {showsOwner && (
        <span className={classes.owner}>
          {owner !== undefined && (
            <span role="img" aria-label={members.name(owner)}>
              <Avatar name={members.name(owner)} seed={members.byId.get(owner)?.email ?? owner} size={22} />
            </span>
          )}
        </span>
      )}
    </div>
  );
}
