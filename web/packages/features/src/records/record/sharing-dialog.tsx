/** Who sees a record, and who may change it. */
import { ActionIcon, Button, Modal, NativeSelect } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Avatar, IconUsers, IconX, useToast } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice, useApi, useFocusBack } from "../../core";
import { patchRecord } from "../core/cache";
import { recordCalls } from "../core/calls";
import { Picker } from "../core/inputs/picker";
import { recordKeys } from "../core/keys";
import { sharingQuery } from "../core/queries";
import type { RecordItem, Share, Sharing, SharingScope } from "../core/types";
import { useMembers, useTeams } from "../core/words";
import classes from "./dialogs.module.css";
import { RecordSkeleton } from "./record-states";

export default function SharingDialog({ record, close }: { record: RecordItem; close: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  useFocusBack();
  const sharing = useQuery(sharingQuery(api, record.id));
  return (
    <Modal
      opened
      onClose={close}
      title={t("records.sharing.title")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {sharing.isPending && <RecordSkeleton />}
      {sharing.isError && <ProblemNotice error={sharing.error} />}
      {sharing.data !== undefined && <SharingForm record={record} sharing={sharing.data} close={close} />}
    </Modal>
  );
}

const SCOPES: readonly SharingScope[] = ["private", "shared", "workspace"];
const ofParent: readonly SharingScope[] = ["parent", ...SCOPES];
const keyOf = ({ member, team }: Share) => member ?? team ?? "";

type SharingFormProps = { record: RecordItem; sharing: Sharing; close: () => void };

function SharingForm({ record, sharing, close }: SharingFormProps) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const [scope, setScope] = useState(sharing.scope);
  const [shares, setShares] = useState(sharing.shares);
  const may = record.access === "owner" && record.deleted_at === null;
  const save = useMutation({
    mutationFn: () => recordCalls(api).share(record.id, { scope, shares: scope === "shared" ? shares : [] }),
    onSuccess: (saved) => {
      client.setQueryData(recordKeys.sharing(record.id), saved);
      patchRecord(client, record.id, (known) => ({ ...known, sharing: saved.scope }));
      toast(t("records.sharing.saved"));
      close();
    },
  });
  const scopes =
    sharing.scope === "parent" ||
    record.kind === "note" ||
    record.kind === "task" ||
    record.kind === "activity"
      ? ofParent
      : SCOPES;
  return (
    <>
      {save.error !== null && <ProblemNotice error={save.error} />}
      {!may && <p className={classes.text}>{t("records.sharing.not_yours")}</p>}
      <fieldset className={classes.choices} style={{ gridTemplateColumns: "minmax(0, 1fr)" }}>
        <legend>{t("records.sharing.who")}</legend>
        {scopes.map((one) => (
          <label key={one} className={classes.choice} data-chosen={scope === one || undefined}>
            <input
              type="radio"
              name="scope"
              checked={scope === one}
              disabled={!may}
              onChange={() => setScope(one)}
            />
            <span>
              <span className={classes.choiceValue}>{t(`records.sharing.${one}`)}</span>
              <span className={classes.note}>{t(`records.sharing.${one}_note`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {scope === "shared" && <Shares shares={shares} setShares={setShares} may={may} />}
      <div className={classes.actions}>
        <Button variant="default" onClick={close}>
          {may ? t("common.cancel") : t("common.close")}
        </Button>
        {may && (
          <Button
            loading={save.isPending}
            disabled={scope === "shared" && shares.length === 0}
            onClick={() => save.mutate()}
          >
            {t("common.save")}
          </Button>
        )}
      </div>
    </>
  );
}

type SharesProps = { shares: Share[]; setShares: (shares: Share[]) => void; may: boolean };

function Shares({ shares, setShares, may }: SharesProps) {
  const { t } = useTranslation();
  const members = useMembers();
  const teams = useTeams() ?? [];
  const chosen = new Set(shares.map(keyOf));
  const name = ({ member, team }: Share) =>
    member !== null ? members.name(member) : (teams.find(({ id }) => id === team)?.name ?? "");
  const options = [
    ...teams.map((team) => ({ value: team.id, label: team.name, icon: <IconUsers size={16} /> })),
    ...members.all.map(({ id, name: label, email }) => ({ value: id, label, hint: email, avatar: email })),
  ].filter(({ value }) => !chosen.has(value));
  const add = (id: string | undefined) => {
    if (id === undefined) return;
    const isTeam = teams.some((team) => team.id === id);
    setShares([...shares, { member: isTeam ? null : id, team: isTeam ? id : null, access: "view" }]);
  };
  return (
    <>
      {may && (
        <Picker
          key={shares.length}
          label={t("records.sharing.add")}
          labelShown
          options={options}
          chosen={[]}
          onChoose={(ids) => add(ids[0])}
        />
      )}
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
            <NativeSelect
              size="xs"
              aria-label={t("records.sharing.access_of", { name: name(share) })}
              disabled={!may}
              value={share.access}
              data={(["view", "edit"] as const).map((value) => ({
                value,
                label: t(`records.sharing.may_${value}`),
              }))}
              onChange={(event) => {
                const access = event.currentTarget.value as Share["access"];
                setShares(shares.map((one) => (one === share ? { ...one, access } : one)));
              }}
            />
            {may && (
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={t("records.take_away", { name: name(share) })}
                onClick={() => setShares(shares.filter((one) => one !== share))}
              >
                <IconX size={16} />
              </ActionIcon>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
