import { TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { isProblem } from "@tenon/api-client";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { isComposing } from "../../keyboard";
import { useRecordEdits } from "../core/edits";
import type { Kind, Pipeline, Stage } from "../core/types";
import classes from "./board.module.css";

type QuickAddProps = {
  kind: Kind;
  pipeline: Pipeline;
  stage: Stage;
  close: () => void;
  /** Where the name alone is not enough. */
  more: (stage?: string) => void;
};

/** One line makes a card; the next one can follow at once. */
export function QuickAdd({ kind, pipeline, stage, close, more }: QuickAddProps) {
  const { t } = useTranslation();
  const edits = useRecordEdits();
  const [name, setName] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const [back] = useState(() => document.activeElement);
  useEffect(() => input.current?.focus(), []);
  const add = useMutation({
    mutationFn: (wanted: string) =>
      edits.make(kind, { name: wanted, pipeline: pipeline.id, stage: stage.id }),
    onMutate: () => setName(""),
    onError: (error, wanted) => {
      if (isProblem(error) && error.fields.length > 0) {
        close();
        more(stage.id);
        return;
      }
      setName(wanted);
      edits.refused(error);
    },
  });
  const leave = () => {
    close();
    if (back instanceof HTMLElement) back.focus();
  };
  return (
    <form
      className={classes.quick}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() === "") leave();
        else add.mutate(name.trim());
      }}
    >
      <TextInput
        ref={input}
        size="sm"
        aria-label={t("records.board.quick_name", { stage: stage.name })}
        placeholder={t("records.board.quick_hint")}
        value={name}
        maxLength={2000}
        onChange={(event) => setName(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || isComposing(event.nativeEvent)) return;
          event.preventDefault();
          leave();
        }}
        onBlur={() => {
          if (name.trim() === "" && !add.isPending) close();
        }}
      />
    </form>
  );
}
