import { IconX } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import type { FieldSet } from "../core/fields";
import type { Linked } from "../core/words";
import classes from "./filter.module.css";
import { changeItem, type Group } from "./model";
import { useFilterWords } from "./words";

type FilterChipsProps = {
  fields: FieldSet;
  filter: Group;
  /** Titles of records that conditions name. */
  linked: Linked;
  change: (filter: Group) => void;
  edit: () => void;
};

/** What the list is narrowed down to, in words; each can be taken away. */
export function FilterChips({ fields, filter, linked, change, edit }: FilterChipsProps) {
  const { t } = useTranslation();
  const { say } = useFilterWords(fields, linked);
  // Split up, "any of these" would read as "all of these".
  const parts =
    filter.mode === "all"
      ? filter.items.flatMap((item) => {
          const text = say(item);
          return text === undefined
            ? []
            : [{ text, remove: () => change(changeItem(filter, item.id, () => undefined)) }];
        })
      : [say(filter)].flatMap((text) =>
          text === undefined ? [] : [{ text, remove: () => change({ ...filter, items: [] }) }],
        );
  if (parts.length === 0) return null;
  return (
    <section className={classes.chips} aria-label={t("records.filter.shown")}>
      {parts.map(({ text, remove }) => (
        <span key={text} className={classes.chip}>
          <button type="button" className={classes.chipText} onClick={edit}>
            {text}
          </button>
          <button
            type="button"
            className={classes.chipClose}
            aria-label={t("records.filter.remove", { field: text })}
            onClick={remove}
          >
            <IconX size={14} />
          </button>
        </span>
      ))}
    </section>
  );
}
