import { Menu, Skeleton } from "@mantine/core";
import { Avatar, IconArrowDown, IconArrowUp, IconCheck, IconClock, IconDots } from "@tenon/ui";
import { type KeyboardEvent, memo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../core";
import { formatMoney } from "../core/amounts";
import type { FieldSet } from "../core/fields";
import { OptionChip, OptionDot } from "../core/option-chip";
import type { Money, RecordItem, Stage } from "../core/types";
import { formatDate, useMembers } from "../core/words";
import { IN_MAIN } from "../list/in-main";
import classes from "./board.module.css";
import type { Step } from "./steps";
import { useDragCard } from "./use-board-drag";

/** With the gap below it. All alike, so that nothing has to be measured. */
export const CARD_HEIGHT = 112;

type BoardCardProps = {
  record: RecordItem;
  fields: FieldSet;
  stages: Stage[];
  stage: string;
  open: boolean;
  tabbable: boolean;
  menuOpen: boolean;
  setMenu: (id: string | undefined) => void;
  setActive: (id: string) => void;
  openRow: (id: string, options: { replace: boolean }) => void;
  step: (how: Step, carries: boolean) => void;
  put: (record: RecordItem, stage: string, before: string | null, byKey: boolean) => void;
  first: boolean;
  last: boolean;
  mayMove: boolean;
  replaces: boolean;
};

const ARROWS: Record<string, Step> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
};

export const BoardCard = memo(function BoardCard(props: BoardCardProps) {
  const { record, open, tabbable, menuOpen, mayMove, setMenu, setActive, openRow, step } = props;
  const { t } = useTranslation();
  const card = useRef<HTMLDivElement>(null);
  const { edge, dragging } = useDragCard(card, record, props.stage, mayMove);
  const title = record.title === "" ? t("records.untitled") : record.title;
  const onKeyDown = (event: KeyboardEvent) => {
    const how = ARROWS[event.key];
    if (how === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    step(how, event.shiftKey);
  };
  return (
    <div
      ref={card}
      className={classes.card}
      data-open={open ? "" : undefined}
      data-dragging={dragging ? "" : undefined}
      data-edge={edge}
    >
      <a
        className={classes.link}
        href={`/records/${record.id}`}
        draggable={false}
        data-card={record.id}
        data-record={record.id}
        tabIndex={tabbable ? 0 : -1}
        aria-current={open ? "true" : undefined}
        onKeyDown={onKeyDown}
        onFocus={() => setActive(record.id)}
        onClick={(event) => {
          if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
          event.preventDefault();
          openRow(record.id, { replace: props.replaces });
        }}
      >
        {title}
      </a>
      <CardFacts
        record={record}
        fields={props.fields}
        ended={props.stages.some(({ id, outcome }) => id === props.stage && outcome !== "open")}
      />
      {mayMove && (
        <CardMenu
          {...props}
          title={title}
          opened={menuOpen}
          close={() => {
            setMenu(undefined);
            requestAnimationFrame(() => {
              const lost = document.activeElement === null || document.activeElement === document.body;
              if (lost) card.current?.querySelector<HTMLElement>("[data-card]")?.focus();
            });
          }}
        />
      )}
    </div>
  );
});

/** What is won or lost is late for nothing any more. */
function CardFacts({ record, fields, ended }: { record: RecordItem; fields: FieldSet; ended: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const members = useMembers();
  const { values, linked } = record;
  const contact = Array.isArray(values.contacts) ? linked[String(values.contacts[0])]?.title : undefined;
  const company = linked[String(values.company)]?.title ?? values.company_name;
  const who = [company, contact ?? values.contact_name].filter(
    (part) => typeof part === "string" && part !== "",
  );
  const owner = typeof values.owner === "string" ? values.owner : undefined;
  const due = values.close_date ?? values.due_date;
  const late = !ended && typeof due === "string" && due < new Date().toISOString().slice(0, 10);
  const priority = fields.byKey.get("priority")?.options.find(({ value }) => value === values.priority);
  return (
    <>
      <span className={classes.who}>{who.join(" · ")}</span>
      <span className={classes.facts}>
        {values.amount != null && (
          <span className={classes.amount}>{formatMoney(values.amount as Money, format.locale)}</span>
        )}
        {priority !== undefined && <OptionChip label={priority.label} color={priority.color} />}
        {typeof due === "string" && (
          <span className={classes.due} data-late={late ? "" : undefined}>
            <IconClock size={13} aria-hidden="true" />
            {late && <span className="tn-sr-only">{t("records.tasks.overdue")}</span>}
            {formatDate(due, format.locale)}
          </span>
        )}
        <span className={classes.space} />
        {owner !== undefined && (
          <span role="img" aria-label={members.name(owner)} className={classes.owner}>
            <Avatar name={members.name(owner)} seed={members.byId.get(owner)?.email ?? owner} size={22} />
          </span>
        )}
      </span>
    </>
  );
}

type CardMenuProps = BoardCardProps & { title: string; opened: boolean; close: () => void };

/** Everything that dragging does, without dragging. Its contents exist only while it is open. */
function CardMenu({
  record,
  stages,
  stage,
  title,
  opened,
  close,
  setMenu,
  setActive,
  step,
  put,
  ...at
}: CardMenuProps) {
  const { t } = useTranslation();
  const button = (
    <button
      type="button"
      className={classes.dots}
      tabIndex={at.tabbable ? 0 : -1}
      aria-label={t("records.board.move_named", { title })}
      aria-haspopup="menu"
      onClick={() => {
        setActive(record.id);
        setMenu(opened ? undefined : record.id);
      }}
    >
      <IconDots size={16} />
    </button>
  );
  if (!opened) return button;
  return (
    <Menu
      {...IN_MAIN}
      opened
      onClose={close}
      position="bottom-end"
      width={230}
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("records.board.move")}</Menu.Label>
        {stages.map((one) => (
          <Menu.Item
            key={one.id}
            leftSection={<OptionDot color={one.color} />}
            rightSection={one.id === stage ? <IconCheck size={15} /> : undefined}
            aria-current={one.id === stage ? "true" : undefined}
            onClick={() => {
              if (one.id !== stage) put(record, one.id, null, true);
            }}
          >
            {one.name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconArrowUp size={16} />}
          disabled={at.first}
          onClick={() => step("up", true)}
        >
          {t("records.board.move_up")}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconArrowDown size={16} />}
          disabled={at.last}
          onClick={() => step("down", true)}
        >
          {t("records.board.move_down")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

export function GhostCard() {
  return (
    <div className={classes.ghost} aria-hidden="true">
      <Skeleton height={11} width="70%" mb={12} />
      <Skeleton height={9} width="45%" mb={16} />
      <Skeleton height={9} width="60%" />
    </div>
  );
}
