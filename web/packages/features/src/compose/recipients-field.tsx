import { IconX } from "@tenon/ui";
import { type KeyboardEvent, useEffect, useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import { plain } from "../core";
import { isComposing } from "../keyboard";
import classes from "./composer.module.css";
import { addRecipients, parseRecipients, type Recipient, writeRecipient } from "./recipients";

type RecipientsFieldProps = {
  label: string;
  recipients: Recipient[];
  setRecipients: (recipients: Recipient[]) => void;
  /** What is no recipient yet. */
  typed: string;
  setTyped: (text: string) => void;
  autoFocus?: boolean;
  known: Recipient[];
  children?: React.ReactNode;
};

/** Addresses as chips: typed, pasted as lists, edited by clicking, taken away by Backspace. */
export function RecipientsField(props: RecipientsFieldProps) {
  const { label, recipients, setRecipients, autoFocus = false, known, children } = props;
  const { typed: text, setTyped: setText } = props;
  const { t } = useTranslation();
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when it appears
  useEffect(() => {
    if (autoFocus) box.current?.querySelector("input")?.focus();
  }, []);
  const invalid = recipients.filter(({ valid }) => !valid);

  const take = (written: string) => {
    const more = parseRecipients(written);
    if (more.length > 0) setRecipients(addRecipients(recipients, more));
    setText("");
  };
  const remove = (address: string) => setRecipients(recipients.filter((one) => one.address !== address));
  const edit = (one: Recipient) => {
    remove(one.address);
    setText(writeRecipient(one));
    box.current?.querySelector("input")?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (isComposing(event.nativeEvent)) return;
    const ends = event.key === "Enter" || event.key === "," || event.key === ";";
    // A name may hold a comma while it is in quotes.
    const quoted = (text.match(/"/g)?.length ?? 0) % 2 === 1;
    if (
      ends &&
      !event.ctrlKey &&
      !event.metaKey &&
      text.trim() !== "" &&
      !(quoted && event.key !== "Enter")
    ) {
      event.preventDefault();
      take(text);
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) event.preventDefault();
    else if (event.key === "Backspace" && text === "") {
      const last = recipients.at(-1);
      if (last !== undefined) remove(last.address);
    }
  };
  return (
    <div className={classes.line}>
      <label className={classes.lineLabel} htmlFor={id}>
        {label}
      </label>
      <div className={classes.chips} ref={box}>
        {recipients.map((one) => (
          <span key={one.address} className={classes.chip} data-invalid={one.valid ? undefined : ""}>
            <button
              type="button"
              className={classes.chipText}
              title={writeRecipient(one)}
              aria-label={t(one.valid ? "compose.edit_recipient" : "compose.edit_invalid", {
                recipient: writeRecipient(one),
              })}
              onClick={() => edit(one)}
            >
              {plain(one.name) || one.address}
            </button>
            <button
              type="button"
              className={classes.chipRemove}
              aria-label={t("compose.remove_recipient", { recipient: writeRecipient(one) })}
              onClick={() => remove(one.address)}
            >
              <IconX size={13} stroke={2.2} />
            </button>
          </span>
        ))}
        <input
          id={id}
          className={classes.chipInput}
          value={text}
          type="text"
          inputMode="email"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          list={`${id}-known`}
          aria-invalid={invalid.length > 0 ? true : undefined}
          aria-describedby={invalid.length > 0 ? `${id}-invalid` : undefined}
          onChange={(event) => {
            const value = event.currentTarget.value;
            // Chosen from the list of known people.
            if (known.some((one) => writeRecipient(one) === value)) take(value);
            else setText(value);
          }}
          onKeyDown={onKeyDown}
          onBlur={() => {
            if (text.trim() !== "") take(text);
          }}
          onPaste={(event) => {
            const pasted = event.clipboardData.getData("text");
            if (!/[\n,;]/.test(pasted.trim()) && !pasted.includes("@")) return;
            event.preventDefault();
            take(text + pasted);
          }}
        />
        <datalist id={`${id}-known`}>
          {text.length > 0 &&
            known.slice(0, 200).map((one) => <option key={one.address} value={writeRecipient(one)} />)}
        </datalist>
        {invalid.length > 0 && (
          <span id={`${id}-invalid`} className={classes.lineError}>
            {t("compose.invalid", { count: invalid.length })}
          </span>
        )}
      </div>
      {children}
    </div>
  );
}
