import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { IconPlus } from "@tenon/ui";
import { type Ref, useState } from "react";
import { useTranslation } from "react-i18next";
import { isComposing } from "../../keyboard";
import { useRecordEdits } from "../core/edits";
import { addDays } from "./days";
import classes from "./tasks.module.css";

type TaskAddProps = { ref: Ref<HTMLInputElement>; owner: string | undefined; today: string };

/** One line makes a task for oneself; the day is a press away. */
export function TaskAdd({ ref, owner, today }: TaskAddProps) {
  const { t } = useTranslation();
  const edits = useRecordEdits();
  const [name, setName] = useState("");
  const [due, setDue] = useState<"today" | "tomorrow" | "week" | undefined>("today");
  const days = { today, tomorrow: addDays(today, 1), week: addDays(today, 7) };
  const add = useMutation({
    mutationFn: (wanted: string) =>
      edits.make("task", {
        name: wanted,
        ...(owner === undefined ? {} : { owner }),
        ...(due === undefined ? {} : { due_date: days[due] }),
      }),
    onMutate: () => setName(""),
    onError: (error, wanted) => {
      setName(wanted);
      edits.refused(error);
    },
  });
  return (
    <form
      className={classes.add}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== "") add.mutate(name.trim());
      }}
    >
      <TextInput
        ref={ref}
        className={classes.addName}
        leftSection={<IconPlus size={16} aria-hidden="true" />}
        aria-label={t("records.list.new_task")}
        placeholder={t("records.tasks.add_hint")}
        value={name}
        maxLength={2000}
        onChange={(event) => setName(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || isComposing(event.nativeEvent)) return;
          event.preventDefault();
          if (name === "") event.currentTarget.blur();
          setName("");
        }}
      />
      {name.trim() !== "" && (
        <>
          <fieldset className={classes.days}>
            <legend className="tn-sr-only">{t("records.tasks.due")}</legend>
            {(["today", "tomorrow", "week"] as const).map((day) => (
              <button
                key={day}
                type="button"
                aria-pressed={due === day}
                onClick={() => setDue(due === day ? undefined : day)}
              >
                {t(`records.tasks.add_${day}`)}
              </button>
            ))}
          </fieldset>
          <Button type="submit" size="xs">
            {t("records.tasks.add")}
          </Button>
        </>
      )}
    </form>
  );
}
