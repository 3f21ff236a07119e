import { ActionIcon, Popover, TextInput } from "@mantine/core";
import { IconInfoCircle, IconSearch, IconX } from "@tenon/ui";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useShortcuts } from "../keyboard";
import classes from "./search.module.css";

/** What the provider's search understands; the words are the provider's, the explanations ours. */
const OPERATORS = [
  ["from:ann", "from"],
  ["to:ann", "to"],
  ["subject:offer", "subject"],
  ['"exact words"', "exact"],
  ["has:attachment", "attachment"],
  ["after:2026/01/31", "after"],
  ["older_than:1y", "older"],
  ["is:unread", "unread"],
  ["in:anywhere", "anywhere"],
  ["-word", "without"],
  ["a OR b", "or"],
] as const;

type SearchBoxProps = { query: string | undefined; onSearch: (query: string | undefined) => void };

/** `/` brings here; Enter looks, Escape clears. The query stays out of the address of the page. */
export function SearchBox({ query, onSearch }: SearchBoxProps) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(query ?? "");
  useEffect(() => setText(query ?? ""), [query]);
  useShortcuts([
    { keys: "/", label: t("search.focus"), group: t("keys.group.go"), run: () => input.current?.focus() },
  ]);
  const clear = () => {
    setText("");
    onSearch(undefined);
  };
  return (
    <search className={classes.box}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          const wanted = text.trim();
          onSearch(wanted === "" ? undefined : wanted);
        }}
      >
        <TextInput
          ref={input}
          type="search"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.stopPropagation();
            if (text === "" && query === undefined) event.currentTarget.blur();
            else clear();
          }}
          aria-label={t("search.label")}
          placeholder={t("search.placeholder")}
          maxLength={2000}
          autoComplete="off"
          spellCheck={false}
          leftSection={<IconSearch size={16} />}
          rightSection={
            text !== "" && (
              <ActionIcon
                variant="subtle"
                color="gray"
                c="var(--tn-text-2)"
                aria-label={t("search.clear")}
                onClick={clear}
              >
                <IconX size={16} />
              </ActionIcon>
            )
          }
        />
      </form>
      <Popover position="bottom-end" width={320} shadow="md" trapFocus returnFocus>
        <Popover.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            c="var(--tn-text-2)"
            size="lg"
            aria-label={t("search.help")}
          >
            <IconInfoCircle size={18} />
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown>
          <p className={classes.intro}>{t("search.where")}</p>
          <dl className={classes.operators}>
            {OPERATORS.map(([words, key]) => (
              <div key={key}>
                <dt>
                  <code>{words}</code>
                </dt>
                <dd>{t(`search.operators.${key}`)}</dd>
              </div>
            ))}
          </dl>
        </Popover.Dropdown>
      </Popover>
    </search>
  );
}
