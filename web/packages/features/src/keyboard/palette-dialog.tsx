import { Combobox, Modal, useCombobox } from "@mantine/core";
import { IconSearch } from "@tenon/ui";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Keys } from "./keys";
import classes from "./palette.module.css";
import { findCommands } from "./palette-search";
import { type Shortcut, useShortcutList } from "./shortcuts";

/** More would be scrolled past, not read; the words narrow them down. */
const MOST = 60;

const nameOf = (command: Shortcut) => command.keys ?? `${command.group}\t${command.label}`;

/** Everything that can be done here, by typing a part of its name. */
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
  const commands = useShortcutList().filter((command) => command.keyOnly !== true);
  const found = findCommands(commands, query).slice(0, MOST);
  const groups = [...new Set(found.map((command) => command.group))];
  const combobox = useCombobox({ opened: true });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first is chosen anew with every letter
  useEffect(() => void combobox.selectFirstOption(), [query]);

  const run = (name: string) => {
    close();
    // After the dialog gave the focus back: what runs may move it on.
    const command = commands.find((candidate) => nameOf(candidate) === name);
    setTimeout(() => command?.run(), 0);
  };
  return (
    <Combobox store={combobox} onOptionSubmit={run}>
      <Combobox.EventsTarget withAriaAttributes>
        <div className={classes.search}>
          <IconSearch size={18} aria-hidden="true" />
          <input
            className={classes.input}
            data-autofocus
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
            placeholder={t("palette.placeholder")}
            aria-label={t("palette.title")}
          />
        </div>
      </Combobox.EventsTarget>
      <Combobox.Options className={classes.options} aria-label={t("palette.title")} tabIndex={0}>
        {groups.map((group) => (
          <Combobox.Group key={group} label={group}>
            {found
              .filter((command) => command.group === group)
              .map((command) => (
                <Combobox.Option key={nameOf(command)} value={nameOf(command)} className={classes.option}>
                  <span>{command.label}</span>
                  {command.keys !== undefined && (
                    <span aria-hidden="true">
                      <Keys keys={command.keys} />
                    </span>
                  )}
                </Combobox.Option>
              ))}
          </Combobox.Group>
        ))}
        {found.length === 0 && <Combobox.Empty>{t("palette.nothing")}</Combobox.Empty>}
      </Combobox.Options>
      <div className="tn-sr-only" role="status">
        {query !== "" && t("palette.found", { count: found.length })}
      </div>
    </Combobox>
  );
}
