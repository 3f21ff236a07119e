/** A text in which `@` offers the members of the workspace. */
import { Avatar } from "@tenon/ui";
import { type KeyboardEvent, useId, useRef, useState } from "react";
import { isComposing } from "../../keyboard";
import { type MemberName, useMembers } from "../core/words";
import classes from "./composer.module.css";

type MentionAreaProps = {
  label: string;
  placeholder: string;
  value: string;
  onChange: (text: string, mentions: string[]) => void;
};

const fold = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
const MOST = 6;

/** The name that is being written before the caret, with where it begins. */
function begun(text: string, caret: number): { from: number; name: string } | undefined {
  const from = text.lastIndexOf("@", caret - 1);
  if (from < 0 || (from > 0 && !/\s/.test(text[from - 1] ?? ""))) return undefined;
  const name = text.slice(from + 1, caret);
  return /\n|\s{2}/.test(name) || name.length > 40 ? undefined : { from, name };
}

export function MentionArea({ label, placeholder, value, onChange }: MentionAreaProps) {
  const members = useMembers();
  const area = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  const [caret, setCaret] = useState(0);
  const [chosen, setChosen] = useState(0);
  const [closed, setClosed] = useState(false);
  const writing = closed ? undefined : begun(value, caret);
  const found =
    writing === undefined
      ? []
      : members.all.filter(({ name }) => fold(name).includes(fold(writing.name))).slice(0, MOST);
  // A name that stands there in full is written already.
  const open = found.length > 0 && !members.all.some(({ name }) => writing?.name.startsWith(name));
  const at = Math.min(chosen, found.length - 1);
  const tell = (text: string) =>
    onChange(
      text,
      members.all.filter(({ name }) => text.includes(`@${name}`)).map(({ id }) => id),
    );
  const take = (member: MemberName | undefined) => {
    if (member === undefined || writing === undefined) return;
    const before = `${value.slice(0, writing.from)}@${member.name} `;
    tell(before + value.slice(caret).replace(/^ /, ""));
    setCaret(before.length);
    setTimeout(() => {
      area.current?.focus();
      area.current?.setSelectionRange(before.length, before.length);
    }, 0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!open || isComposing(event.nativeEvent)) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) setChosen((at + step + found.length) % found.length);
    else if (event.key === "Escape") setClosed(true);
    else if (event.key === "Tab" || (event.key === "Enter" && !event.ctrlKey && !event.metaKey))
      take(found[at]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={classes.area}>
      <textarea
        ref={area}
        className={classes.text}
        aria-label={label}
        placeholder={placeholder}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={open ? listId : undefined}
        aria-activedescendant={open ? `${listId}-${at}` : undefined}
        rows={2}
        maxLength={50_000}
        value={value}
        onChange={(event) => {
          setClosed(false);
          setChosen(0);
          setCaret(event.currentTarget.selectionStart);
          tell(event.currentTarget.value);
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
        onBlur={() => setClosed(true)}
        onFocus={() => setClosed(false)}
        onKeyDown={onKeyDown}
      />
      {open && (
        <div className={classes.names} id={listId} role="listbox" aria-label={label}>
          {found.map((member, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the text
            <div
              key={member.id}
              className={classes.name}
              id={`${listId}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              onMouseDown={(event) => event.preventDefault()}
              onMouseEnter={() => setChosen(index)}
              onClick={() => take(member)}
            >
              <Avatar name={member.name} seed={member.email} size={20} />
              {member.name}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
