/** Lets colleagues read one conversation, and takes it back. */
import { ActionIcon, Button, Checkbox, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Avatar, IconUsers, IconX, useToast } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice, useApi, useFocusBack, useMe } from "../../core";
import { Picker } from "../core/inputs/picker";
import { recordKeys } from "../core/keys";
import type { ThreadRecords, ThreadShare, ThreadSharing } from "../core/next-types";
import { useMembers, useTeams } from "../core/words";
import classes from "../record/dialogs.module.css";
import { meetingCalls } from "./calls";
import { isShared } from "./share-thread";

type ShareThreadDialogProps = { thread: string; sharing: ThreadSharing; close: () => void };
const SCOPES = ["workspace", "shared", "private"] as const;

export default function ShareThreadDialog(props: ShareThreadDialogProps) {
  const { t } = useTranslation();
  useFocusBack();
  return (
    <Modal
      opened
      onClose={props.close}
      title={t("threads.sharing.title")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <ShareForm {...props} />
    </Modal>
  );
}

function ShareForm({ thread, sharing, close }: ShareThreadDialogProps) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const before = isShared(sharing);
  // Whoever presses *Share* means to: the most usual is chosen, and nothing happens before they say so.
  const [scope, setScope] = useState(before ? sharing.scope : "workspace");
  const [shares, setShares] = useState(sharing.shares);
  const [records, setRecords] = useState(sharing.records);
  const some = scope === "shared";
  const wanted: ThreadSharing = { scope, shares: some ? shares : [], records: some && records };
  const begins = isShared(wanted) && !before;
  const save = useMutation({
    mutationFn: (body: ThreadSharing) => meetingCalls(api).share(thread, body),
    onSuccess: (saved) => {
      client.setQueryData<ThreadRecords>(recordKeys.threadRecords(thread), (known) =>
        known === undefined ? known : { ...known, sharing: saved },
      );
      const shared = isShared(saved);
      toast(t(shared ? "threads.sharing.now_shared" : "threads.sharing.now_private"));
      close();
    },
  });
  return (
    <>
      {save.error !== null && <ProblemNotice error={save.error} />}
      <p className={classes.text}>{t("threads.sharing.what")}</p>
      <fieldset className={classes.choices} style={{ gridTemplateColumns: "minmax(0, 1fr)" }}>
        <legend>{t("threads.sharing.who")}</legend>
        {SCOPES.map((one) => (
          <label key={one} className={classes.choice} data-chosen={scope === one || undefined}>
            <input type="radio" name="scope" checked={scope === one} onChange={() => setScope(one)} />
            <span>
              <span className={classes.choiceValue}>{t(`threads.sharing.scope.${one}`)}</span>
              <span className={classes.note}>{t(`threads.sharing.scope.${one}_note`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {some && <Readers shares={shares} setShares={setShares} />}
      {some && (
        <Checkbox
          mb="md"
          checked={records}
          label={t("threads.sharing.records")}
          description={t("threads.sharing.records_note")}
          onChange={(event) => setRecords(event.currentTarget.checked)}
        />
      )}
      <p className={classes.note}>{t("threads.sharing.ends")}</p>
      <div className={classes.actions}>
        {before && scope !== "private" && (
          <Button
            variant="subtle"
            color="red"
            mr="auto"
            loading={save.isPending && save.variables?.scope === "private"}
            onClick={() => save.mutate({ scope: "private", shares: [], records: false })}
          >
            {t("threads.sharing.stop")}
          </Button>
        )}
        <Button variant="default" onClick={close}>
          {t("common.cancel")}
        </Button>
        <Button
          loading={save.isPending}
          disabled={some && shares.length === 0 && !records}
          onClick={() => save.mutate(wanted)}
        >
          {t(begins ? "threads.sharing.submit" : "common.save")}
        </Button>
      </div>
    </>
  );
}

const keyOf = ({ member, team }: ThreadShare) => member ?? team ?? "";

type ReadersProps = { shares: ThreadShare[]; setShares: (shares: ThreadShare[]) => void };

function Readers({ shares, setShares }: ReadersProps) {
  const { t } = useTranslation();
  const members = useMembers();
  const teams = useTeams() ?? [];
  const me = useMe()?.member.id;
  const chosen = new Set(shares.map(keyOf));
  const name = ({ member, team }: ThreadShare) =>
    team === null ? members.name(member) : (teams.find(({ id }) => id === team)?.name ?? "");
  const options = [
    ...teams.map((team) => ({ value: team.id, label: team.name, icon: <IconUsers size={16} /> })),
    ...members.all
      .filter(({ id }) => id !== me)
      .map(({ id, name: label, email }) => ({ value: id, label, hint: email, avatar: email })),
  ].filter(({ value }) => !chosen.has(value));
  const add = (id: string | undefined) => {
    if (id === undefined) return;
    const isTeam = teams.some((team) => team.id === id);
    setShares([...shares, { member: isTeam ? null : id, team: isTeam ? id : null }]);
  };
  return (
    <>
      <Picker
        key={shares.length}
        label={t("records.sharing.add")}
        labelShown
        options={options}
        chosen={[]}
        onChoose={(ids) => add(ids[0])}
      />
      <ul className={classes.shares}>
        {shares.map((share) => (
          <li key={keyOf(share)}>
            <span style={{ display: "inline-flex", gap: "0.5rem", alignItems: "center" }}>
              {share.team === null ? (
                <Avatar
                  name={name(share)}
                  seed={members.byId.get(share.member ?? "")?.email ?? name(share)}
                  size={22}
                />
              ) : (
                <IconUsers size={18} />
              )}
              {name(share)}
            </span>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={t("records.take_away", { name: name(share) })}
              onClick={() => setShares(shares.filter((one) => one !== share))}
            >
              <IconX size={16} />
            </ActionIcon>
          </li>
        ))}
      </ul>
    </>
  );
}
