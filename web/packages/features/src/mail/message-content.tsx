import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type Attachment, isProblem, type MessageContent } from "@tenon/api-client";
import {
  Blank,
  Facts,
  IconAlertTriangle,
  IconDownload,
  IconMail,
  IconPaperclip,
  IconPhotoOff,
  IconTrash,
  Notice,
} from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { LinkButton, messageQuery, ProblemState, plain, useApi, useFormat } from "../core";
import { MessageFrame } from "./message-frame";
import classes from "./thread-view.module.css";

/** Opens the message at its provider, now; nothing of it is kept. */
export function MessageBody({ id, connection }: { id: string; connection: string }) {
  const api = useApi();
  const content = useQuery(messageQuery(api, id));
  return (
    <div className={classes.content}>
      {content.isPending && <BodySkeleton />}
      {content.isError && (
        <OpenProblem error={content.error} connection={connection} retry={() => void content.refetch()} />
      )}
      {content.data !== undefined && <Opened message={content.data} />}
    </div>
  );
}

function Opened({ message }: { message: MessageContent }) {
  const { t } = useTranslation();
  const { body } = message;
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
        <div className={classes.note} role="note">
          <IconPhotoOff size={16} />
          <span>{t("mail.images_blocked", { count: body.remote_images_blocked })}</span>
        </div>
      )}
      {body.kind === "none" ? (
        <p className={classes.none}>{t("mail.no_body")}</p>
      ) : (
        <MessageFrame url={body.url} subject={plain(message.subject) || t("mail.no_subject")} />
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
  connection: string;
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
  if (isProblem(error, "needs_reauthorization")) {
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
