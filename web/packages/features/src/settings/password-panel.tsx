import { Button, PasswordInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { isProblem, type Me, send } from "@tenon/api-client";
import { Panel, useToast } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice, useApi, useSetMe } from "../core";
import { ProofCancelled, useProven } from "../proof";
import { NewPasswordInput } from "../setup/new-password-input";
import classes from "./settings.module.css";

/** A new password; all other browsers are signed out by it. */
export function PasswordPanel({ me }: { me: Me }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const has = me.member.has_password;
  return (
    <Panel title={t("password.title")} lead={has ? t("password.lead") : t("password.lead_none")}>
      {open ? (
        <PasswordForm me={me} close={() => setOpen(false)} />
      ) : (
        <Button variant="default" onClick={() => setOpen(true)}>
          {has ? t("password.change") : t("password.set")}
        </Button>
      )}
    </Panel>
  );
}

function PasswordForm({ me, close }: { me: Me; close: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const setMe = useSetMe();
  const toast = useToast();
  const proven = useProven();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const has = me.member.has_password;
  const change = useMutation({
    mutationFn: () =>
      proven(() =>
        send(
          api.POST("/api/v1/me/password", {
            body: { new_password: next, ...(has ? { current_password: current } : {}) },
          }),
        ),
      ),
    onSuccess: () => {
      setMe({ ...me, member: { ...me.member, has_password: true } });
      toast(t("password.changed"));
      close();
    },
  });
  const error = change.error instanceof ProofCancelled ? null : change.error;
  const field = (name: string) => (isProblem(error, "validation") ? error.field(name) : undefined);
  const wrongCurrent = field("current_password");
  const known = wrongCurrent !== undefined || field("new_password") !== undefined;
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate();
      }}
    >
      {error !== null && !known && <ProblemNotice error={error} />}
      <input type="text" autoComplete="username" value={me.member.email} readOnly hidden />
      {has && (
        <PasswordInput
          label={t("password.current")}
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
          error={wrongCurrent === undefined ? undefined : t("totp.wrong_password")}
          autoComplete="current-password"
          visibilityToggleButtonProps={{ "aria-label": t("common.show_password") }}
        />
      )}
      <NewPasswordInput
        label={t("password.new")}
        value={next}
        onChange={setNext}
        own={[me.member.email, me.member.name]}
        error={field("new_password")}
      />
      <div className={classes.actions}>
        <Button type="submit" loading={change.isPending} disabled={next === "" || (has && current === "")}>
          {t("common.save")}
        </Button>
        <Button variant="default" onClick={close}>
          {t("common.cancel")}
        </Button>
      </div>
    </form>
  );
}
