import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { plain } from "../../core";
import classes from "./record-threads.module.css";

type ThreadLinkProps = { id: string; connection: string | null; subject: string };

/** One's own conversation opens in the mailbox, a colleague's to be read. */
export function ThreadLink({ id, connection, subject }: ThreadLinkProps) {
  const { t } = useTranslation();
  const text = subject === "" ? t("records.timeline.no_subject") : plain(subject);
  return connection === null ? (
    <Link className={classes.subject} to="/conversations/$id" params={{ id }}>
      {text}
    </Link>
  ) : (
    <Link
      className={classes.subject}
      to="/mail/$connection/{-$label}"
      params={{ connection }}
      search={{ thread: id }}
    >
      {text}
    </Link>
  );
}
