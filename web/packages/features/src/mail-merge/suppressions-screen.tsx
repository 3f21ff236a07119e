import { ActionIcon, Button, Skeleton, TextInput } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { isProblem, type Suppression, type SuppressionsImported, send } from "@tenon/api-client";
import {
  Blank,
  IconArrowLeft,
  IconDownload,
  IconSearch,
  IconUpload,
  IconUserOff,
  IconX,
  Page,
  PageHeader,
  Panel,
  useToast,
} from "@tenon/ui";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { keys, ProblemState, plain, useApi, useFormat, useMe, useProblemText, useTitle } from "../core";
import { sendBytes } from "../core/send-bytes";
import { saveFile } from "../records/exchange/save-file";
import { ConfirmDialog } from "./confirm-dialog";
import classes from "./mail-merge.module.css";
import { soughtSuppressionsQuery, suppressionsQuery } from "./queries";
import { useTexts } from "./use-texts";

/** Whom nothing goes to any more that goes to many. */
export function SuppressionsScreen() {
  const m = useTexts();
  const me = useMe();
  const [sought, setSought] = useState("");
  useTitle(m("mailmerge.off.title"));
  const role = me?.member.role;
  return (
    <Page width="58rem">
      <PageHeader
        back={
          <Link to="/mail-merges" className={classes.back}>
            <IconArrowLeft size={16} /> {m("mailmerge.title")}
          </Link>
        }
        title={m("mailmerge.off.title")}
        lead={m("mailmerge.off.lead")}
        actions={<Files manages={role === "owner" || role === "admin"} />}
      />
      <Panel>
        <div className={classes.sources}>
          <Add />
          <Search sought={sought} search={setSought} />
        </div>
      </Panel>
      <Entries sought={sought} manages={role === "owner" || role === "admin"} />
    </Page>
  );
}

/** Writes an address or a domain down. */
function Add() {
  const m = useTexts();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const problemText = useProblemText();
  const [address, setAddress] = useState("");
  const [note, setNote] = useState("");
  const add = useMutation({
    mutationFn: () => send(api.POST("/api/v1/suppressions", { body: { address, note } })),
    onSuccess: (entry) => {
      toast(m("mailmerge.off.added", { address: entry.address }));
      setAddress("");
      setNote("");
    },
    onError: (error) => {
      if (!isProblem(error, "validation")) toast(problemText(error), "danger");
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.suppressions }),
  });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <form className={classes.source} onSubmit={onSubmit}>
      <TextInput
        label={m("mailmerge.off.address")}
        placeholder="zoe@example.com"
        value={address}
        error={isProblem(add.error, "validation") && m("mailmerge.off.no_address")}
        onChange={(event) => {
          add.reset();
          setAddress(event.currentTarget.value);
        }}
      />
      <TextInput
        label={m("mailmerge.off.note")}
        value={note}
        maxLength={500}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={address.trim() === ""} loading={add.isPending}>
        {m("mailmerge.off.add")}
      </Button>
    </form>
  );
}

/** The list is sealed: only a whole address or domain is found. */
function Search({ sought, search }: { sought: string; search: (address: string) => void }) {
  const m = useTexts();
  const [text, setText] = useState(sought);
  return (
    <form
      className={classes.source}
      onSubmit={(event) => {
        event.preventDefault();
        search(text.trim());
      }}
    >
      <TextInput
        label={m("mailmerge.off.search")}
        description={m("mailmerge.off.search_lead")}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          if (event.currentTarget.value === "") search("");
        }}
      />
      <Button type="submit" variant="default" leftSection={<IconSearch size={16} />}>
        {m("mailmerge.off.find")}
      </Button>
    </form>
  );
}

function Entries({ sought, manages }: { sought: string; manages: boolean }) {
  const m = useTexts();
  const api = useApi();
  const format = useFormat();
  const all = useInfiniteQuery({ ...suppressionsQuery(api), enabled: sought === "" });
  const found = useQuery({ ...soughtSuppressionsQuery(api, sought), enabled: sought !== "" });
  const shown =
    sought === "" ? all.data?.pages.flatMap(({ items }) => items) : (found.data?.items ?? undefined);
  const total = all.data?.pages[0]?.total ?? 0;
  const failed = sought === "" ? all : found;
  if (failed.isError && shown === undefined) {
    return isProblem(failed.error, "validation") ? (
      <Blank icon={IconUserOff} title={m("mailmerge.off.no_address")}>
        {m("mailmerge.off.search_lead")}
      </Blank>
    ) : (
      <ProblemState error={failed.error} retry={() => void failed.refetch()} />
    );
  }
  if (shown === undefined) return <Skeleton height={160} radius="lg" aria-busy="true" />;
  if (shown.length === 0) {
    return (
      <Blank
        icon={IconUserOff}
        title={sought === "" ? m("mailmerge.off.empty_title") : m("mailmerge.off.none", { address: sought })}
      >
        {m(sought === "" ? "mailmerge.off.empty_text" : "mailmerge.off.none_text")}
      </Blank>
    );
  }
  return (
    <>
      <Panel
        flush
        title={
          sought === "" ? m("mailmerge.off.count", { count: total, number: format.number(total) }) : sought
        }
      >
        <ul className={classes.rows}>
          {shown.map((entry) => (
            <Entry key={entry.id} entry={entry} manages={manages} />
          ))}
        </ul>
      </Panel>
      {sought === "" && all.hasNextPage && (
        <Button
          variant="default"
          mt="md"
          loading={all.isFetchingNextPage}
          onClick={() => void all.fetchNextPage()}
        >
          {m("mailmerge.more")}
        </Button>
      )}
    </>
  );
}

function Entry({ entry, manages }: { entry: Suppression; manages: boolean }) {
  const m = useTexts();
  const api = useApi();
  const format = useFormat();
  const client = useQueryClient();
  const toast = useToast();
  const problemText = useProblemText();
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () => send(api.DELETE("/api/v1/suppressions/{id}", { params: { path: { id: entry.id } } })),
    onError: (error) => toast(problemText(error), "danger"),
    onSettled: () => {
      setAsking(false);
      return client.invalidateQueries({ queryKey: keys.suppressions });
    },
  });
  const said = entry.cause === "unsubscribed" || entry.cause === "complained";
  return (
    <li className={classes.row}>
      <div className={classes.rowText}>
        <div className={classes.personName}>{entry.address}</div>
        <div className={classes.rowNote}>
          {m(`mailmerge.off.cause.${entry.cause}`)}
          {" · "}
          {format.medium(entry.created_at)}
        </div>
        {entry.note !== "" && <div className={classes.rowReason}>{plain(entry.note)}</div>}
      </div>
      {manages && (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={m("mailmerge.off.take_out", { address: entry.address })}
          title={m("mailmerge.off.take_out", { address: entry.address })}
          onClick={() => setAsking(true)}
        >
          <IconX size={16} />
        </ActionIcon>
      )}
      {asking && (
        <ConfirmDialog
          title={m("mailmerge.off.sure", { address: entry.address })}
          text={m(said ? "mailmerge.off.sure_said" : "mailmerge.off.sure_text")}
          action={m("mailmerge.off.allow")}
          busy={remove.isPending}
          confirm={() => remove.mutate()}
          close={() => setAsking(false)}
        />
      )}
    </li>
  );
}

/** Takes the list of another program in, and this one along. */
function Files({ manages }: { manages: boolean }) {
  const { t } = useTranslation();
  const m = useTexts();
  const format = useFormat();
  const client = useQueryClient();
  const toast = useToast();
  const problemText = useProblemText();
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState<"in" | "out">();
  const work = async (what: "in" | "out", run: () => Promise<void>) => {
    setBusy(what);
    try {
      await run();
    } catch (error) {
      toast(problemText(error), "danger");
    } finally {
      setBusy(undefined);
    }
  };
  const take = (file: File) =>
    work("in", async () => {
      const options = { onProgress: () => {}, signal: new AbortController().signal };
      const done = await sendBytes<SuppressionsImported>("/api/v1/suppressions/file", {}, file, options);
      const { added, known, unreadable } = done;
      toast(
        m("mailmerge.off.imported", {
          added: format.number(added),
          known: format.number(known),
          unreadable: format.number(unreadable),
        }),
      );
      await client.invalidateQueries({ queryKey: keys.suppressions });
    });
  return (
    <div className={classes.actions}>
      <input
        ref={input}
        type="file"
        hidden
        accept=".csv,.txt,text/csv,text/plain"
        aria-label={m("mailmerge.off.import")}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (file !== undefined) void take(file);
        }}
      />
      <Button
        variant="default"
        leftSection={<IconUpload size={16} />}
        loading={busy === "in"}
        onClick={() => input.current?.click()}
      >
        {m("mailmerge.off.import")}
      </Button>
      {manages && (
        <Button
          variant="default"
          leftSection={<IconDownload size={16} />}
          loading={busy === "out"}
          title={t("common.save")}
          onClick={() =>
            void work("out", async () => {
              await saveFile({ path: "/api/v1/suppressions/file", name: "suppressions.csv" });
            })
          }
        >
          {m("mailmerge.off.export")}
        </Button>
      )}
    </div>
  );
}
