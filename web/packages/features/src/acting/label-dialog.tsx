import { Button, Combobox, Modal, useCombobox } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type Label, send, type Thread } from "@tenon/api-client";
import { IconCheck, IconMinus, IconPlus, IconSearch } from "@tenon/ui";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { keys, ProblemNotice, useApi, useFocusBack } from "../core";
import { isComposing } from "../keyboard";
import { labelDot } from "../mail/label-chip";
import classes from "./label-dialog.module.css";
import { type Borne, bornBy, findLabels } from "./label-search";

type LabelDialogProps = {
  mode: "label" | "move";
  connection: string;
  labels: Label[];
  /** Undefined when everything that matches is chosen. */
  threads: ReadonlyArray<Thread> | undefined;
  count: number;
  apply: (add: Label[], remove: Label[]) => void;
  close: () => void;
};

/** Labels to put on and take off, or one to move to; found by typing, made by typing a new name. */
export default function LabelDialog(props: LabelDialogProps) {
  const { t } = useTranslation();
  useFocusBack();
  return (
    <Modal
      opened
      onClose={props.close}
      title={t(`acting.${props.mode}_title`, { count: props.count })}
      size="sm"
      centered={false}
      yOffset="12vh"
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <Picker {...props} />
    </Modal>
  );
}

const NEW = "\u0000new";

function Picker({ mode, connection, labels, threads, apply, close }: LabelDialogProps) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const [query, setQuery] = useState("");
  const [changed, setChanged] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [made, setMade] = useState<Label[]>([]);
  const all = [...labels, ...made.filter((label) => !labels.some(({ id }) => id === label.id))];
  const found = findLabels(all, query);
  const name = query.trim();
  const exists = all.some((label) => label.name.toLowerCase() === name.toLowerCase());
  const combobox = useCombobox({ opened: true });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first is chosen anew with every letter
  useEffect(() => void combobox.selectFirstOption(), [query]);

  const state = (label: Label): Borne => {
    const wanted = changed.get(label.id);
    return wanted === undefined ? bornBy(threads, label.id) : wanted ? "all" : "none";
  };
  const pick = (label: Label) => {
    if (mode === "move") {
      close();
      apply([label], []);
      return;
    }
    setChanged((before) => new Map(before).set(label.id, state(label) !== "all"));
  };
  const create = useMutation({
    mutationFn: () =>
      send(
        api.POST("/api/v1/connections/{id}/labels", { params: { path: { id: connection } }, body: { name } }),
      ),
    onSuccess: (label) => {
      void client.invalidateQueries({ queryKey: keys.labels(connection) });
      setMade((before) => [...before, label]);
      setQuery("");
      pick(label);
    },
  });
  const finish = () => {
    const by = (on: boolean) =>
      all.filter(
        (label) => changed.get(label.id) === on && bornBy(threads, label.id) !== (on ? "all" : "none"),
      );
    close();
    apply(by(true), by(false));
  };
  const submit = (value: string) => {
    if (value === NEW) create.mutate();
    else {
      const label = all.find(({ id }) => id === value);
      if (label !== undefined) pick(label);
    }
  };
  return (
    <Combobox store={combobox} onOptionSubmit={submit}>
      <Combobox.EventsTarget withAriaAttributes>
        <div className={classes.search}>
          <IconSearch size={16} aria-hidden="true" />
          <input
            className={classes.input}
            data-autofocus
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (
                event.key === "Enter" &&
                (event.ctrlKey || event.metaKey) &&
                mode === "label" &&
                !isComposing(event.nativeEvent)
              ) {
                event.preventDefault();
                finish();
              }
            }}
            placeholder={t("acting.label_search")}
            aria-label={t("acting.label_search")}
          />
        </div>
      </Combobox.EventsTarget>
      {create.error !== null && <ProblemNotice error={create.error} />}
      <Combobox.Options className={classes.options} aria-label={t("mail.labels")} tabIndex={0}>
        {found.map((label) => {
          const borne = state(label);
          return (
            <Combobox.Option
              key={label.id}
              value={label.id}
              className={classes.option}
              selected={mode === "label" && borne === "all"}
              aria-label={mode === "label" ? t(`acting.borne.${borne}`, { name: label.name }) : label.name}
            >
              {mode === "label" && <Tick state={borne} />}
              <Dot label={label} />
              <span className={classes.name}>{label.name}</span>
            </Combobox.Option>
          );
        })}
        {name !== "" && !exists && (
          <Combobox.Option value={NEW} className={classes.option} disabled={create.isPending}>
            <IconPlus size={16} aria-hidden="true" />
            <span className={classes.name}>{t("acting.label_create", { name })}</span>
          </Combobox.Option>
        )}
        {found.length === 0 && name === "" && <Combobox.Empty>{t("acting.no_labels")}</Combobox.Empty>}
      </Combobox.Options>
      {mode === "label" && (
        <div className={classes.actions}>
          <Button variant="default" onClick={close}>
            {t("common.cancel")}
          </Button>
          <Button onClick={finish} disabled={changed.size === 0}>
            {t("acting.apply")}
          </Button>
        </div>
      )}
    </Combobox>
  );
}

function Tick({ state }: { state: Borne }) {
  return (
    <span className={classes.tick} data-state={state} aria-hidden="true">
      {state === "all" && <IconCheck size={13} stroke={3} />}
      {state === "some" && <IconMinus size={13} stroke={3} />}
    </span>
  );
}

function Dot({ label }: { label: Label }) {
  const color = labelDot(label);
  const style = color === undefined ? undefined : ({ "--label": color } as React.CSSProperties);
  return <span className={classes.dot} style={style} aria-hidden="true" />;
}
