import { Avatar } from "@tenon/ui";
import type { FieldDef } from "../core/fields";
import { OptionChip } from "../core/option-chip";
import type { FieldValue, Pipeline, RecordItem } from "../core/types";
import { findStage, isEmptyValue } from "../core/words";
import classes from "./cells.module.css";

/** What cells need to know, found once for the whole table. */
export type CellWords = {
  text: (field: FieldDef, value: FieldValue | null | undefined, linked: RecordItem["linked"]) => string;
  memberName: (id: string) => string;
  pipelines: readonly Pipeline[] | undefined;
  yes: string;
  untitled: string;
  choose: (title: string) => string;
};

/** A value in one line. Amounts stand at the right, so that they can be compared. */
export function CellValue({
  field,
  record,
  words,
}: {
  field: FieldDef;
  record: RecordItem;
  words: CellWords;
}) {
  const value = valueIn(record, field.key);
  if (isEmptyValue(value)) return null;
  switch (field.type) {
    case "stage": {
      const found = findStage(words.pipelines, value);
      if (found === undefined) return null;
      return <OptionChip label={found.stage.name} color={found.stage.color} />;
    }
    case "choice":
      return <Choice field={field} value={String(value)} />;
    case "choices":
      return (
        <span className={classes.chips}>
          {(value as string[]).map((each) => (
            <Choice key={each} field={field} value={each} />
          ))}
        </span>
      );
    case "person": {
      const name = words.memberName(String(value));
      return (
        <span className={classes.person}>
          <Avatar name={name} seed={String(value)} size={20} />
          <span className={classes.clip}>{name}</span>
        </span>
      );
    }
    case "boolean":
      return value === true ? <span className={classes.clip}>{words.yes}</span> : null;
    case "emails":
    case "phones":
    case "links":
    case "people": {
      const all = value as FieldValue[];
      const first = words.text(field, [all[0]] as FieldValue, record.linked);
      if (first === "") return null;
      return (
        <span className={classes.several}>
          <span className={classes.clip}>{first}</span>
          {all.length > 1 && <span className={classes.more}>+{all.length - 1}</span>}
        </span>
      );
    }
    default:
      return <span className={classes.clip}>{words.text(field, value, record.linked)}</span>;
  }
}

function Choice({ field, value }: { field: FieldDef; value: string }) {
  const option = field.options.find((one) => one.value === value);
  return <OptionChip label={option?.label ?? value} color={option?.color} />;
}

const SYSTEM = new Set(["created_at", "updated_at", "created_by", "last_touch"]);

/** Also of what the server itself writes. */
export function valueIn(record: RecordItem, key: string): FieldValue | null | undefined {
  if (SYSTEM.has(key)) return record[key as "created_at" | "updated_at" | "created_by" | "last_touch"];
  return record.values[key];
}
