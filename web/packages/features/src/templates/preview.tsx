import { Skeleton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { isProblem } from "@tenon/api-client";
import { Notice } from "@tenon/ui";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { HtmlPreview } from "../compose/html-preview";
import { ProblemNotice, plain, useApi } from "../core";
import { RecordPicker } from "../records/core/inputs/record-picker";
import type { Kind } from "../records/core/types";
import { filledQuery } from "./queries";
import classes from "./templates.module.css";
import { useVariables } from "./use-variables";

const KINDS: readonly Kind[] = ["contact", "company", "deal", "lead", "case"];
const TYPING_MS = 400;

/** A template as it comes out for somebody: what is missing is named. */
export function Preview({ subject, html }: { subject: string; html: string }) {
  const { t } = useTranslation();
  const api = useApi();
  const variables = useVariables();
  const [about, setAbout] = useState<string[]>([]);
  const text = useMemo(() => ({ subject, html }), [subject, html]);
  const [settled] = useDebouncedValue(text, TYPING_MS);
  const [record_id] = about;
  const filled = useQuery({
    ...filledQuery(api, { ...settled, ...(record_id === undefined ? {} : { record_id }) }),
    placeholderData: keepPreviousData,
  });
  const named = (name: string) => {
    const known = variables.find((one) => one.name === name);
    return known === undefined ? name : `${known.group}: ${known.label}`;
  };
  const { data, error } = filled;
  return (
    <section className={classes.preview} aria-label={t("templates.preview")}>
      <RecordPicker
        kinds={KINDS}
        label={t("templates.preview_for")}
        labelShown
        value={about}
        linked={{}}
        onChange={(ids) => setAbout(ids.slice(-1))}
      />
      {filled.isPending && <Skeleton height={90} aria-busy="true" />}
      {isProblem(error, "validation") ? (
        <Notice tone="danger" role="alert">
          {error.fields.map(({ name, detail }) => `${name}: ${detail}`).join(" ") || error.detail}
        </Notice>
      ) : (
        error !== null && <ProblemNotice error={error} />
      )}
      {data !== undefined && error === null && (
        <>
          {data.missing.length > 0 && (
            <Notice tone="warn" role="status" title={t("templates.missing", { count: data.missing.length })}>
              {data.missing.map(named).join(", ")}
            </Notice>
          )}
          <div className={classes.sheet}>
            {data.subject !== "" && <strong className={classes.subject}>{plain(data.subject)}</strong>}
            <HtmlPreview html={data.html} title={t("templates.preview")} />
          </div>
        </>
      )}
    </section>
  );
}
