import { Link } from "@tanstack/react-router";
import { Logo } from "@tenon/ui";
import type { FormEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useLocale } from "../core";
import { changeLocale, LOCALE_NAMES, LOCALES } from "../i18n";
import classes from "./entry.module.css";

type EntryFrameProps = { title: string; lead?: ReactNode; wide?: boolean; children: ReactNode };

/** The page around sign-in and set-up: one card, nothing else to do. */
export function EntryFrame({ title, lead, wide = false, children }: EntryFrameProps) {
  const { t } = useTranslation();
  return (
    <div className={classes.page}>
      <header className={classes.brand}>
        <Logo size={30} />
        {t("app.name")}
      </header>
      <main className={wide ? `${classes.card} ${classes.wide}` : classes.card} id="main">
        <h1 className={classes.title} tabIndex={-1} data-page-title>
          {title}
        </h1>
        <p className={classes.lead}>{lead}</p>
        {children}
      </main>
      <footer className={classes.foot}>
        <LocaleLinks />
        <Link to="/privacy">{t("nav.privacy")}</Link>
      </footer>
    </div>
  );
}

function LocaleLinks() {
  const { i18n } = useTranslation();
  const locale = useLocale();
  return LOCALES.filter((other) => other !== locale).map((other) => (
    <button key={other} type="button" lang={other} onClick={() => void changeLocale(i18n, other)}>
      {LOCALE_NAMES[other]}
    </button>
  ));
}

type EntryFormProps = { onSubmit: () => void; children: ReactNode };

export function EntryForm({ onSubmit, children }: EntryFormProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      {children}
    </form>
  );
}
