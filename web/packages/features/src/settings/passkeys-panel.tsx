import { ActionIcon, Button, Skeleton, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { isProblem, type Passkey, send } from "@tenon/api-client";
import { IconPencil, IconTrash, Notice, Panel, useToast } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import {
  keys,
  ProblemNotice,
  ProblemState,
  passkeysQuery,
  signInWaysQuery,
  useApi,
  useFormat,
  useProblemText,
} from "../core";
import { addPasskey, PasskeyCancelled, PasskeyKnown, passkeysWork } from "../core/passkey";
import { ProofCancelled, useProven } from "../proof";
import classes from "./settings.module.css";
import { readableUserAgent } from "./user-agent";

/** Passkeys: added, renamed, removed. Where none can work it says why, and offers nothing. */
export function PasskeysPanel() {
  const { t } = useTranslation();
  const api = useApi();
  const ways = useQuery(signInWaysQuery(api));
  const passkeys = useQuery(passkeysQuery(api));
  const host = ways.data?.passkey_host;
  const works = passkeysWork(host);
  return (
    <Panel title={t("passkeys.title")} lead={t("passkeys.lead")} flush>
      {passkeys.isPending && <Skeleton height={56} m="md" width="auto" />}
      {passkeys.isError && <ProblemState error={passkeys.error} retry={() => void passkeys.refetch()} />}
      {passkeys.data?.map((passkey) => (
        <PasskeyRow key={passkey.id} passkey={passkey} />
      ))}
      <div className={classes.row}>
        {works ? (
          <AddPasskey />
        ) : (
          ways.data !== undefined && (
            <span className={classes.rowNote}>
              {host == null ? t("passkeys.no_host") : t("passkeys.other_host", { host })}
            </span>
          )
        )}
      </div>
    </Panel>
  );
}

function AddPasskey() {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const proven = useProven();
  const add = useMutation({
    mutationFn: () =>
      proven(() => addPasskey(api, readableUserAgent(navigator.userAgent) || t("passkeys.unnamed"))),
    onSuccess: () => {
      toast(t("passkeys.added"));
      void client.invalidateQueries({ queryKey: keys.passkeys });
    },
  });
  const quiet = add.error instanceof PasskeyCancelled || add.error instanceof ProofCancelled;
  return (
    <div className={classes.stack}>
      {add.error instanceof PasskeyKnown ? (
        <Notice tone="warn" role="alert">
          {t("passkeys.known")}
        </Notice>
      ) : (
        add.error !== null && !quiet && <ProblemNotice error={add.error} />
      )}
      <Button variant="default" loading={add.isPending} onClick={() => add.mutate()}>
        {t("passkeys.add")}
      </Button>
    </div>
  );
}

function PasskeyRow({ passkey }: { passkey: Passkey }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const format = useFormat();
  const toast = useToast();
  const problemText = useProblemText();
  const proven = useProven();
  const [name, setName] = useState<string>();
  const params = { path: { id: passkey.id } };
  const refresh = () => void client.invalidateQueries({ queryKey: keys.passkeys });
  const failed = (error: Error) => {
    if (error instanceof ProofCancelled) return;
    const field = isProblem(error, "validation") ? error.fields[0] : undefined;
    toast(field === undefined ? problemText(error) : t("passkeys.only_way"), "danger");
  };
  const rename = useMutation({
    mutationFn: (next: string) =>
      send(api.PATCH("/api/v1/me/passkeys/{id}", { params, body: { name: next } })),
    onSuccess: () => {
      setName(undefined);
      refresh();
    },
    onError: (error) => toast(problemText(error), "danger"),
  });
  const remove = useMutation({
    mutationFn: () => proven(() => send(api.DELETE("/api/v1/me/passkeys/{id}", { params }))),
    onSuccess: () => {
      toast(t("passkeys.removed"));
      refresh();
    },
    onError: failed,
  });
  if (name !== undefined) {
    return (
      <form
        className={classes.row}
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate(name.trim());
        }}
      >
        <TextInput
          className={classes.rowText}
          aria-label={t("passkeys.name")}
          value={name}
          maxLength={100}
          onChange={(event) => setName(event.currentTarget.value)}
          autoFocus
        />
        <Button type="submit" size="xs" loading={rename.isPending} disabled={name.trim() === ""}>
          {t("common.save")}
        </Button>
        <Button size="xs" variant="default" onClick={() => setName(undefined)}>
          {t("common.cancel")}
        </Button>
      </form>
    );
  }
  return (
    <div className={classes.row}>
      <div className={classes.rowText}>
        <div className={classes.rowTitle}>{passkey.name}</div>
        <div className={classes.rowNote}>
          {passkey.last_used_at === null
            ? t("passkeys.unused", { since: format.medium(passkey.created_at) })
            : t("passkeys.used", {
                since: format.medium(passkey.created_at),
                used: format.ago(passkey.last_used_at),
              })}
          {passkey.synced && ` · ${t("passkeys.synced")}`}
        </div>
      </div>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={t("passkeys.rename_named", { name: passkey.name })}
        onClick={() => setName(passkey.name)}
      >
        <IconPencil size={18} stroke={1.6} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        loading={remove.isPending}
        aria-label={t("passkeys.remove_named", { name: passkey.name })}
        onClick={() => remove.mutate()}
      >
        <IconTrash size={18} stroke={1.6} />
      </ActionIcon>
    </div>
  );
}
