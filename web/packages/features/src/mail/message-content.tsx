import { Button, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type Attachment, isProblem, type MessageContent, send } from "@tenon/api-client";
import {
  Blank,
  Facts,
  IconAlertTriangle,
  IconDownload,
  IconMail,
  IconPaperclip,
  IconPhoto,
  IconPhotoOff,
  IconTrash,
  Notice,
  useToast,
} from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import {
  keys,
  LinkButton,
  messageQuery,
  ProblemState,
  plain,
  useApi,
  useFormat,
  useProblemText,
} from "../core";
import { MessageFrame } from "./message-frame";
import classes from "./thread-view.module.css";

/** Opens the message at its provider, now; nothing of it is kept. Without a connection it is a colleague's mail. */
export function MessageBody({ id, connection }: { id: string; connection: string | undefined }) {
  const api = useApi();
  const content = useQuery(messageQuery(api, id));
  return (
    <div className={classes.content}>
      {content.isPending && <BodySkeleton />}
      {content.isError && (
        <OpenProblem error={content.error} connection={connection} retry={() => void content.refetch()} />
      )}
      {content.data !== undefined && <Opened message={content.data} own={connection !== undefined} />}
    </div>
  );
}

function Opened({ message, own }: { message: MessageContent; own: boolean }) {
  const { t } = useTranslation();
  const { body } = message;
  const [images, setImages] = useState(body.images_shown);
  const files = message.attachments.filter((attachment) => !attachment.inline);
  return (
    <>
      {body.problem != null && (
        <div className={classes.note} role="note">
          <IconAlertTriangle size={16} />
          <span>{body.problem.text}</span>
        </div>
      )}
      {body.remote_images_blocked > 0 && (
        <ImagesNote message={message} own={own} shown={images} onShow={setImages} />
      )}
      {body.kind === "none" ? (
        <p className={classes.none}>{t("mail.no_body")}</p>
      ) : (
        <MessageFrame
          url={images ? body.images_url : body.url}
          subject={plain(message.subject) || t("mail.no_subject")}
        />
      )}
      {files.length > 0 && (
        <ul className={classes.attachments} aria-label={t("mail.attachments", { count: files.length })}>
          {files.map((attachment) => (
            <li key={attachment.id}>
              <AttachmentLink attachment={attachment} />
            </li>
          ))}
        </ul>
      )}
      <Tools message={message} />
    </>
  );
}

/** Remote images are off until they are asked for; then the server fetches them, and the sender learns only that. */
function ImagesNote({
  message,
  own,
  shown,
  onShow,
}: {
  message: MessageContent;
  own: boolean;
  shown: boolean;
  onShow: (shown: boolean) => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const toast = useToast();
  const problemText = useProblemText();
  const client = useQueryClient();
  const remember = useMutation({
    mutationFn: (wanted: boolean) =>
      send(
        api.PUT("/api/v1/messages/{id}/sender-images", {
          params: { path: { id: message.id } },
          body: { shown: wanted },
        }),
      ),
    onSuccess: (_, wanted) => {
      onShow(wanted);
      client.setQueryData<MessageContent>(keys.message(message.id), (known) =>
        known === undefined ? known : { ...known, body: { ...known.body, images_shown: wanted } },
      );
    },
    onError: (error) => toast(problemText(error), "danger"),
  });
  const sender = message.from[0]?.address;
  return (
    <div className={classes.note} role="note">
      {shown ? <IconPhoto size={16} /> : <IconPhotoOff size={16} />}
      <span>
        {shown
          ? t("mail.images_shown")
          : t("mail.images_blocked", { count: message.body.remote_images_blocked })}{" "}
        {!shown && (
          <button type="button" className={classes.noteAction} onClick={() => onShow(true)}>
            {t("mail.images_show")}
          </button>
        )}{" "}
        {own && sender !== undefined && sender !== "" && (
          <button
            type="button"
            className={classes.noteAction}
            disabled={remember.isPending}
            onClick={() => remember.mutate(!message.body.images_shown)}
          >
            {message.body.images_shown
              ? t("mail.images_ask_again", { sender })
              : t("mail.images_always", { sender })}
          </button>
        )}
      </span>
    </div>
  );
}

function AttachmentLink({ attachment }: { attachment: Attachment }) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = plain(attachment.name) || t("mail.unnamed");
  return (
    <a className={classes.attachment} href={attachment.url} download={name}>
      <IconPaperclip size={18} stroke={1.6} />
      <span className="tn-sr-only">{t("mail.download")} </span>
      <span className={classes.attachmentText}>
        <span className={classes.attachmentName} title={name}>
          {name}
        </span>
        {attachment.size > 0 && (
          <span className={classes.attachmentSize}>{format.size(attachment.size)}</span>
        )}
      </span>
      <IconDownload size={16} />
    </a>
  );
}

function Tools({ message }: { message: MessageContent }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const people = (list: Array<{ name: string; address: string }>) =>
    list
      .map((person) => {
        // Bounces come from a name without an address.
        if (person.address === "") return plain(person.name);
        return person.name === "" ? person.address : `${plain(person.name)} <${person.address}>`;
      })
      .join(", ");
  return (
    <>
      <div className={classes.tools}>
        <button type="button" className={classes.tool} aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t("mail.hide_details") : t("mail.show_details")}
        </button>
        <a className={classes.tool} href={message.original_url} download>
          <IconDownload size={14} />
          {t("mail.download_original")}
        </a>
      </div>
      {open && (
        <div className={classes.details}>
          <Facts
            entries={[
              [t("mail.from"), people(message.from)],
              [t("mail.to"), people(message.to)],
              [t("mail.cc"), people(message.cc)],
              [t("mail.reply_to"), people(message.reply_to)],
              [t("mail.date"), message.date == null ? undefined : format.full(message.date)],
              [t("mail.received"), format.full(message.received_at)],
              [t("mail.size"), format.size(message.size)],
            ]}
          />
          <dl className={classes.headers} tabIndex={0} aria-label={t("mail.headers")}>
            {message.headers.map((header, index) => (
              <HeaderRow key={index} name={header.name} value={header.value} />
            ))}
          </dl>
        </div>
      )}
    </>
  );
}

function HeaderRow({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function OpenProblem({
  error,
  connection,
  retry,
}: {
  error: unknown;
  connection: string | undefined;
  retry: () => void;
}) {
  const { t } = useTranslation();
  if (isProblem(error, "message_gone")) {
    return (
      <Blank icon={IconTrash} title={t("mail.gone_title")} role="alert">
        {t("mail.gone_text")}
      </Blank>
    );
  }
  if (isProblem(error, "needs_reauthorization") && connection !== undefined) {
    return (
      <Notice
        tone="warn"
        role="alert"
        title={t("connections.notice.reauthorize_title")}
        actions={
          <LinkButton to="/connect" search={{ connection }} size="xs">
            {t("connections.reconnect")}
          </LinkButton>
        }
      >
        {t("mail.reauthorize_text")}
      </Notice>
    );
  }
  if (isProblem(error, "provider_unavailable") || isProblem(error, "quota")) {
    return (
      <Blank
        icon={IconMail}
        title={t(`mail.${error.code === "quota" ? "quota" : "unavailable"}_title`)}
        role="alert"
        action={
          <Button variant="default" onClick={retry}>
            {t("problem.retry")}
          </Button>
        }
      >
        {t(`mail.${error.code === "quota" ? "quota" : "unavailable"}_text`)}
      </Blank>
    );
  }
  return <ProblemState error={error} retry={retry} />;
}

function BodySkeleton() {
  return (
    <div className={classes.skeleton} aria-busy="true">
      {[92, 97, 88, 95, 60].map((width) => (
        <Skeleton key={width} height={11} width={`${width}%`} mb={12} />
      ))}
    </div>
  );
}
