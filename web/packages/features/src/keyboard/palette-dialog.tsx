import { Combobox, Modal, useCombobox } from "@mantine/core";
import { IconSearch } from "@tenon/ui";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Keys } from "./keys";
import classes from "./palette.module.css";
import { RecordOptions } from "./palette-records";
import { findCommands, strongCommands } from "./palette-search";
import { isComposing, type Shortcut, useShortcutList } from "./shortcuts";
import { useFoundRecords } from "./use-found-records";

/** More would be scrolled past, not read; the words narrow them down. */
const MOST = 60;

const nameOf = (command: Shortcut) => `run\t${command.keys ?? `${command.group}\t${command.label}`}`;

/** Customers, and everything that can be done here, by typing a part of the name. */
export default function PaletteDialog({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={open}
      onClose={close}
      title={t("palette.title")}
      withCloseButton={false}
      centered={false}
      size="lg"
      yOffset="12vh"
      padding={0}
      classNames={{ header: "tn-sr-only" }}
    >
      <Palette close={close} />
    </Modal>
  );
}

function Palette({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const [query, setQuery] = useState("");
  const text = query.trim();
  const commands = useShortcutList().filter((command) => command.keyOnly !== true);
  const records = useFoundRecords(text);
  const { strong, others } = strongCommands(findCommands(commands, query).slice(0, MOST), query);
  const combobox = useCombobox({ opened: true });
  const count = strong.length + others.length + records.shown.length;
  // Whoever went down the list stays where they are when more comes in.
  const went = useRef(false);
  // Enter was pressed before the answer to what was typed was there.
  const waiting = useRef(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the first is chosen anew with every letter
  useEffect(() => {
    went.current = false;
    waiting.current = false;
    combobox.selectFirstOption();
  }, [query]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when what was found is another list
  useEffect(() => {
    if (went.current) combobox.updateSelectedOptionIndex("selected");
    else combobox.selectFirstOption();
    if (!waiting.current || records.behind) return;
    waiting.current = false;
    const first = records.shown[0];
    if (strong.length > 0 || (first !== undefined && first.match !== "similar"))
      combobox.clickSelectedOption();
  }, [records.shown, records.behind]);

  const run = (name: string) => {
    close();
    // After the dialog gave the focus back: what runs may move it on.
    const command = commands.find((candidate) => nameOf(candidate) === name);
    setTimeout(() => (command === undefined ? records.run(name, text) : command.run()), 0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event.nativeEvent)) return;
    // The list is always open here: it would keep the key from the dialog.
    if (event.key === "Escape") close();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") went.current = true;
    if (event.key !== "Enter" || !records.behind || went.current || strong.length > 0) return;
    event.preventDefault();
    waiting.current = true;
  };
  const group = (label: string, shown: Shortcut[]) => (
    <Combobox.Group key={label} label={label}>
      {shown.map((command) => (
        <Combobox.Option key={nameOf(command)} value={nameOf(command)} className={classes.option}>
          <span className={classes.name}>{command.label}</span>
          {command.keys !== undefined && (
            <span aria-hidden="true">
              <Keys keys={command.keys} />
            </span>
          )}
        </Combobox.Option>
      ))}
    </Combobox.Group>
  );
  const groups = [...new Set(others.map((command) => command.group))];
  return (
    <Combobox store={combobox} onOptionSubmit={run}>
      <div className={classes.search} onKeyDownCapture={onKeyDown}>
        <IconSearch size={18} aria-hidden="true" />
        <Combobox.EventsTarget withAriaAttributes>
          <input
            className={classes.input}
            data-autofocus
            value={query}
            maxLength={200}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setQuery(event.currentTarget.value)}
            placeholder={t("finding.placeholder")}
            aria-label={t("palette.title")}
          />
        </Combobox.EventsTarget>
      </div>
      <Combobox.Options className={classes.options} aria-label={t("palette.title")} tabIndex={0}>
        {strong.length > 0 && group(t("finding.commands"), strong)}
        <RecordOptions text={text} records={records} />
        {groups.map((label) =>
          group(
            label,
            others.filter((command) => command.group === label),
          ),
        )}
        {count === 0 && (
          <Combobox.Empty>{records.behind ? t("finding.searching") : t("finding.nothing")}</Combobox.Empty>
        )}
      </Combobox.Options>
      {records.failed && <div className={classes.failed}>{t("finding.failed")}</div>}
      <div className="tn-sr-only" role="status">
        {text !== "" &&
          !records.behind &&
          (count === 0 ? t("finding.found_none") : t("finding.found", { count }))}
      </div>
    </Combobox>
  );
}
