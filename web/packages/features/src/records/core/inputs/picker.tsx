/** Chooses one or several from a list that is searched by typing. */
import { Combobox, useCombobox } from "@mantine/core";
import { Avatar, IconCheck, IconChevronDown, IconPlus, IconX } from "@tenon/ui";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { plain } from "../../../core";
import { isComposing } from "../../../keyboard";
import { OptionDot } from "../option-chip";
import type { PaletteColor } from "../types";
import classes from "./inputs.module.css";

export type PickOption = {
  value: string;
  label: string;
  hint?: string | undefined;
  color?: PaletteColor | null | undefined;
  /** Shows a picture of initials, with the hue of this text. */
  avatar?: string | undefined;
  icon?: ReactNode;
};

export type PickerProps = {
  label: string;
  /** The label stands above; else it is only spoken. */
  labelShown?: boolean;
  description?: string | undefined;
  options: readonly PickOption[];
  /** What is chosen, also when it is not among the options now. */
  chosen: readonly PickOption[];
  onChoose: (values: string[]) => void;
  multiple?: boolean;
  required?: boolean;
  error?: string | undefined;
  disabled?: boolean;
  autoFocus?: boolean;
  initial?: string | undefined;
  loading?: boolean;
  placeholder?: string | undefined;
  /** Who searches elsewhere gets the text; else the options are filtered here. */
  onSearch?: ((text: string) => void) | undefined;
  /** Makes something new of the text. */
  onCreate?: ((text: string) => void) | undefined;
  createLabel?: ((text: string) => string) | undefined;
  /** After one was chosen of which only one can be. */
  onDone?: (() => void) | undefined;
};

const NEW = "\u0000new";
const CLEAR = "\u0000clear";
const fold = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();

export function Picker(props: PickerProps) {
  const { t } = useTranslation();
  const { options, chosen, multiple = false, onSearch, onCreate } = props;
  const [text, setText] = useState(props.initial ?? "");
  const [typing, setTyping] = useState(props.initial !== undefined && props.initial !== "");
  const [open, setOpen] = useState(props.autoFocus === true);
  const labelId = useId();
  const noteId = useId();
  const combobox = useCombobox({
    opened: open,
    onOpenedChange: setOpen,
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      setTyping(false);
      setText("");
      onSearch?.("");
    },
  });
  const query = fold(text.trim());
  const found =
    onSearch !== undefined || !typing || query === ""
      ? options
      : options.filter(({ label, hint }) => fold(`${label} ${hint ?? ""}`).includes(query));
  const has = (value: string) => chosen.some((one) => one.value === value);
  const canCreate = onCreate !== undefined && text.trim() !== "";
  // Enter takes what was looked for; whoever only opened the list keeps what is chosen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first is offered anew with every letter
  useEffect(() => {
    if (!open) return;
    if (typing && text.trim() !== "") combobox.selectFirstOption();
    else combobox.resetSelectedOption();
  }, [text, open, found.length]);

  const choose = (value: string) => {
    if (value === NEW) {
      onCreate?.(text.trim());
      setText("");
      setTyping(false);
      onSearch?.("");
      if (!multiple) combobox.closeDropdown();
      return;
    }
    const values = chosen.map((one) => one.value);
    if (value === CLEAR) props.onChoose([]);
    else if (!multiple) props.onChoose([value]);
    else props.onChoose(has(value) ? values.filter((one) => one !== value) : [...values, value]);
    setText("");
    setTyping(false);
    onSearch?.("");
    if (!multiple) {
      combobox.closeDropdown();
      props.onDone?.();
    }
  };
  const write = (written: string) => {
    // Typed behind what was chosen: only that is looked for.
    const shown = typing || chosen[0] === undefined || multiple ? "" : plain(chosen[0].label);
    const next = shown !== "" && written.startsWith(shown) ? written.slice(shown.length) : written;
    setText(next);
    setTyping(true);
    onSearch?.(next);
    combobox.openDropdown();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (isComposing(event.nativeEvent)) return;
    const last = chosen.at(-1);
    if (event.key === "Backspace" && text === "" && multiple && last !== undefined)
      props.onChoose(chosen.slice(0, -1).map((one) => one.value));
    else if (event.key === "Backspace" && !typing && !multiple && last !== undefined) {
      // What stands there is the choice; taking letters away from it takes it away.
      event.preventDefault();
      props.onChoose([]);
    }
  };
  const single = multiple ? undefined : chosen[0];
  const described = props.error ?? props.description;

  return (
    <div className={classes.field}>
      {props.labelShown === true && (
        <label className={classes.label} htmlFor={labelId}>
          {props.label}
          {props.required === true && <span aria-hidden="true"> *</span>}
        </label>
      )}
      <Combobox
        store={combobox}
        onOptionSubmit={choose}
        width="max-content"
        position="bottom-start"
        offset={4}
      >
        <Combobox.DropdownTarget>
          <div className={classes.picker} data-error={props.error !== undefined || undefined}>
            {multiple &&
              chosen.map((one) => (
                <span key={one.value} className={classes.chosen}>
                  <Mark option={one} />
                  <span className={classes.chosenText}>{plain(one.label)}</span>
                  <button
                    type="button"
                    className={classes.take}
                    tabIndex={-1}
                    aria-label={t("records.take_away", { name: plain(one.label) })}
                    onMouseDown={(event) => event.preventDefault()}
                    onClick={() =>
                      props.onChoose(chosen.filter((other) => other !== one).map((other) => other.value))
                    }
                  >
                    <IconX size={12} />
                  </button>
                </span>
              ))}
            {single !== undefined && !typing && <Mark option={single} />}
            <Combobox.EventsTarget withExpandedAttribute>
              <input
                id={labelId}
                role="combobox"
                aria-autocomplete="list"
                aria-expanded={open}
                className={classes.search}
                aria-label={props.labelShown === true ? undefined : props.label}
                aria-required={props.required}
                aria-invalid={props.error !== undefined || undefined}
                aria-describedby={described === undefined ? undefined : noteId}
                disabled={props.disabled}
                // biome-ignore lint/a11y/noAutofocus: whoever opens a field goes on in it
                autoFocus={props.autoFocus === true}
                autoComplete="off"
                data-1p-ignore
                placeholder={chosen.length === 0 ? (props.placeholder ?? t("records.choose")) : undefined}
                value={typing || single === undefined ? text : plain(single.label)}
                onChange={(event) => write(event.currentTarget.value)}
                onFocus={(event) => {
                  if (single !== undefined) event.currentTarget.select();
                }}
                onClick={() => combobox.openDropdown()}
                onBlur={() => combobox.closeDropdown()}
                onKeyDown={onKeyDown}
              />
            </Combobox.EventsTarget>
            <IconChevronDown size={14} className={classes.chevron} />
          </div>
        </Combobox.DropdownTarget>
        <Combobox.Dropdown className={classes.dropdown}>
          <Combobox.Options className={classes.options} aria-label={props.label}>
            {found.map((option) => (
              <Combobox.Option
                key={option.value}
                value={option.value}
                className={classes.option}
                active={has(option.value)}
              >
                <Mark option={option} />
                <span className={classes.optionText}>
                  {plain(option.label)}
                  {option.hint !== undefined && option.hint !== "" && (
                    <span className={classes.hint}>{plain(option.hint)}</span>
                  )}
                </span>
                {has(option.value) && <IconCheck size={15} />}
              </Combobox.Option>
            ))}
            {!multiple && props.required !== true && chosen.length > 0 && !typing && (
              <Combobox.Option value={CLEAR} className={classes.option}>
                <IconX size={14} />
                <span className={classes.optionText}>{t("records.clear")}</span>
              </Combobox.Option>
            )}
            {canCreate && (
              <Combobox.Option value={NEW} className={classes.option}>
                <IconPlus size={14} />
                <span className={classes.optionText}>
                  {props.createLabel?.(text.trim()) ?? t("records.create_named", { name: text.trim() })}
                </span>
              </Combobox.Option>
            )}
            {found.length === 0 && !canCreate && (
              <Combobox.Empty>
                {props.loading === true ? t("records.searching") : t("records.nothing_found")}
              </Combobox.Empty>
            )}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
      {described !== undefined && (
        <div id={noteId} className={props.error === undefined ? classes.description : classes.error}>
          {described}
        </div>
      )}
    </div>
  );
}

function Mark({ option }: { option: PickOption }) {
  if (option.avatar !== undefined) return <Avatar name={option.label} seed={option.avatar} size={20} />;
  if (option.icon !== undefined) return option.icon;
  return option.color == null ? null : <OptionDot color={option.color} />;
}
