/** Links files by their addresses, as many as are pasted, one on a line. */
import { Button, Modal, NativeSelect, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type Connection, isProblem } from "@tenon/api-client";
import { Notice } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice, useFocusBack } from "../../core";
import { isComposing } from "../../keyboard";
import dialogs from "../record/dialogs.module.css";
import { linksOf, type PastedLine, readLines } from "./drive-links";
import classes from "./files.module.css";
import { MOST_AT_ONCE } from "./types";
import { useFiles } from "./use-files";

type PasteDialogProps = { record: string; accounts: readonly Connection[]; close: () => void };

export default function PasteDialog(props: PasteDialogProps) {
  const { t } = useTranslation();
  useFocusBack();
  return (
    <Modal
      opened
      onClose={props.close}
      title={t("files.paste.title")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <PasteForm {...props} />
    </Modal>
  );
}

type Wrong = { line: number; text: string; why: string };

function PasteForm({ record, accounts, close }: PasteDialogProps) {
  const { t } = useTranslation();
  const { link } = useFiles(record);
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<string>();
  const account = chosen ?? accounts[0]?.id ?? null;
  const [wrong, setWrong] = useState<Wrong[]>([]);
  const save = useMutation({
    mutationFn: (links: string[]) => link({ connection_id: account, links, file_ids: [] }),
    onSuccess: close,
    onError: (error, sent) =>
      setWrong(refusedLines(error, sent, readLines(text), t("files.paste.not_drive"))),
  });
  const links = linksOf(readLines(text));
  const submit = () => {
    if (save.isPending) return;
    save.reset();
    const lines = readLines(text);
    const found = lines.flatMap(({ line, text: written, problem }) =>
      problem === undefined ? [] : [{ line, text: written, why: t(`files.paste.${problem}`) }],
    );
    setWrong(found);
    if (found.length === 0 && links.length > 0 && links.length <= MOST_AT_ONCE) save.mutate(links);
  };
  const tooMany = links.length > MOST_AT_ONCE;
  return (
    <>
      {save.error !== null && wrong.length === 0 && <Refused error={save.error} />}
      <Textarea
        data-autofocus
        rows={5}
        resize="vertical"
        label={t("files.paste.label")}
        description={t("files.paste.note")}
        placeholder="https://docs.google.com/document/d/…"
        spellCheck={false}
        classNames={{ input: classes.area ?? "" }}
        value={text}
        error={
          tooMany
            ? t("files.paste.limit", { most: MOST_AT_ONCE })
            : wrong.length > 0 && <Lines wrong={wrong} />
        }
        onChange={(event) => {
          setText(event.currentTarget.value);
          setWrong([]);
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
          if (isComposing(event.nativeEvent)) return;
          event.preventDefault();
          submit();
        }}
      />
      {accounts.length > 1 && (
        <NativeSelect
          mt="md"
          label={t("files.paste.account")}
          value={account ?? ""}
          data={accounts.map(({ id, address }) => ({ value: id, label: address }))}
          onChange={(event) => setChosen(event.currentTarget.value)}
        />
      )}
      {accounts.length === 0 && <p className={classes.dialogNote}>{t("files.paste.no_account")}</p>}
      <div className={dialogs.actions}>
        <Button variant="default" onClick={close}>
          {t("common.cancel")}
        </Button>
        <Button loading={save.isPending} disabled={text.trim() === "" || tooMany} onClick={submit}>
          {links.length > 1 ? t("files.link_count", { count: links.length }) : t("files.link_submit")}
        </Button>
      </div>
    </>
  );
}

function Refused({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (!isProblem(error, "not_a_drive_link"))
    return <ProblemNotice error={error} title={t("files.not_linked")} />;
  return (
    <Notice tone="danger" role="alert" title={t("files.not_linked")}>
      {t("files.paste.one_not_drive")}
    </Notice>
  );
}

function Lines({ wrong }: { wrong: readonly Wrong[] }) {
  const { t } = useTranslation();
  return (
    <span className={classes.lines} role="alert">
      {wrong.map(({ line, text, why }) => (
        <span key={line} className={classes.line}>
          {t("files.paste.line", { line, why })} <span className={classes.excerpt}>{text}</span>
        </span>
      ))}
    </span>
  );
}

/** The lines that the server's complaint is about. */
function refusedLines(
  error: unknown,
  sent: readonly string[],
  lines: readonly PastedLine[],
  notDrive: string,
): Wrong[] {
  if (!isProblem(error)) return [];
  const lineOf = (link: string | undefined, why: string): Wrong[] => {
    const found = lines.find(({ links }) => link !== undefined && (links as string[]).includes(link));
    return found === undefined ? [] : [{ line: found.line, text: found.text, why }];
  };
  const named = error.fields.flatMap(({ name, detail }) => {
    const at = /^links?[.[](\d+)/.exec(name)?.[1];
    return at === undefined ? [] : lineOf(sent[Number(at)], detail);
  });
  if (named.length > 0 || error.code !== "not_a_drive_link") return named;
  // Said of all of them together: it is the one whose address is told, or the only one.
  const told = error.fields.map(({ detail }) => detail).join(" ") + error.detail;
  const quoted = sent.filter((link) => told.includes(link));
  return (sent.length === 1 ? sent : quoted).flatMap((link) => lineOf(link, notDrive));
}
