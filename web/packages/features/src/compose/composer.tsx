import { Button, Menu, NativeSelect } from "@mantine/core";
import type { ComposeOptions } from "@tenon/api-client";
import { IconChevronDown, IconDots, IconPaperclip, IconSend, IconTrash, useToast } from "@tenon/ui";
import { type ComponentProps, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { late, plain, useProblemText } from "../core";
import { isComposing } from "../keyboard";
import { TimeDialog } from "../send-times";
import { InsertTemplate } from "../templates/insert-template";
import { AskingNotice } from "./asking-notice";
import type { Begun } from "./begin";
import classes from "./composer.module.css";
import { ConflictNotice } from "./conflict-notice";
import { isBlankHtml } from "./draft-html";
import type { BodyEditor as Editing, Insert } from "./editor";
import { FileList } from "./file-list";
import { HtmlPreview } from "./html-preview";
import { useKnownPeople } from "./known-people";
import { LetterNotice } from "./letter-notice";
import { RecipientsField } from "./recipients-field";
import { SaveLine } from "./save-line";
import { useDraft } from "./use-draft";
import { useFiles } from "./use-files";
import { useKeeping } from "./use-keeping";
import { useLeaving } from "./use-leaving";
import { useMailMerge } from "./use-mail-merge";
import { useSending } from "./use-sending";
import { WaitedNotice } from "./waited-notice";
import { isTyping, type Typed, type Written } from "./written";

const BodyEditor = late<ComponentProps<typeof Editing>>(
  () => import("./editor").then(({ BodyEditor: Editor }) => ({ default: Editor })),
  () => <div className={classes.loading} aria-busy="true" />,
);

type ComposerProps = {
  connection: string;
  begun: Begun;
  from: ComposeOptions["from"];
  /** How many bytes a message may have; 0 while unknown. */
  limit: number;
  closing: boolean;
  stay: () => void;
  close: () => void;
  onSubject: (subject: string) => void;
  /** Shows what stands at the provider in place of this; says so just before. */
  reload: (mine: Begun, before: () => void) => Promise<void>;
};

/** Writing one message. What stands here is saved as a draft in the person's own mailbox as they write. */
export function Composer(props: ComposerProps) {
  const { connection, begun, from, limit, closing, stay, onSubject, reload } = props;
  const { t } = useTranslation();
  const toast = useToast();
  const problemText = useProblemText();
  const known = useKnownPeople();
  const [fields, setFields] = useState<Omit<Written, "files">>(begun.written);
  const { files, add, remove, retry, lose } = useFiles(begun.written.files);
  const isUsed = (which: "cc" | "bcc") => fields[which].length > 0 || fields.typed[which] !== "";
  const [copies, setCopies] = useState({ cc: isUsed("cc"), bcc: isUsed("bcc") });
  const [quoteShown, setQuoteShown] = useState(false);
  const [dragging, setDragging] = useState(false);
  /** A template is being chosen: by the button, or by typing `/`. */
  const [choosing, setChoosing] = useState<"button" | "slash">();
  const insert = useRef<Insert>(undefined);
  const picker = useRef<HTMLInputElement>(null);
  const root = useRef<HTMLFormElement>(null);
  const written = useMemo<Written>(() => ({ ...fields, files }), [fields, files]);
  const onLost = (keys: string[]) => {
    for (const key of keys) lose(key, t("compose.file_gone"));
    const names = files.filter(({ key }) => keys.includes(key)).map(({ name }) => plain(name));
    toast(t("compose.files_gone", { count: names.length, names: names.join(", ") }), {
      tone: "danger",
      shownMs: 20_000,
    });
  };
  const draft = useDraft({ connection, begun, written, onLost });
  const change = (what: Partial<Written>) => {
    setFields((now) => ({ ...now, ...what }));
    clearComplaint();
  };
  const setTyped = (which: keyof Typed) => (text: string) =>
    setFields((now) => ({ ...now, typed: { ...now.typed, [which]: text } }));
  const empty =
    draft.session.draft === undefined &&
    !draft.touched &&
    isBlankHtml(fields.body) &&
    files.length === 0 &&
    !isTyping(written);

  useEffect(() => onSubject(fields.subject), [onSubject, fields.subject]);
  /** What was typed into a field and not yet made a chip is taken in when it loses the focus. */
  const settleFields = () =>
    new Promise<void>((resolve) => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      setTimeout(resolve, 0);
    });
  const latest = useRef(written);
  latest.current = written;

  /** What any composer that goes on with this text begins from. */
  const origin = { kind: begun.kind, message: begun.message, waited: begun.waited };
  const done = useKeeping({
    connection,
    hasUnsaved: () =>
      draft.hasUnsaved() || files.some(({ state }) => state === "uploading") || isTyping(latest.current),
    unsaved: () => {
      const handed = draft.session.handOver();
      const placed = draft.placed(latest.current);
      if (handed !== undefined)
        return { ...origin, draft: handed.draft, written: placed, unsaved: true, handed };
      return isTyping(placed) ? { ...origin, draft: draft.session.draft, written: placed } : undefined;
    },
  });
  const close = () => {
    done();
    props.close();
  };
  const settled = async () => {
    await settleFields();
    return latest.current;
  };
  const sending = useSending({
    connection,
    origin,
    opened: begun.draft,
    draft,
    limit,
    settled,
    onComplaint: (found) => {
      const where = found === "unfilled" ? "[contenteditable=true]" : "input[type=text]";
      root.current?.querySelector<HTMLElement>(where)?.focus();
    },
    onFailed: () => setTimeout(() => root.current?.querySelector<HTMLElement>("[data-send]")?.focus(), 0),
    close,
  });
  const { busy, setBusy, complaint, setComplaint, submit, asking } = sending;
  const clearComplaint = () => setComplaint(undefined);
  const mailMerge = useMailMerge({ draft, settled, busy, setBusy, close });

  const { discard } = useLeaving({
    connection,
    origin,
    draft,
    empty,
    busy,
    setBusy,
    asking: asking !== undefined,
    closing,
    latest,
    settled,
    stay,
    close,
  });

  const chooseFrom = (address: string) => {
    const alias = from.find((one) => one.address === address);
    if (alias !== undefined) change({ from: alias.address, signature: alias.signature_html });
  };
  const takeFiles = (list: globalThis.FileList | null) => {
    if (list !== null && list.length > 0) add([...list]);
    clearComplaint();
  };
  const answering = begun.kind === "reply" || begun.kind === "reply_all";
  const attached = files.filter(({ inline }) => !inline);
  return (
    <>
      <form
        ref={root}
        className={classes.form}
        data-dragging={dragging ? "" : undefined}
        noValidate
        onSubmit={(event) => event.preventDefault()}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !isComposing(event.nativeEvent)) {
            event.preventDefault();
            void (event.shiftKey ? sending.chooseHour() : submit());
          }
        }}
        onDragOver={(event) => {
          if (!event.dataTransfer.types.includes("Files")) return;
          event.preventDefault();
          setDragging(true);
        }}
        onDragLeave={(event) => {
          if (!(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget)))
            setDragging(false);
        }}
        onDropCapture={(event) => {
          if (event.dataTransfer.files.length === 0) return;
          event.preventDefault();
          event.stopPropagation();
          setDragging(false);
          takeFiles(event.dataTransfer.files);
        }}
      >
        <div className={classes.fields} inert={busy}>
          {from.length > 1 && (
            <div className={classes.line}>
              <label className={classes.lineLabel} htmlFor={`from-${connection}`}>
                {t("mail.from")}
              </label>
              <NativeSelect
                id={`from-${connection}`}
                className={classes.from}
                variant="unstyled"
                size="sm"
                value={fields.from ?? ""}
                data={from.map(({ name, address }) => ({
                  value: address,
                  label: name === "" ? address : `${name} <${address}>`,
                }))}
                onChange={(event) => chooseFrom(event.currentTarget.value)}
              />
            </div>
          )}
          <RecipientsField
            label={t("mail.to")}
            recipients={fields.to}
            known={known}
            setRecipients={(to) => change({ to })}
            typed={fields.typed.to}
            setTyped={setTyped("to")}
            autoFocus={!answering && fields.to.length === 0}
          >
            {(["cc", "bcc"] as const)
              .filter((which) => !copies[which])
              .map((which) => (
                <button
                  key={which}
                  type="button"
                  className={classes.more}
                  onClick={() => setCopies((now) => ({ ...now, [which]: true }))}
                >
                  {t(`compose.${which}`)}
                </button>
              ))}
          </RecipientsField>
          {(["cc", "bcc"] as const)
            .filter((which) => copies[which])
            .map((which) => (
              <RecipientsField
                key={which}
                label={t(`compose.${which}`)}
                recipients={fields[which]}
                known={known}
                setRecipients={(list) => change({ [which]: list })}
                typed={fields.typed[which]}
                setTyped={setTyped(which)}
                autoFocus={begun.written[which].length === 0}
              />
            ))}
          <div className={classes.line}>
            <input
              className={classes.subject}
              aria-label={t("compose.subject")}
              placeholder={t("compose.subject")}
              value={fields.subject}
              onChange={(event) => change({ subject: event.currentTarget.value })}
            />
          </div>
        </div>
        <div className={classes.writing} inert={busy}>
          <BodyEditor
            html={begun.written.body}
            autoFocus={answering}
            onChange={(body) => change({ body })}
            onPictures={(pictures) => add(pictures, true)}
            onInsert={(run) => {
              insert.current = run;
            }}
            onSlash={() => setChoosing("slash")}
          >
            {fields.signature !== "" && (
              <HtmlPreview html={fields.signature} title={t("compose.signature")} />
            )}
            {fields.quoted != null && (
              <div className={classes.quote}>
                <button
                  type="button"
                  className={classes.quoteButton}
                  aria-expanded={quoteShown}
                  aria-label={t(quoteShown ? "compose.quote_hide" : "compose.quote_show")}
                  onClick={() => setQuoteShown(!quoteShown)}
                >
                  <IconDots size={16} />
                </button>
                {quoteShown && (
                  <>
                    <HtmlPreview html={fields.quoted} title={t("compose.quoted")} />
                    <Button size="compact-xs" variant="subtle" onClick={() => change({ quoted: null })}>
                      {t("compose.quote_remove")}
                    </Button>
                  </>
                )}
              </div>
            )}
          </BodyEditor>
          <FileList files={attached} remove={remove} retry={retry} />
        </div>
        {asking !== undefined && <AskingNotice ask={asking} />}
        {begun.draft?.mail_merge_id != null && <LetterNotice merge={begun.draft.mail_merge_id} />}
        {begun.waited !== undefined && !busy && (
          <WaitedNotice waited={begun.waited} again={(at) => void submit({ at })} />
        )}
        {draft.status.state === "conflict" && (
          <ConflictNotice
            sending={sending.sendHeld !== undefined}
            look={() =>
              reload({ ...origin, draft: draft.session.draft, written: draft.placed(written) }, done).catch(
                (error: unknown) => void toast(problemText(error), "danger"),
              )
            }
            keep={sending.sendHeld ?? (() => draft.session.overwrite(draft.content(latest.current)))}
          />
        )}
        {complaint !== undefined && (
          <div className={classes.complaint} role="alert">
            {t(`compose.complaint.${complaint}`)}
          </div>
        )}
        <div className={classes.foot}>
          <Button.Group>
            <Button
              leftSection={<IconSend size={16} />}
              loading={busy}
              data-send
              onClick={() => void submit()}
              aria-keyshortcuts="Control+Enter Meta+Enter"
            >
              {t("compose.send")}
            </Button>
            <Button
              className={classes.later}
              disabled={busy}
              aria-label={t("scheduling.title")}
              title={t("scheduling.title")}
              aria-haspopup="dialog"
              aria-keyshortcuts="Control+Shift+Enter Meta+Shift+Enter"
              onClick={() => void sending.chooseHour()}
            >
              <IconChevronDown size={16} />
            </Button>
          </Button.Group>
          <button
            type="button"
            className={classes.tool}
            aria-label={t("compose.attach")}
            title={t("compose.attach")}
            onClick={() => picker.current?.click()}
          >
            <IconPaperclip size={18} stroke={1.6} />
          </button>
          <InsertTemplate
            className={classes.tool}
            open={choosing !== undefined}
            setOpen={(open) => setChoosing(open ? "button" : undefined)}
            address={fields.to[0]?.address}
            insert={(template, filled) => {
              insert.current?.html(filled.html, choosing === "slash");
              if (template.kind === "message" && fields.subject.trim() === "")
                change({ subject: filled.subject });
            }}
          />
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            data-testid="file-picker"
            onChange={(event) => {
              takeFiles(event.currentTarget.files);
              event.currentTarget.value = "";
            }}
          />
          <SaveLine draft={draft} again={() => draft.session.saveAsNew(draft.content(latest.current))} />
          <Menu position="top-end" withinPortal={false} withInitialFocusPlaceholder={false}>
            <Menu.Target>
              <button type="button" className={classes.tool} aria-label={t("acting.more")}>
                <IconDots size={18} stroke={1.6} />
              </button>
            </Menu.Target>
            <Menu.Dropdown>
              {!answering && (
                <Menu.Item onClick={() => void mailMerge()}>{t("compose.mail_merge.begin")}</Menu.Item>
              )}
              <Menu.Item disabled={fields.signature === ""} onClick={() => change({ signature: "" })}>
                {t("compose.signature_remove")}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
          <button
            type="button"
            className={classes.tool}
            aria-label={t("compose.discard")}
            title={t("compose.discard")}
            onClick={() => void discard()}
          >
            <IconTrash size={18} stroke={1.6} />
          </button>
        </div>
        {dragging && (
          <div className={classes.drop} aria-hidden="true">
            {t("compose.drop")}
          </div>
        )}
      </form>
      {sending.choosing && (
        <TimeDialog
          title={t("scheduling.title")}
          before={begun.waited?.at}
          choose={(at) => void submit({ at })}
          close={sending.chooseNone}
        />
      )}
    </>
  );
}
