import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { isProblem, type Me, send } from "@tenon/api-client";
import { IconKey, Notice } from "@tenon/ui";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSomethingKept } from "../compose/kept";
import { ProblemNotice, signInWaysQuery, useApi, useFormat, useTitle } from "../core";
import { PasskeyCancelled, passkeysWork, signInByPasskey } from "../core/passkey";
import { offerPasskeys } from "../core/passkey-offer";
import { EntryForm, EntryFrame } from "../frame/entry";
import { Divider, IssuerButtons } from "./issuer-buttons";
import classes from "./sign-in.module.css";

type Credentials = { email: string; password: string; code?: string };

/** Codes of the second step are six digits; recovery codes are longer and may bear dashes. */
function cleanCode(text: string): string {
  return text.replace(/\s/g, "");
}

/** Why an issuer's answer let nobody in; other words are told as a plain failure. */
const REFUSALS = [
  "access_denied",
  "account_disabled",
  "account_exists",
  "email_not_verified",
  "flow_expired",
  "issuer_unavailable",
  "link_invalid",
  "not_invited",
  "other_address",
  "state_invalid",
  "use_invitation",
] as const;

type SignInScreenProps = {
  onSignedIn: (me: Me) => void;
  leave: (url: string) => void;
  /** Where to go afterwards. */
  next?: string | undefined;
  /** Why the way by an issuer ended here. */
  refusal?: string | undefined;
};

export function SignInScreen({ onSignedIn, leave, next, refusal }: SignInScreenProps) {
  const { t } = useTranslation();
  const api = useApi();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [step, setStep] = useState<"password" | "code">("password");
  const codeInput = useRef<HTMLInputElement>(null);
  useTitle(t("sign_in.title"));
  const ways = useQuery(signInWaysQuery(api));
  const issuers = ways.data?.issuers ?? [];
  const keeps = useSomethingKept();
  const reason = REFUSALS.find((word) => word === refusal) ?? "failed";
  const hasPasskeys = passkeysWork(ways.data?.passkey_host);
  const byPasskey = useMutation({ mutationFn: () => signInByPasskey(api), onSuccess: onSignedIn });
  const offer = hasPasskeys && step === "password" && !byPasskey.isPending;
  const offerProblem = useOfferedPasskeys(offer, onSignedIn);

  const signIn = useMutation({
    mutationFn: (body: Credentials) => send(api.POST("/api/v1/session", { body })),
    onSuccess: onSignedIn,
    onError: (error) => {
      if (isProblem(error, "totp_required")) setStep("code");
    },
  });

  useEffect(() => {
    if (step === "code") codeInput.current?.focus();
  }, [step]);

  const submit = () =>
    signIn.mutate({ email: email.trim(), password, ...(step === "code" ? { code: cleanCode(code) } : {}) });

  if (step === "code") {
    return (
      <EntryFrame title={t("sign_in.code_title")} lead={t("sign_in.code_lead")}>
        <EntryForm onSubmit={submit}>
          <SignInProblem error={signIn.error} />
          <TextInput
            ref={codeInput}
            label={t("sign_in.code")}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
            autoComplete="one-time-code"
            inputMode="text"
            size="md"
            required
            withAsterisk={false}
          />
          <Button
            type="submit"
            fullWidth
            size="md"
            loading={signIn.isPending}
            disabled={cleanCode(code) === ""}
          >
            {t("sign_in.submit")}
          </Button>
          <Button
            variant="subtle"
            color="gray"
            c="var(--tn-text-2)"
            onClick={() => {
              signIn.reset();
              setCode("");
              setStep("password");
            }}
          >
            {t("sign_in.other_account")}
          </Button>
        </EntryForm>
      </EntryFrame>
    );
  }

  return (
    <EntryFrame title={t("sign_in.title")} lead={t("sign_in.lead")}>
      {keeps && (
        <div className={classes.notice}>
          <Notice role="status" title={t("sign_in.kept_title")}>
            {t("sign_in.kept")}
          </Notice>
        </div>
      )}
      {refusal !== undefined && signIn.isIdle && (
        <div className={classes.notice}>
          <Notice tone="warn" role="alert">
            {t(`sign_in.refusal.${reason}`)}
          </Notice>
        </div>
      )}
      <EntryForm onSubmit={submit}>
        <SignInProblem
          error={
            signIn.error ??
            (byPasskey.error instanceof PasskeyCancelled ? null : byPasskey.error) ??
            offerProblem
          }
        />
        <TextInput
          label={t("sign_in.email")}
          type="email"
          name="email"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          autoComplete="username webauthn"
          size="md"
          required
          withAsterisk={false}
          data-autofocus
        />
        <PasswordInput
          label={t("sign_in.password")}
          name="password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="current-password"
          visibilityToggleButtonProps={{ "aria-label": t("common.show_password") }}
          size="md"
          required
          withAsterisk={false}
        />
        <Button
          type="submit"
          fullWidth
          size="md"
          mt="xs"
          loading={signIn.isPending}
          disabled={!email || !password}
        >
          {t("sign_in.submit")}
        </Button>
      </EntryForm>
      {(hasPasskeys || issuers.length > 0) && <Divider text={t("sign_in.or")} />}
      <div className={classes.ways}>
        {hasPasskeys && (
          <Button
            variant="default"
            size="md"
            fullWidth
            leftSection={<IconKey size={18} />}
            loading={byPasskey.isPending}
            onClick={() => byPasskey.mutate()}
          >
            {t("sign_in.by_passkey")}
          </Button>
        )}
        <IssuerButtons
          issuers={issuers}
          body={next === undefined ? {} : { next }}
          leave={leave}
          stays={keeps}
        />
      </div>
    </EntryFrame>
  );
}

/** Lets the browser offer passkeys where the e-mail is typed, until another way is taken. */
function useOfferedPasskeys(offer: boolean, onSignedIn: (me: Me) => void): unknown {
  const api = useApi();
  const [problem, setProblem] = useState<unknown>(null);
  const done = useRef(onSignedIn);
  done.current = onSignedIn;
  useEffect(() => {
    if (!offer || typeof PublicKeyCredential.isConditionalMediationAvailable !== "function") return;
    const stop = new AbortController();
    void PublicKeyCredential.isConditionalMediationAvailable()
      .then(async (available) => {
        if (!available || stop.signal.aborted) return;
        // Once it has answered, the person is in, whatever else was begun meanwhile.
        done.current(await offerPasskeys(api, stop.signal));
      })
      // An offer that was not taken needs no words; one that the server refused does.
      .catch((error: unknown) => {
        if (isProblem(error, "passkey_invalid")) setProblem(error);
      });
    return () => stop.abort();
  }, [offer, api]);
  return problem;
}

function SignInProblem({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (error === null || isProblem(error, "totp_required")) return null;
  if (isProblem(error, "invalid_credentials")) {
    return (
      <Notice tone="danger" role="alert">
        {t("sign_in.invalid_credentials")}
      </Notice>
    );
  }
  if (isProblem(error, "totp_invalid")) {
    return (
      <Notice tone="danger" role="alert">
        {t("sign_in.totp_invalid")}
      </Notice>
    );
  }
  if (isProblem(error, "passkey_invalid")) {
    return (
      <Notice tone="danger" role="alert">
        {t("sign_in.passkey_invalid")}
      </Notice>
    );
  }
  if (isProblem(error, "too_many_attempts")) {
    return (
      <Notice tone="warn" role="alert">
        {t("sign_in.too_many_attempts", { time: format.duration(error.retryAfter ?? 60) })}
      </Notice>
    );
  }
  return <ProblemNotice error={error} />;
}
