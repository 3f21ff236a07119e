import { Button, Modal, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { isProblem, send } from "@tenon/api-client";
import { IconKey, Notice } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { identitiesQuery, ProblemNotice, signInWaysQuery, useApi, useMe } from "../core";
import { PasskeyCancelled, passkeysWork, proveByPasskey } from "../core/passkey";
import { markLeaving } from "./leaving";
import classes from "./proof.module.css";

type ProofDialogProps = { onDone: () => void; onCancel: () => void; leave: (url: string) => void };

/** Asks who is there: by password and code, by a passkey, or at an issuer. */
export default function ProofDialog({ onDone, onCancel, leave }: ProofDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={onCancel}
      title={t("proof.title")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <ProofForm onDone={onDone} onCancel={onCancel} leave={leave} />
    </Modal>
  );
}

function ProofForm({ onDone, onCancel, leave }: ProofDialogProps) {
  const { t } = useTranslation();
  const api = useApi();
  const me = useMe();
  const ways = useQuery(signInWaysQuery(api));
  const accounts = useQuery(identitiesQuery(api));
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const byPassword = useMutation({
    mutationFn: () =>
      send(
        api.POST("/api/v1/session/proof", {
          body: { password, ...(code === "" ? {} : { code: code.replace(/\s/g, "") }) },
        }),
      ),
    onSuccess: onDone,
  });
  const byPasskey = useMutation({ mutationFn: () => proveByPasskey(api), onSuccess: onDone });
  const atIssuer = useMutation({
    mutationFn: (issuer: string) =>
      send(
        api.POST("/api/v1/session/proof/issuers/{issuer}", {
          params: { path: { issuer } },
          body: { next: `${window.location.pathname}${window.location.search}` },
        }),
      ),
    onSuccess: ({ authorize_url }) => {
      markLeaving();
      leave(authorize_url);
    },
  });
  const mine = new Set(accounts.data?.map((account) => account.issuer_name));
  const issuers = (ways.data?.issuers ?? []).filter((issuer) => mine.has(issuer.name));
  const hasPassword = me?.member.has_password === true;
  const hasPasskeys = passkeysWork(ways.data?.passkey_host);
  const asksCode = me?.member.totp_enabled === true;
  const error =
    byPassword.error ??
    (byPasskey.error instanceof PasskeyCancelled ? null : byPasskey.error) ??
    atIssuer.error;
  return (
    <>
      <p className={classes.text}>{t("proof.lead")}</p>
      {error !== null && <ProofProblem error={error} />}
      {hasPassword && (
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            byPassword.mutate();
          }}
        >
          <input type="text" autoComplete="username" value={me.member.email} readOnly hidden />
          <PasswordInput
            label={t("totp.password")}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="current-password"
            visibilityToggleButtonProps={{ "aria-label": t("common.show_password") }}
            data-autofocus
          />
          {asksCode && (
            <TextInput
              label={t("sign_in.code")}
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
              autoComplete="one-time-code"
            />
          )}
          <Button
            type="submit"
            loading={byPassword.isPending}
            disabled={password === "" || (asksCode && code.trim() === "")}
          >
            {t("proof.submit")}
          </Button>
        </form>
      )}
      {hasPasskeys && (
        <Button
          className={classes.other}
          variant="default"
          fullWidth
          leftSection={<IconKey size={16} />}
          loading={byPasskey.isPending}
          onClick={() => byPasskey.mutate()}
        >
          {t("proof.by_passkey")}
        </Button>
      )}
      {issuers.map((issuer) => (
        <Button
          key={issuer.name}
          className={classes.other}
          variant="default"
          fullWidth
          loading={atIssuer.isPending && atIssuer.variables === issuer.name}
          onClick={() => atIssuer.mutate(issuer.name)}
        >
          {t("proof.by_issuer", { issuer: issuer.label })}
        </Button>
      ))}
      {!hasPassword && !hasPasskeys && accounts.isSuccess && ways.isSuccess && issuers.length === 0 && (
        <>
          <p className={classes.text}>{t("proof.again")}</p>
          <div className={classes.actions}>
            <Button variant="default" onClick={onCancel}>
              {t("common.close")}
            </Button>
          </div>
        </>
      )}
    </>
  );
}

function ProofProblem({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const words = isProblem(error, "validation")
    ? t("totp.wrong_password")
    : isProblem(error, "totp_invalid")
      ? t("sign_in.totp_invalid")
      : isProblem(error, "passkey_invalid")
        ? t("sign_in.passkey_invalid")
        : undefined;
  if (words === undefined) return <ProblemNotice error={error} />;
  return (
    <Notice tone="danger" role="alert">
      {words}
    </Notice>
  );
}
