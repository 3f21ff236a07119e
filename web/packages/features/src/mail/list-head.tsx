import { ActionIcon, Button, Checkbox } from "@mantine/core";
import type { Thread } from "@tenon/api-client";
import { IconX } from "@tenon/ui";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { allLoaded, countOf, isEmpty, type Offer, type Selection, Toolbar } from "../acting";
import { useFormat } from "../core";
import classes from "./thread-list.module.css";

type ListHeadProps = {
  title: string;
  total: number | undefined;
  menu: ReactNode;
  unread: boolean;
  setUnread: (unread: boolean) => void;
  search: ReactNode;
};

export function ListHead({ title, total, menu, unread, setUnread, search }: ListHeadProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className={classes.head}>
      {menu}
      <h1 className={classes.title} tabIndex={-1} data-page-title>
        {title}
        {total !== undefined && !unread && <span className={classes.total}>{format.number(total)}</span>}
      </h1>
      {search}
      <button
        type="button"
        className={classes.filter}
        aria-pressed={unread}
        onClick={() => setUnread(!unread)}
      >
        {t("mail.only_unread")}
      </button>
    </div>
  );
}

type SelectionHeadProps = {
  title: string;
  selection: Selection;
  setSelection: (selection: Selection | undefined) => void;
  threads: Thread[];
  /** How many match the list, if that is known. */
  matching: number | undefined;
  hasMore: boolean;
  offers: Offer[];
  run: (offer: Offer) => void;
};

/** Takes the head's place while something is chosen. */
export function SelectionHead(props: SelectionHeadProps) {
  const { title, selection, setSelection, threads, matching, hasMore, offers, run } = props;
  const { t } = useTranslation();
  const format = useFormat();
  if (isEmpty(selection)) return null;
  const count = countOf(selection, matching ?? threads.length);
  const everything = selection.kind === "matching";
  const whole = everything || count === threads.length;
  return (
    <>
      <div className={classes.head} data-selecting>
        {/* The page keeps its title while the head says something else. */}
        <h1 className="tn-sr-only" tabIndex={-1} data-page-title>
          {title}
        </h1>
        <Checkbox
          size="sm"
          checked={whole}
          indeterminate={!whole}
          aria-label={t("acting.select_all")}
          onChange={() => setSelection(whole ? undefined : allLoaded(threads.map(({ id }) => id)))}
        />
        <span className={classes.selected} role="status">
          {t("acting.selected", { count, number: format.number(count) })}
        </span>
        <Toolbar offers={offers} room={4} run={run} label={t("acting.actions")} />
        <ActionIcon
          variant="subtle"
          color="gray"
          c="var(--tn-text-2)"
          size="lg"
          aria-label={t("acting.select_none")}
          onClick={() => setSelection(undefined)}
        >
          <IconX size={18} />
        </ActionIcon>
      </div>
      {whole && hasMore && !everything && (
        <div className={classes.everything}>
          <span>{t("acting.loaded_selected", { count, number: format.number(count) })}</span>
          <Button size="compact-xs" variant="subtle" onClick={() => setSelection({ kind: "matching" })}>
            {matching === undefined
              ? t("acting.select_everything_unknown", { title })
              : t("acting.select_everything", { count: matching, number: format.number(matching), title })}
          </Button>
        </div>
      )}
      {everything && (
        <div className={classes.everything}>
          <span>{t("acting.everything_selected", { count, number: format.number(count), title })}</span>
        </div>
      )}
    </>
  );
}
