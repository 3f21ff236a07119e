/** A conversation of a colleague, to read. One's own opens in the mailbox. */
import { Skeleton } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Navigate, useRouter } from "@tanstack/react-router";
import { isProblem, type ThreadDetail } from "@tenon/api-client";
import { Blank, IconArrowLeft, IconEye, IconLock } from "@tenon/ui";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { keys, LinkButton, ProblemState, plain, threadQuery, useApi, useTitle } from "../../core";
import { MessageBody } from "../../mail/message-content";
import { MessageHead, openAtFirst } from "../../mail/messages";
import mail from "../../mail/thread-view.module.css";
import type { NamedMember } from "../core/next-types";
import Customers from "./customers";
import classes from "./shared-thread.module.css";

type Shared = ThreadDetail & { shared_by?: NamedMember | null };

export function SharedThreadScreen({ id }: { id: string }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const query = useQuery({ ...threadQuery(api, id), staleTime: 0, refetchOnWindowFocus: "always" });
  const thread = query.data as Shared | undefined;
  const gone = query.isError && isProblem(query.error) && query.error.status === 404;
  useTitle(thread === undefined || gone ? undefined : plain(thread.subject) || t("mail.no_subject"));
  const messages = useRef<string[]>([]);
  if (thread !== undefined) messages.current = thread.messages.map((message) => message.id);
  useEffect(() => {
    if (!gone) return;
    // What may not be read any more is not kept either.
    for (const message of messages.current) client.removeQueries({ queryKey: keys.message(message) });
    client.removeQueries({ queryKey: ["thread_records", id] });
  }, [gone, client, id]);

  if (gone)
    return (
      <Blank
        icon={IconLock}
        role="alert"
        headingLevel={1}
        title={t("threads.shared.gone_title")}
        action={
          <LinkButton to="/" variant="default">
            {t("problem.home")}
          </LinkButton>
        }
      >
        {t("threads.shared.gone_text")}
      </Blank>
    );
  if (thread === undefined)
    return query.isError ? (
      <ProblemState error={query.error} retry={() => void query.refetch()} />
    ) : (
      <div className={classes.page} aria-busy="true">
        <div className={mail.view}>
          <Skeleton height={22} width="65%" mt={60} mb={36} />
          <Skeleton height={11} width="40%" />
        </div>
      </div>
    );
  if (thread.shared_by == null)
    return (
      <Navigate
        to="/mail/$connection/{-$label}"
        params={{ connection: thread.connection_id }}
        search={{ thread: thread.id }}
        replace
      />
    );
  return <Reader thread={thread} owner={thread.shared_by} />;
}

function Reader({ thread, owner }: { thread: Shared; owner: NamedMember }) {
  const { t } = useTranslation();
  const router = useRouter();
  const [open, setOpen] = useState(() => openAtFirst(thread.messages));
  const toggle = (id: string) =>
    setOpen((current) => {
      const next = new Set(current);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  return (
    <div className={classes.page}>
      <article className={mail.view}>
        <div className={mail.bar}>
          {router.history.canGoBack() && (
            <button type="button" className={classes.back} onClick={() => router.history.back()}>
              <IconArrowLeft size={18} aria-hidden="true" />
              {t("records.page.back")}
            </button>
          )}
          <span className={mail.barText}>{t("mail.messages", { count: thread.message_count })}</span>
        </div>
        <div className={mail.parts}>
          <div className={mail.top}>
            <h1 className={mail.subject} tabIndex={-1} data-page-title>
              {plain(thread.subject) || t("mail.no_subject")}
            </h1>
            <p className={classes.by}>
              <IconEye size={16} aria-hidden="true" />
              <span>
                <strong>{t("threads.shared.by", { name: plain(owner.name) })}</strong>{" "}
                {t("threads.shared.only_read")}
              </span>
            </p>
          </div>
          <div className={mail.beside}>
            <Customers thread={thread} />
          </div>
          <ol className={`${mail.messages} ${mail.written}`}>
            {thread.messages.map((message) => (
              <li key={message.id} className={mail.message}>
                <MessageHead
                  message={message}
                  open={open.has(message.id)}
                  toggle={() => toggle(message.id)}
                />
                {open.has(message.id) && <MessageBody id={message.id} connection={undefined} />}
              </li>
            ))}
          </ol>
        </div>
      </article>
    </div>
  );
}
