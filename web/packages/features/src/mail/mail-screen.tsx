import { ActionIcon, Button, Drawer } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { Connection } from "@tenon/api-client";
import { Blank, IconMail, IconMenu2, IconPencil, Kbd } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Commands, useCommands } from "../acting";
import { useCompose } from "../compose";
import { ConnectionStatus, needsAttention } from "../connections/status";
import {
  connectionQuery,
  connectionsQuery,
  labelsQuery,
  ProblemState,
  threadQuery,
  useApi,
  useTitle,
} from "../core";
import { useShortcuts } from "../keyboard";
import { SavedSearches, SearchBox, SearchResults } from "../search";
import { ALL_MAIL, findRole, groupLabels, type Role } from "./label-order";
import { LabelsPane, useLabelName } from "./labels-pane";
import classes from "./mail.module.css";
import { ThreadList } from "./thread-list";
import listClasses from "./thread-list.module.css";
import { ThreadView } from "./thread-view";
import viewClasses from "./thread-view.module.css";

export type MailSearch = { thread?: string | undefined; unread?: boolean | undefined };

type MailScreenProps = { connection: string; label: string | undefined; search: MailSearch };

export function MailScreen({ connection, label, search }: MailScreenProps) {
  const { t } = useTranslation();
  const api = useApi();
  const navigate = useNavigate();
  const labelName = useLabelName();
  const labels = useQuery(labelsQuery(api, connection));
  const connections = useQuery(connectionsQuery(api));
  const current = useQuery(connectionQuery(api, connection));
  const client = useQueryClient();
  const compose = useCompose();
  const [menuOpen, setMenuOpen] = useState(false);
  // What a person looks for is theirs: it is kept here, not in the address, which histories keep.
  const [query, setQuery] = useState<string>();
  const [lookedIn, setLookedIn] = useState(`${connection} ${label}`);
  if (lookedIn !== `${connection} ${label}`) {
    setLookedIn(`${connection} ${label}`);
    setQuery(undefined);
  }

  const inbox = findRole(labels.data, "inbox");
  const labelId = label ?? inbox?.id;
  const shown = labels.data?.find((candidate) => candidate.id === labelId);
  const title = label === ALL_MAIL ? t("mail.all") : shown === undefined ? t("mail.title") : labelName(shown);
  useTitle(search.thread === undefined ? title : undefined);
  const list = labelId === ALL_MAIL ? undefined : labelId;
  const commands = useCommands(connection, labels.data, list);

  const showThread = (thread: string, { replace }: { replace: boolean }) =>
    void navigate({
      to: ".",
      search: (previous: object) => ({ ...previous, thread }),
      replace,
      resetScroll: false,
    });
  /** A draft is opened to be written on; what it answers is shown beside it. */
  const openDraft = async (thread: string, options: { replace: boolean }) => {
    try {
      const detail = await client.fetchQuery({ ...threadQuery(api, thread), staleTime: 0 });
      const draft = detail.messages.findLast(
        (message) => commands.roles.drafts !== undefined && message.label_ids.includes(commands.roles.drafts),
      );
      if (draft !== undefined) compose.draft(connection, draft.id);
      if (draft !== undefined && detail.messages.length === 1) return;
    } catch {
      // The thread's own view says what is wrong.
    }
    showThread(thread, options);
  };
  const openThread = (thread: string, options: { replace: boolean }) =>
    list !== undefined && list === commands.roles.drafts
      ? void openDraft(thread, options)
      : showThread(thread, options);
  const closeThread = () => {
    if (search.thread === undefined) return;
    void navigate({
      to: ".",
      search: (previous: object) => ({ ...previous, thread: undefined }),
      resetScroll: false,
    });
  };
  const goTo = (role: Role | typeof ALL_MAIL) => {
    const id = role === ALL_MAIL ? ALL_MAIL : findRole(labels.data, role)?.id;
    if (id === undefined) return;
    setQuery(undefined);
    void navigate({ to: "/mail/$connection/{-$label}", params: { connection, label: id }, search: {} });
  };
  const group = t("keys.group.go");
  useShortcuts([
    { keys: "g i", label: t("mail.role.inbox"), group, run: () => goTo("inbox") },
    { keys: "g s", label: t("mail.role.starred"), group, run: () => goTo("starred") },
    { keys: "g t", label: t("mail.role.sent"), group, run: () => goTo("sent") },
    { keys: "g d", label: t("mail.role.drafts"), group, run: () => goTo("drafts") },
    { keys: "g a", label: t("mail.all"), group, run: () => goTo(ALL_MAIL) },
    { keys: "g b", label: t("mail.role.spam"), group, run: () => goTo("spam") },
    { keys: "g #", label: t("mail.role.trash"), group, run: () => goTo("trash") },
    ...groupLabels(labels.data ?? []).own.map((own) => ({
      label: own.name,
      group: t("mail.labels"),
      run: () =>
        void navigate({
          to: "/mail/$connection/{-$label}",
          params: { connection, label: own.id },
          search: {},
        }),
    })),
    {
      keys: "c",
      label: t("compose.new"),
      group: t("keys.group.write"),
      run: () => compose.create(connection),
    },
    {
      label: t("labels.manage"),
      group: t("keys.group.go"),
      run: () => void navigate({ to: "/labels/$connection", params: { connection } }),
    },
  ]);

  if (current.isError && current.data === undefined) {
    return <ProblemState error={current.error} retry={() => void current.refetch()} />;
  }
  const pane = (onPick: () => void) => (
    <LabelsPane
      connection={connection}
      connections={connections.data ?? []}
      labels={labels.data}
      current={query === undefined ? labelId : undefined}
      // Also when it is the label that the search has covered.
      onPick={() => {
        setQuery(undefined);
        onPick();
      }}
    >
      <SavedSearches
        current={query}
        onPick={(wanted) => {
          setQuery(wanted);
          onPick();
        }}
      />
    </LabelsPane>
  );
  const ready = label !== undefined || labels.data !== undefined;
  return (
    <div className={classes.mail} data-reading={search.thread === undefined ? undefined : ""}>
      <nav className={classes.labels} aria-label={t("mail.labels")}>
        {pane(() => {})}
      </nav>
      <section className={classes.list} aria-label={title}>
        <SearchBox query={query} onSearch={setQuery} />
        {query !== undefined ? (
          <SearchResults
            key={query}
            connection={connection}
            query={query}
            labels={labels.data}
            open={search.thread}
            openThread={openThread}
            closeThread={closeThread}
            leave={() => setQuery(undefined)}
          />
        ) : ready ? (
          <ThreadList
            key={`${connection} ${labelId ?? ""}`}
            title={title}
            total={label === ALL_MAIL ? current.data?.mailbox?.threads : shown?.threads}
            filter={{ connection, label: list, unread: search.unread }}
            commands={commands}
            mailbox={current.data?.mailbox ?? undefined}
            notice={
              <>
                {current.data !== undefined && <TroubleLine connection={current.data} />}
                <AwayLine
                  list={list}
                  commands={commands}
                  total={shown?.threads ?? 0}
                  connection={connection}
                />
              </>
            }
            labels={labels.data}
            open={search.thread}
            openThread={openThread}
            closeThread={closeThread}
            setUnread={(unread) =>
              void navigate({
                to: ".",
                search: (previous: object) => ({ ...previous, unread: unread ? true : undefined }),
                replace: true,
              })
            }
            menu={
              <ActionIcon
                className={classes.onlyNarrow}
                variant="subtle"
                color="gray"
                c="var(--tn-text-2)"
                size="lg"
                ml={-8}
                aria-label={t("mail.show_labels")}
                aria-haspopup="dialog"
                onClick={() => setMenuOpen(true)}
              >
                <IconMenu2 size={20} />
              </ActionIcon>
            }
          />
        ) : (
          labels.isError && <ProblemState error={labels.error} retry={() => void labels.refetch()} />
        )}
      </section>
      <section className={classes.thread} aria-label={t("mail.conversation")} data-testid="thread-pane">
        {search.thread === undefined ? (
          <Welcome />
        ) : (
          <ThreadView
            key={search.thread}
            id={search.thread}
            labels={labels.data}
            list={list}
            commands={commands}
            close={closeThread}
          />
        )}
      </section>
      <Drawer
        opened={menuOpen}
        onClose={() => setMenuOpen(false)}
        size={280}
        title={t("mail.labels")}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        {pane(() => setMenuOpen(false))}
      </Drawer>
      {commands.dialogs}
      <button
        type="button"
        className={classes.composeRound}
        aria-label={t("compose.new")}
        onClick={() => compose.create(connection)}
      >
        <IconPencil size={22} stroke={1.8} />
      </button>
    </div>
  );
}

/** Old mail is still there while nothing new comes in; this says so and leads to what can be done. */
function TroubleLine({ connection }: { connection: Connection }) {
  const { t } = useTranslation();
  if (connection.status === "active" && !needsAttention(connection)) return null;
  return (
    <Link className={listClasses.trouble} to="/connections/$id" params={{ id: connection.id }}>
      <ConnectionStatus connection={connection} />
      <span className={listClasses.troubleMore}>{t("mail.trouble_more")}</span>
    </Link>
  );
}

type AwayLineProps = { list: string | undefined; commands: Commands; total: number; connection: string };

/** Over spam and bin: they can be emptied for good. */
function AwayLine({ list, commands, total, connection }: AwayLineProps) {
  const { t } = useTranslation();
  const { spam, trash } = commands.roles;
  if (list === undefined || (list !== spam && list !== trash) || total === 0) return null;
  return (
    <div className={listClasses.trouble}>
      <span>{t(list === spam ? "acting.spam_note" : "acting.trash_note")}</span>
      <Button
        size="compact-sm"
        variant="subtle"
        onClick={() =>
          commands.run("delete_forever", { matching: { connection, label: list, unread: false }, total })
        }
      >
        {t(list === spam ? "acting.empty_spam" : "acting.empty_trash")}
      </Button>
    </div>
  );
}

function Welcome() {
  const { t } = useTranslation();
  return (
    <div className={viewClasses.welcome}>
      <Blank icon={IconMail} title={t("mail.pick_title")}>
        <Kbd>j</Kbd> <Kbd>k</Kbd> {t("mail.pick_move")} · <Kbd>Enter</Kbd> {t("mail.pick_open")} ·{" "}
        <Kbd>?</Kbd> {t("mail.pick_keys")}
      </Blank>
    </div>
  );
}
