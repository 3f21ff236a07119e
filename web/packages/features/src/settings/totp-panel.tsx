import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { isProblem, type Me, send } from "@tenon/api-client";
import { Notice, Panel, Status } from "@tenon/ui";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice, useApi, useSetMe } from "../core";
import { ProofCancelled, useProven } from "../proof";
import classes from "./settings.module.css";

/** The second step of signing in: an app on the phone shows a code that changes. */
export function TotpPanel({ me }: { me: Me }) {
  const { t } = useTranslation();
  const [codes, setCodes] = useState<string[]>();
  return (
    <Panel
      title={t("totp.title")}
      lead={t("totp.lead")}
      aside={
        <Status tone={me.member.totp_enabled ? "ok" : "neutral"}>
          {me.member.totp_enabled ? t("totp.on") : t("totp.off")}
        </Status>
      }
    >
      {codes !== undefined ? (
        <RecoveryCodes codes={codes} done={() => setCodes(undefined)} />
      ) : me.member.totp_enabled ? (
        <div className={classes.stack}>
          <MoreCodes me={me} onCodes={setCodes} />
          <TurnOff me={me} />
        </div>
      ) : (
        <TurnOn me={me} onCodes={setCodes} />
      )}
    </Panel>
  );
}

function TurnOn({ me, onCodes }: { me: Me; onCodes: (codes: string[]) => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const setMe = useSetMe();
  const [code, setCode] = useState("");
  const proven = useProven();
  const begin = useMutation({ mutationFn: () => proven(() => send(api.POST("/api/v1/me/totp"))) });
  const confirm = useMutation({
    mutationFn: () =>
      proven(() => send(api.POST("/api/v1/me/totp/confirm", { body: { code: code.replace(/\s/g, "") } }))),
    onSuccess: ({ recovery_codes }) => {
      onCodes(recovery_codes);
      const member = { ...me.member, totp_enabled: true, recovery_codes: recovery_codes.length };
      setMe({ ...me, member });
    },
  });
  if (begin.data === undefined) {
    return (
      <>
        {begin.error !== null && !(begin.error instanceof ProofCancelled) && (
          <ProblemNotice error={begin.error} />
        )}
        <Button variant="default" loading={begin.isPending} onClick={() => begin.mutate()}>
          {t("totp.begin")}
        </Button>
      </>
    );
  }
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        confirm.mutate();
      }}
    >
      <p className={classes.text} style={{ margin: 0 }}>
        {t("totp.scan")}
      </p>
      <QrCode text={begin.data.otpauth_url} />
      <div>
        <div className={classes.rowNote}>{t("totp.by_hand")}</div>
        <span className={classes.secret}>{begin.data.secret}</span>
      </div>
      {confirm.error !== null &&
        !(confirm.error instanceof ProofCancelled) &&
        (isProblem(confirm.error, "totp_invalid") ? (
          <Notice tone="danger" role="alert">
            {t("sign_in.totp_invalid")}
          </Notice>
        ) : (
          <ProblemNotice error={confirm.error} />
        ))}
      <TextInput
        label={t("sign_in.code")}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
        inputMode="numeric"
        autoComplete="one-time-code"
      />
      <div className={classes.actions}>
        <Button type="submit" loading={confirm.isPending} disabled={code.trim() === ""}>
          {t("totp.confirm")}
        </Button>
        <Button variant="default" onClick={() => begin.reset()}>
          {t("common.cancel")}
        </Button>
      </div>
    </form>
  );
}

/** Drawn here: the secret never goes to a service that draws codes. */
function QrCode({ text }: { text: string }) {
  const { t } = useTranslation();
  const [path, setPath] = useState<{ size: number; d: string }>();
  useEffect(() => {
    let gone = false;
    void import("uqr").then(({ encode }) => {
      if (gone) return;
      const { data, size } = encode(text, { border: 1 });
      const d = data.flatMap((row, y) => row.map((on, x) => (on ? `M${x} ${y}h1v1h-1z` : ""))).join("");
      setPath({ size, d });
    });
    return () => {
      gone = true;
    };
  }, [text]);
  return (
    <svg
      className={classes.qr}
      viewBox={`0 0 ${path?.size ?? 1} ${path?.size ?? 1}`}
      role="img"
      aria-label={t("totp.qr")}
      shapeRendering="crispEdges"
    >
      {path !== undefined && <path d={path.d} fill="#000" />}
    </svg>
  );
}

function RecoveryCodes({ codes, done }: { codes: string[]; done: () => void }) {
  const { t } = useTranslation();
  return (
    <div role="status">
      <Notice tone="ok" title={t("totp.now_on")}>
        {t("totp.recovery")}
      </Notice>
      <ul className={classes.codes}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Button variant="default" onClick={done}>
        {t("totp.saved_codes")}
      </Button>
    </div>
  );
}

/** How many recovery codes are left, and new ones. */
function MoreCodes({ me, onCodes }: { me: Me; onCodes: (codes: string[]) => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const setMe = useSetMe();
  const proven = useProven();
  const left = me.member.recovery_codes;
  const renew = useMutation({
    mutationFn: () => proven(() => send(api.POST("/api/v1/me/recovery-codes"))),
    onSuccess: ({ recovery_codes }) => {
      onCodes(recovery_codes);
      setMe({ ...me, member: { ...me.member, recovery_codes: recovery_codes.length } });
    },
  });
  return (
    <>
      {left <= 2 && <Notice tone="warn">{t("totp.few_codes", { count: left })}</Notice>}
      {renew.error !== null && !(renew.error instanceof ProofCancelled) && (
        <ProblemNotice error={renew.error} />
      )}
      {left > 2 && <p className={classes.text}>{t("totp.codes_left", { count: left })}</p>}
      <Button variant="default" loading={renew.isPending} onClick={() => renew.mutate()}>
        {t("totp.new_codes")}
      </Button>
    </>
  );
}

/** The proof that it takes asks for a code as well, so that the password alone does not end it. */
function TurnOff({ me }: { me: Me }) {
  const { t } = useTranslation();
  const api = useApi();
  const setMe = useSetMe();
  const proven = useProven();
  const remove = useMutation({
    mutationFn: () => proven(() => send(api.DELETE("/api/v1/me/totp"))),
    onSuccess: () => setMe({ ...me, member: { ...me.member, totp_enabled: false } }),
  });
  const [asking, setAsking] = useState(false);
  if (!asking) {
    return (
      <Button variant="default" onClick={() => setAsking(true)}>
        {t("totp.turn_off")}
      </Button>
    );
  }
  return (
    <>
      {remove.error !== null && !(remove.error instanceof ProofCancelled) && (
        <ProblemNotice error={remove.error} />
      )}
      <Notice tone="warn">{t("totp.turn_off_warning")}</Notice>
      <div className={classes.actions}>
        <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
          {t("totp.turn_off")}
        </Button>
        <Button variant="default" onClick={() => setAsking(false)}>
          {t("common.cancel")}
        </Button>
      </div>
    </>
  );
}
