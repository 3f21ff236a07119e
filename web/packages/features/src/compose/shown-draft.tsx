import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { plain } from "../core";
import type { Begun } from "./begin";
import classes from "./composer.module.css";
import { HtmlPreview } from "./html-preview";
import { writeRecipient } from "./recipients";

/** A draft as it stands, to be read and not to be written in. */
export function ShownDraft({ begun }: { begun: Begun }) {
  const { t } = useTranslation();
  const { draft, written } = begun;
  const shown = useRef<HTMLElement>(null);
  useEffect(() => shown.current?.focus(), []);
  const people = [
    [t("mail.to"), written.to],
    [t("compose.cc"), written.cc],
    [t("compose.bcc"), written.bcc],
  ] as const;
  return (
    <>
      <div className={classes.fields}>
        {people.map(
          ([label, list]) =>
            list.length > 0 && (
              <div key={label} className={classes.line}>
                <span className={classes.lineLabel}>{label}</span>
                <span className={classes.lineText}>{list.map(writeRecipient).join(", ")}</span>
              </div>
            ),
        )}
        <div className={classes.line}>
          <strong className={classes.lineText}>{plain(written.subject) || t("mail.no_subject")}</strong>
        </div>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and has nothing inside that takes the keyboard */}
      <section className={classes.shown} ref={shown} tabIndex={0} aria-label={t("compose.body")}>
        <HtmlPreview html={`${draft?.html ?? ""}${draft?.quoted_html ?? ""}`} title={t("compose.body")} />
      </section>
      {written.files.length > 0 && (
        <p className={classes.names}>{written.files.map(({ name }) => plain(name)).join(", ")}</p>
      )}
    </>
  );
}
