import { Button, Skeleton } from "@mantine/core";
import type { Mailbox, Thread } from "@tenon/api-client";
import { Blank, IconInbox, IconMail } from "@tenon/ui";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ThreadFilter } from "../core";
import classes from "./thread-list.module.css";

export function MoreRow({ failed, retry }: { failed: boolean; retry: () => void }) {
  const { t } = useTranslation();
  if (!failed) return <GhostRow />;
  return (
    <div className={classes.more}>
      {t("mail.more_failed")}
      <Button size="xs" variant="default" onClick={retry}>
        {t("problem.retry")}
      </Button>
    </div>
  );
}

function GhostRow({ seed = 3 }: { seed?: number }) {
  return (
    <div className={classes.ghost} aria-hidden="true">
      <Skeleton circle height={34} />
      <div>
        <Skeleton height={10} width={`${30 + ((seed * 17) % 30)}%`} mb={10} />
        <Skeleton height={10} width={`${50 + ((seed * 29) % 40)}%`} />
      </div>
    </div>
  );
}

export function ListSkeleton() {
  return (
    <div aria-busy="true">
      {Array.from({ length: 10 }, (_, row) => (
        <GhostRow key={row} seed={row} />
      ))}
    </div>
  );
}

export function EmptyList({ filter, mailbox }: { filter: ThreadFilter; mailbox: Mailbox | undefined }) {
  const { t } = useTranslation();
  if (mailbox !== undefined && mailbox.messages === 0 && mailbox.state !== "live") {
    return (
      <Blank icon={IconMail} title={t("mail.coming_title")}>
        {t("mail.coming_text")}
      </Blank>
    );
  }
  return (
    <Blank icon={IconInbox} title={filter.unread === true ? t("mail.all_read_title") : t("mail.empty_title")}>
      {filter.unread === true ? t("mail.all_read_text") : t("mail.empty_text")}
    </Blank>
  );
}

/** Says aloud that new conversations came in; silent when the list itself was changed. */
export function Announcer({ threads, scope }: { threads: Thread[]; scope: string }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const before = useRef<{ scope: string; newest: string | undefined }>({ scope, newest: undefined });
  const newest = threads[0]?.last_at;
  useEffect(() => {
    const last = before.current;
    before.current = { scope, newest };
    if (last.scope !== scope || last.newest === undefined || newest === undefined || newest <= last.newest)
      return;
    const since = last.newest;
    setText(t("mail.arrived", { count: threads.filter((thread) => thread.last_at > since).length }));
  }, [newest, scope, threads, t]);
  return (
    <div className="tn-sr-only" role="status" aria-live="polite">
      {text}
    </div>
  );
}
