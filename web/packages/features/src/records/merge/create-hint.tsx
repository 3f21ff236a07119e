/** While a record is made: that it may be there already. */
import { useQuery } from "@tanstack/react-query";
import { Notice } from "@tenon/ui";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useApi } from "../../core";
import { recordKeys } from "../core/keys";
import type { Kind, Values } from "../core/types";
import { RecordLink } from "../core/value-view";
import { isEmptyValue } from "../core/words";
import { mergeCalls } from "./calls";
import classes from "./merge.module.css";
import { useReasonText } from "./reasons";

/** What tells records apart; nothing else is sent. */
const KEYS = [
  "first_name",
  "last_name",
  "name",
  "emails",
  "phones",
  "domain",
  "company",
  "contact_name",
  "company_name",
];
const PAUSE_MS = 350;
const SHOWN = 3;

type CreateHintProps = { kind: Kind; values: Values; close: () => void };

export default function CreateHint({ kind, values, close }: CreateHintProps) {
  const { t } = useTranslation();
  const api = useApi();
  const reasons = useReasonText();
  const told = JSON.stringify(
    Object.fromEntries(KEYS.flatMap((key) => (isEmptyValue(values[key]) ? [] : [[key, values[key]]]))),
  );
  const [asked, setAsked] = useState("{}");
  useEffect(() => {
    const timer = setTimeout(() => setAsked(told), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [told]);
  const { data } = useQuery({
    queryKey: [...recordKeys.allDuplicates, "check", kind, asked],
    queryFn: ({ signal }) => mergeCalls(api).check(kind, JSON.parse(asked) as Values, { signal }),
    enabled: asked !== "{}",
    staleTime: 30_000,
    gcTime: 60_000,
    retry: false,
  });
  const hits = asked === told ? (data?.items.slice(0, SHOWN) ?? []) : [];
  return (
    <div className={classes.createHint} role="status">
      {hits.length > 0 && (
        <Notice tone="warn" title={t("merge.there_already", { count: hits.length })}>
          <ul className={classes.hints}>
            {hits.map(({ record, reasons: why }) => (
              <li key={record.id}>
                <span className={classes.hinted} onClickCapture={close}>
                  <RecordLink record={record} />
                  <span className={classes.note}>{reasons(why)}</span>
                </span>
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </div>
  );
}
