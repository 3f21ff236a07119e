/** A field edited where it stands: Enter saves, Escape gives up, Tab saves and goes on, and so does going elsewhere. */
import { type FocusEvent, type KeyboardEvent, useRef, useState } from "react";
import { isComposing } from "../../../keyboard";
import type { FieldDef } from "../fields";
import type { FieldValue, Values } from "../types";
import { type Linked, sameValue } from "../words";
import { FieldInput } from "./field-input";
import classes from "./inputs.module.css";

export type Then = "stay" | "next" | "previous";
export type FieldEditorProps = {
  field: FieldDef;
  value: FieldValue | null;
  linked?: Linked;
  values?: Values;
  initial?: string | undefined;
  /** Called once, with the new value; not called when nothing changed. */
  save: (value: FieldValue | null) => void;
  /** The editing is over; where the keyboard goes on. */
  close: (then: Then) => void;
};

const LISTS = new Set(["emails", "phones", "addresses", "long_text"]);
const MULTIPLE = new Set(["choices", "people", "links"]);

export function FieldEditor({ field, value, linked, values, initial, save, close }: FieldEditorProps) {
  const [, setShown] = useState(value);
  const draft = useRef(value);
  const over = useRef(false);
  const box = useRef<HTMLDivElement>(null);

  const finish = (then: Then, keep: boolean) => {
    if (over.current) return;
    over.current = true;
    const next = cleaned(field, draft.current);
    const refused = field.required && next === null;
    if (keep && !refused && !sameValue(next, value)) save(next);
    close(then);
  };
  const change = (next: FieldValue | null) => {
    draft.current = next;
    setShown(next);
  };
  /** Enter belongs to the list while something is marked in it. */
  const isOpen = () => box.current?.querySelector('[aria-expanded="true"][aria-activedescendant]') != null;

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (isComposing(event.nativeEvent)) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      finish("stay", false);
    } else if (event.key === "Tab" && !LISTS.has(field.type) && field.type !== "money") {
      event.preventDefault();
      finish(event.shiftKey ? "previous" : "next", true);
    } else if (event.key === "Enter" && !isOpen()) {
      const lines = field.type === "long_text" && !event.ctrlKey && !event.metaKey;
      if (lines || (event.target as Element).tagName === "BUTTON") return;
      event.preventDefault();
      event.stopPropagation();
      finish("stay", true);
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      finish("stay", true);
    }
  };
  const onBlur = (event: FocusEvent<HTMLDivElement>) => {
    const to = event.relatedTarget;
    if (to instanceof Node && event.currentTarget.contains(to)) return;
    // A click into the list of options, or another window, leaves nothing.
    if (to instanceof Element && to.closest("[data-combobox-option],[role='listbox']") !== null) return;
    if (to === null && !document.hasFocus()) return;
    const mark = event.currentTarget;
    setTimeout(() => {
      if (!mark.contains(document.activeElement)) finish("stay", true);
    }, 0);
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: listens to the keys of the input within
    <div ref={box} className={classes.editor} data-field-editor onKeyDown={onKeyDown} onBlur={onBlur}>
      <FieldInput
        field={field}
        value={draft.current}
        linked={linked}
        values={values}
        initial={initial}
        autoFocus
        onChange={change}
        onDone={MULTIPLE.has(field.type) ? undefined : () => finish("stay", true)}
      />
    </div>
  );
}

/** Spaces around a line of text are nobody's wish. */
function cleaned(field: FieldDef, value: FieldValue | null): FieldValue | null {
  if (
    typeof value !== "string" ||
    (field.type !== "text" && field.type !== "url" && field.type !== "long_text")
  )
    return value;
  const text = value.trim();
  if (text === "") return null;
  return field.type === "url" && !/^[a-z][\w+.-]*:/i.test(text) ? `https://${text}` : text;
}
