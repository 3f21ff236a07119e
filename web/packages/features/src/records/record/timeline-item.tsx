import { ActionIcon, Checkbox } from "@mantine/core";
import { IconHistory, IconMail, IconTrash } from "@tenon/ui";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { plain, useFormat } from "../../core";
import { useRecordEdits } from "../core/edits";
import { useFields } from "../core/fields";
import { FieldEditor } from "../core/inputs/field-editor";
import { KindIcon } from "../core/kind-icon";
import type { HistoryEntry, RecordItem, TimelineEntry } from "../core/types";
import { RecordLink } from "../core/value-view";
import { formatDate, useMembers } from "../core/words";
import { ThreadLink } from "../meeting/thread-link";
import { ChangeLine, useCauseText } from "./change-line";
import { MentionText } from "./mention-text";
import classes from "./timeline.module.css";
import { useCanEdit } from "./use-record";

export function TimelineItem({ entry, record }: { entry: TimelineEntry; record: RecordItem }) {
  if (entry.record !== null && entry.type === "note") return <NoteItem note={entry.record} />;
  if (entry.record !== null && entry.type === "task") return <TaskItem task={entry.record} />;
  if (entry.record !== null) return <ActivityItem activity={entry.record} at={entry.at} />;
  if (entry.change !== null) return <ChangeItem change={entry.change} record={record} />;
  if (entry.thread !== null) return <MailItem entry={entry} thread={entry.thread} />;
  return null;
}

function Item({
  icon,
  at,
  children,
  strong,
}: {
  icon: ReactNode;
  at: string;
  children: ReactNode;
  strong?: boolean;
}) {
  const format = useFormat();
  return (
    <li className={classes.item} data-strong={strong || undefined}>
      <span className={classes.icon}>{icon}</span>
      <div className={classes.body}>{children}</div>
      <time className={classes.time} dateTime={at} title={format.full(at)}>
        {format.time(at)}
      </time>
    </li>
  );
}

function NoteItem({ note }: { note: RecordItem }) {
  const { t } = useTranslation();
  const edits = useRecordEdits();
  const members = useMembers();
  const canEdit = useCanEdit(note);
  const field = useFields("note")?.byKey.get("body");
  const [editing, setEditing] = useState(false);
  const body = typeof note.values.body === "string" ? note.values.body : "";
  return (
    <Item icon={<KindIcon kind="note" size={16} />} at={note.created_at} strong>
      <div className={classes.by}>
        {t("records.timeline.note_by", { who: members.name(note.created_by) })}
      </div>
      {editing && field !== undefined ? (
        <FieldEditor
          field={field}
          value={body}
          save={(next) => void edits.save(note, { body: next })}
          close={() => setEditing(false)}
        />
      ) : (
        <p className={classes.text}>
          <MentionText text={body} />
        </p>
      )}
      {canEdit && !editing && (
        <div className={classes.tools}>
          <button type="button" className={classes.tool} onClick={() => setEditing(true)}>
            {t("records.timeline.edit")}
          </button>
          <button type="button" className={classes.tool} onClick={() => edits.remove(note)}>
            {t("records.timeline.delete")}
          </button>
        </div>
      )}
    </Item>
  );
}

function TaskItem({ task }: { task: RecordItem }) {
  const { t } = useTranslation();
  const format = useFormat();
  const edits = useRecordEdits();
  const members = useMembers();
  const canEdit = useCanEdit(task);
  const { due_date: due, owner, done } = task.values;
  const facts = [
    typeof due === "string" ? t("records.timeline.due", { when: formatDate(due, format.locale) }) : undefined,
    typeof owner === "string" ? members.name(owner) : undefined,
  ].filter((fact) => fact !== undefined);
  return (
    <Item
      icon={
        <Checkbox
          size="sm"
          radius="xl"
          checked={done === true}
          disabled={!canEdit}
          aria-label={t("records.timeline.done", { title: plain(task.title) })}
          onChange={(event) => void edits.save(task, { done: event.currentTarget.checked })}
        />
      }
      at={task.created_at}
      strong
    >
      <div data-done={done === true || undefined} className={classes.task}>
        <RecordLink record={task} icon={false} />
      </div>
      {facts.length > 0 && <div className={classes.by}>{facts.join(" · ")}</div>}
    </Item>
  );
}

function ActivityItem({ activity, at }: { activity: RecordItem; at: string }) {
  const { t } = useTranslation();
  const edits = useRecordEdits();
  const members = useMembers();
  const canEdit = useCanEdit(activity);
  const { type, outcome, location, owner, description } = activity.values;
  const facts = [
    t(type === "meeting" ? "records.timeline.meeting_by" : "records.timeline.call_by", {
      who: members.name(typeof owner === "string" ? owner : activity.created_by),
    }),
    typeof location === "string" ? plain(location) : undefined,
  ].filter((fact) => fact !== undefined);
  return (
    <Item icon={<KindIcon kind="activity" size={16} />} at={at} strong>
      <RecordLink record={activity} icon={false} />
      <div className={classes.by}>{facts.join(" · ")}</div>
      {[outcome, description].map(
        (text) =>
          typeof text === "string" &&
          text !== "" && (
            <p key={text} className={classes.text}>
              <MentionText text={text} />
            </p>
          ),
      )}
      {canEdit && (
        <div className={classes.remove}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("records.timeline.delete_named", { title: plain(activity.title) })}
            onClick={() => edits.remove(activity)}
          >
            <IconTrash size={15} />
          </ActionIcon>
        </div>
      )}
    </Item>
  );
}

function ChangeItem({ change, record }: { change: HistoryEntry; record: RecordItem }) {
  const causeText = useCauseText();
  return (
    <Item icon={<IconHistory size={15} />} at={change.at}>
      <span className={classes.quiet}>{causeText(change)}</span>
      {change.changes.map((one) => (
        <ChangeLine key={one.field} change={one} record={record} titles={change.linked} />
      ))}
    </Item>
  );
}

type MailItemProps = { entry: TimelineEntry; thread: NonNullable<TimelineEntry["thread"]> };

function MailItem({ entry, thread }: MailItemProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Item icon={<IconMail size={16} />} at={entry.at} strong>
      <ThreadLink
        id={thread.id}
        connection={entry.shared_by == null ? thread.connection_id : null}
        subject={thread.subject}
      />
      <div className={classes.by}>
        {format.list(thread.participants.slice(0, 4).map(({ name, address }) => plain(name || address)))}
        {" · "}
        {t("records.timeline.messages", { count: thread.message_count })}
        {entry.shared_by != null && (
          <>
            {" · "}
            {t("records.timeline.shared_by", { name: plain(entry.shared_by.name) })}
          </>
        )}
      </div>
    </Item>
  );
}
