import { Button, Skeleton, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type MailTemplate, type MailTemplateInput, send } from "@tenon/api-client";
import {
  Blank,
  IconCopy,
  IconPencil,
  IconPlus,
  IconSearch,
  IconTemplate,
  IconTrash,
  Page,
  PageHeader,
  Panel,
  Pill,
  useToast,
} from "@tenon/ui";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { keys, ProblemState, plain, useApi, useMe, useProblemText, useTitle } from "../core";
import { firstWords } from "./placeholders";
import { templatesQuery } from "./queries";
import { TemplateDialog } from "./template-dialog";
import classes from "./templates.module.css";

type Editing = { kind: MailTemplate["kind"]; template?: MailTemplate; begun?: Partial<MailTemplateInput> };

/** Templates and snippets: one's own, and those that colleagues share. */
export function TemplatesScreen() {
  const { t } = useTranslation();
  const api = useApi();
  const me = useMe();
  const [words, setWords] = useState("");
  const [editing, setEditing] = useState<Editing>();
  const templates = useQuery(templatesQuery(api));
  useTitle(t("templates.title"));
  const may = me !== undefined && me.member.role !== "viewer";
  const all = templates.data;
  const folders = useMemo(
    () => [...new Set((all ?? []).map(({ folder }) => folder))].filter((folder) => folder !== ""),
    [all],
  );
  const found = (all ?? []).filter((one) => matches(one, words));
  const shown = [...new Set(found.map(({ folder }) => folder))];
  return (
    <Page width="58rem">
      <PageHeader
        title={t("templates.title")}
        lead={t("templates.lead")}
        actions={
          may && (
            <>
              <Button variant="default" onClick={() => setEditing({ kind: "snippet" })}>
                {t("templates.new.snippet")}
              </Button>
              <Button leftSection={<IconPlus size={16} />} onClick={() => setEditing({ kind: "message" })}>
                {t("templates.new.message")}
              </Button>
            </>
          )
        }
      />
      {templates.isPending && <Skeleton height={160} radius="lg" aria-busy="true" />}
      {templates.isError && all === undefined && (
        <ProblemState error={templates.error} retry={() => void templates.refetch()} />
      )}
      {all?.length === 0 && (
        <Blank icon={IconTemplate} title={t("templates.empty_title")}>
          {t("templates.empty_text")}
        </Blank>
      )}
      {all !== undefined && all.length > 0 && (
        <TextInput
          className={classes.search}
          aria-label={t("templates.search")}
          placeholder={t("templates.search")}
          leftSection={<IconSearch size={16} />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
      )}
      {all !== undefined && all.length > 0 && found.length === 0 && (
        <p className={classes.nothing}>{t("templates.nothing")}</p>
      )}
      {shown.map((folder) => (
        <Panel key={folder} title={folder === "" ? t("templates.no_folder") : plain(folder)} flush>
          <ul className={classes.rows}>
            {found
              .filter((one) => one.folder === folder)
              .map((one) => (
                <TemplateRow
                  key={one.id}
                  template={one}
                  mine={one.owner === me?.member.id}
                  edit={() => setEditing({ kind: one.kind, template: one })}
                  copy={
                    may
                      ? () =>
                          setEditing({
                            kind: one.kind,
                            begun: copyOf(one, t("templates.copy_of", { name: one.name })),
                          })
                      : undefined
                  }
                />
              ))}
          </ul>
        </Panel>
      ))}
      {editing !== undefined && (
        <TemplateDialog
          key={editing.template?.id ?? "new"}
          kind={editing.kind}
          template={editing.template}
          begun={editing.begun}
          folders={folders}
          close={() => setEditing(undefined)}
        />
      )}
    </Page>
  );
}

const copyOf = ({ folder, subject, html }: MailTemplate, name: string): Partial<MailTemplateInput> => ({
  name: name.slice(0, 100),
  folder,
  subject,
  html,
  shared: false,
});

const folded = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();

/** All words somewhere in its name, folder, subject or text. */
export function matches({ name, folder, subject, html }: MailTemplate, words: string): boolean {
  const text = folded(`${name} ${folder} ${subject} ${firstWords(html, 10_000)}`);
  return folded(words)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

type TemplateRowProps = {
  template: MailTemplate;
  mine: boolean;
  edit: () => void;
  copy: (() => void) | undefined;
};

function TemplateRow({ template, mine, edit, copy }: TemplateRowProps) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const problemText = useProblemText();
  const { id, kind, name, folder, subject, html, shared, editable } = template;
  const refresh = () => client.invalidateQueries({ queryKey: keys.templates });
  const back = useMutation({
    mutationFn: () =>
      send(api.POST("/api/v1/templates", { body: { kind, name, folder, subject, html, shared } })),
    onError: (error) => toast(problemText(error), "danger"),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: () => send(api.DELETE("/api/v1/templates/{id}", { params: { path: { id } } })),
    onSuccess: () =>
      toast(t("templates.removed", { name: plain(name) }), {
        key: id,
        shownMs: 12_000,
        // What comes back is the member's own: what was a colleague's stays gone unless they write it again.
        ...(mine ? { action: { label: t("acting.undo"), run: () => back.mutate() } } : {}),
      }),
    onError: (error) => toast(problemText(error), "danger"),
    onSettled: refresh,
  });
  return (
    <li className={classes.row}>
      <div className={classes.rowText}>
        <div className={classes.rowTitle}>
          {plain(name)} {kind === "snippet" && <Pill>{t("templates.snippet")}</Pill>}{" "}
          {shared && <Pill>{t(mine ? "templates.is_shared" : "templates.of_colleague")}</Pill>}
        </div>
        <div className={classes.rowNote}>
          {subject !== "" && <strong>{plain(subject)} · </strong>}
          {firstWords(html)}
        </div>
      </div>
      <div className={classes.rowActions}>
        {copy !== undefined && (
          <Tool label={t("templates.copy", { name: plain(name) })} icon={<IconCopy size={17} />} run={copy} />
        )}
        {editable && (
          <>
            <Tool
              label={t("templates.change", { name: plain(name) })}
              icon={<IconPencil size={17} />}
              run={edit}
            />
            <Tool
              label={t("templates.remove", { name: plain(name) })}
              icon={<IconTrash size={17} />}
              run={() => remove.mutate()}
            />
          </>
        )}
      </div>
    </li>
  );
}

function Tool({ label, icon, run }: { label: string; icon: React.ReactNode; run: () => void }) {
  return (
    <button type="button" className={classes.tool} aria-label={label} title={label} onClick={run}>
      {icon}
    </button>
  );
}
