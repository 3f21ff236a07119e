import { ActionIcon, Button, Skeleton, Switch } from "@mantine/core";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { isProblem, type MailMerge, type MailMergePreview, send } from "@tenon/api-client";
import {
  IconChevronLeft,
  IconChevronRight,
  IconPaperclip,
  IconPencil,
  Notice,
  Panel,
  useToast,
} from "@tenon/ui";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCompose } from "../compose";
import { HtmlPreview } from "../compose/html-preview";
import { keys, newKey, plain, useApi, useProblemText } from "../core";
import classes from "./mail-merge.module.css";
import { mailMergeQuery, previewQuery, wholeOf } from "./queries";
import { Refused } from "./refused";
import { useTexts } from "./use-texts";

/** The letter as somebody of the list would get it, one after the other. */
export function LetterPanel({ merge }: { merge: MailMerge }) {
  const m = useTexts();
  const api = useApi();
  const compose = useCompose();
  const whole = wholeOf(merge);
  /** Where the list was left, to go back to: places in it may be missing. */
  const [way, setWay] = useState([1]);
  const number = way[way.length - 1] ?? 1;
  const preview = useQuery({
    ...previewQuery(api, merge, number),
    enabled: whole > 0,
    placeholderData: keepPreviousData,
  });
  const shown = preview.data;
  const last = isProblem(preview.error, "not_found") && way.length > 1;
  return (
    <Panel
      title={m("mailmerge.letter")}
      aside={
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPencil size={15} />}
          onClick={() => compose.reopen(merge.connection_id, merge.draft_id)}
        >
          {m("mailmerge.edit_letter")}
        </Button>
      }
      lead={m(merge.state === "draft" ? "mailmerge.letter_lead" : "mailmerge.letter_lead_paused")}
    >
      <WayOut merge={merge} />
      {merge.columns.length > 0 && <Columns merge={merge} />}
      {whole === 0 ? (
        <p className={classes.note}>{m("mailmerge.letter_nobody")}</p>
      ) : (
        <div className={classes.preview}>
          <div className={classes.previewHead}>
            <ActionIcon
              variant="default"
              aria-label={m("mailmerge.person_before")}
              disabled={way.length < 2}
              onClick={() => setWay((now) => now.slice(0, -1))}
            >
              <IconChevronLeft size={16} />
            </ActionIcon>
            <div className={classes.previewTo} aria-live="polite">
              {shown === undefined ? " " : m("mailmerge.to", { person: nameOf(shown) })}
            </div>
            <ActionIcon
              variant="default"
              aria-label={m("mailmerge.person_after")}
              disabled={shown === undefined || last}
              onClick={() => shown !== undefined && setWay((now) => [...now, shown.number + 1])}
            >
              <IconChevronRight size={16} />
            </ActionIcon>
          </div>
          {preview.isPending && <Skeleton height={120} aria-busy="true" />}
          {last ? (
            <Notice role="status">{m("mailmerge.no_more")}</Notice>
          ) : (
            preview.error !== null && <Refused error={preview.error} />
          )}
          {shown !== undefined && preview.error === null && <Sheet merge={merge} shown={shown} />}
        </div>
      )}
    </Panel>
  );
}

/** Whether messages carry a link to unsubscribe. */
function WayOut({ merge }: { merge: MailMerge }) {
  const m = useTexts();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const problemText = useProblemText();
  const save = useMutation({
    mutationFn: (unsubscribe: boolean) =>
      send(
        api.PATCH("/api/v1/mail-merges/{id}", { params: { path: { id: merge.id } }, body: { unsubscribe } }),
      ),
    onSuccess: (now) => {
      client.setQueryData(mailMergeQuery(api, merge.id).queryKey, now);
      void client.invalidateQueries({ queryKey: keys.mailMergePreviews });
    },
    onError: (error) => toast(problemText(error), "danger"),
  });
  const wanted = save.isPending ? save.variables : merge.unsubscribe;
  return (
    <div className={classes.way_out}>
      <Switch
        label={m("mailmerge.way_out")}
        description={m("mailmerge.way_out_lead")}
        checked={wanted}
        onChange={(event) => save.mutate(event.currentTarget.checked)}
      />
      {wanted && window.location.protocol !== "https:" && (
        <Notice tone="warn">{m("mailmerge.way_out_http")}</Notice>
      )}
    </div>
  );
}

const nameOf = ({ to_name, to_address }: MailMergePreview) =>
  to_name === "" ? to_address : `${plain(to_name)} <${to_address}>`;

function Sheet({ merge, shown }: { merge: MailMerge; shown: MailMergePreview }) {
  const { t } = useTranslation();
  const m = useTexts();
  return (
    <>
      {shown.missing.length > 0 && (
        <Notice tone="warn" role="status" title={m("mailmerge.missing", { count: shown.missing.length })}>
          {shown.missing.join(", ")}
        </Notice>
      )}
      <div className={classes.sheet}>
        <strong className={classes.subject}>{plain(shown.subject) || t("mail.no_subject")}</strong>
        <HtmlPreview html={shown.html} title={m("mailmerge.letter")} />
        {shown.attachments.length > 0 && (
          <ul className={classes.files}>
            {shown.attachments.map((name, at) => (
              <li key={at}>
                <IconPaperclip size={15} aria-hidden="true" /> {plain(name)}
              </li>
            ))}
          </ul>
        )}
      </div>
      {shown.missing.length === 0 && <Try merge={merge} shown={shown} />}
    </>
  );
}

/** The same, sent to oneself. */
function Try({ merge, shown }: { merge: MailMerge; shown: MailMergePreview }) {
  const m = useTexts();
  const api = useApi();
  const toast = useToast();
  const problemText = useProblemText();
  /** Asked once more after a lost answer, it is the same message. */
  const key = useRef<string>(undefined);
  const attempt = useMutation({
    mutationFn: () => {
      key.current ??= newKey();
      const params = { path: { id: merge.id }, header: { "Idempotency-Key": key.current } };
      return send(api.POST("/api/v1/mail-merges/{id}/test", { params, body: { number: shown.number } }));
    },
    onSuccess: () => {
      key.current = undefined;
      toast(m("mailmerge.tried", { address: shown.from_address }));
    },
    onError: (error) => toast(problemText(error), "danger"),
  });
  return (
    <div>
      <Button size="xs" variant="default" loading={attempt.isPending} onClick={() => attempt.mutate()}>
        {m("mailmerge.try", { address: shown.from_address })}
      </Button>
    </div>
  );
}

/** The columns of the list, as they are written into the letter. */
function Columns({ merge }: { merge: MailMerge }) {
  const m = useTexts();
  const toast = useToast();
  const copy = (text: string) =>
    void navigator.clipboard
      .writeText(text)
      .then(() => toast(m("mailmerge.copied", { variable: text })))
      .catch(() => undefined);
  return (
    <div className={classes.columns}>
      <span className={classes.note}>{m("mailmerge.columns")}</span>
      {merge.columns.map(({ key, title }) => {
        const text = `{{ row.${key} }}`;
        return (
          <button
            key={key}
            type="button"
            className={classes.column}
            title={plain(title)}
            onClick={() => copy(text)}
          >
            {text}
          </button>
        );
      })}
    </div>
  );
}
