import { Popover, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FilledTemplate, type MailTemplate, send } from "@tenon/api-client";
import { IconTemplate, Pill } from "@tenon/ui";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { LinkButton, plain, useApi, useProblemText } from "../core";
import { firstWords } from "./placeholders";
import { templatesQuery } from "./queries";
import classes from "./templates.module.css";
import { matches } from "./templates-screen";

type InsertTemplateProps = {
  className: string | undefined;
  open: boolean;
  setOpen: (open: boolean) => void;
  /** To whom the message goes: what is known of them is filled in. */
  address: string | undefined;
  insert: (template: MailTemplate, filled: FilledTemplate) => void;
};

/** Chooses a template or a snippet, filled in for the one the message goes to. */
export function InsertTemplate({ className, open, setOpen, address, insert }: InsertTemplateProps) {
  const { t } = useTranslation();
  return (
    <Popover opened={open} onChange={setOpen} width={340} position="top-start" trapFocus withinPortal={false}>
      <Popover.Target>
        <button
          type="button"
          className={className}
          aria-label={t("templates.use")}
          title={t("templates.use")}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <IconTemplate size={18} stroke={1.6} />
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        {open && <Choice address={address} insert={insert} close={() => setOpen(false)} />}
      </Popover.Dropdown>
    </Popover>
  );
}

type ChoiceProps = Pick<InsertTemplateProps, "address" | "insert"> & { close: () => void };

function Choice({ address, insert, close }: ChoiceProps) {
  const { t } = useTranslation();
  const api = useApi();
  const problemText = useProblemText();
  const templates = useQuery(templatesQuery(api));
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const found = (templates.data ?? []).filter((one) => matches(one, words));
  const chosen = Math.min(at, found.length - 1);
  const fill = useMutation({
    mutationFn: ({ subject, html }: MailTemplate) =>
      send(
        api.POST("/api/v1/templates/fill", {
          body: { subject, html, ...(address === undefined ? {} : { address }) },
        }),
      ),
    onSuccess: (filled, template) => {
      close();
      insert(template, filled);
    },
  });
  useEffect(() => {
    list.current?.querySelector(`[data-index="${chosen}"]`)?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setAt(Math.max(0, Math.min(found.length - 1, chosen + step)));
    } else if (event.key === "Enter") {
      event.preventDefault();
      event.stopPropagation();
      const one = found[chosen];
      if (one !== undefined) fill.mutate(one);
    } else if (event.key === "Escape") event.stopPropagation();
  };
  if (templates.data?.length === 0)
    return (
      <div className={classes.stack}>
        <span>{t("templates.none_yet")}</span>
        <LinkButton to="/templates" variant="default" size="xs">
          {t("templates.title")}
        </LinkButton>
      </div>
    );
  return (
    <>
      <TextInput
        aria-label={t("templates.search")}
        placeholder={t("templates.search")}
        value={words}
        error={fill.error !== null ? problemText(fill.error) : undefined}
        onChange={(event) => {
          setWords(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        data-autofocus
      />
      <ul className={classes.list} ref={list} aria-busy={templates.isPending || fill.isPending}>
        {found.map((one, index) => (
          <li key={one.id}>
            <button
              type="button"
              className={classes.pick}
              data-index={index}
              data-at={index === chosen ? "" : undefined}
              onClick={() => fill.mutate(one)}
            >
              <span className={classes.rowTitle}>{plain(one.name)}</span>{" "}
              {one.kind === "snippet" && <Pill>{t("templates.snippet")}</Pill>}
              <span className={classes.rowNote} style={{ display: "block" }}>
                {one.folder !== "" && `${plain(one.folder)} · `}
                {firstWords(one.html, 60)}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {templates.data !== undefined && (
        <LinkButton to="/templates" variant="subtle" size="xs">
          {t("templates.manage")}
        </LinkButton>
      )}
      {templates.isError && <p className={classes.nothing}>{problemText(templates.error)}</p>}
      {templates.data !== undefined && found.length === 0 && (
        <p className={classes.nothing}>{t("templates.nothing")}</p>
      )}
    </>
  );
}
