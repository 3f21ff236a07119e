import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { isProblem, type Me, send } from "@tenon/api-client";
import { Notice } from "@tenon/ui";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice, useApi, useFormat, useTitle } from "../core";
import { EntryForm, EntryFrame } from "../frame/entry";

type Credentials = { email: string; password: string; code?: string };

/** Codes of the second step are six digits; recovery codes are longer and may bear dashes. */
function cleanCode(text: string): string {
  return text.replace(/\s/g, "");
}

export function SignInScreen({ onSignedIn }: { onSignedIn: (me: Me) => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [step, setStep] = useState<"password" | "code">("password");
  const codeInput = useRef<HTMLInputElement>(null);
  useTitle(t("sign_in.title"));

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
      <EntryForm onSubmit={submit}>
        <SignInProblem error={signIn.error} />
        <TextInput
          label={t("sign_in.email")}
          type="email"
          name="email"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          autoComplete="username"
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
    </EntryFrame>
  );
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
  if (isProblem(error, "too_many_attempts")) {
    return (
      <Notice tone="warn" role="alert">
        {t("sign_in.too_many_attempts", { time: format.duration(error.retryAfter ?? 60) })}
      </Notice>
    );
  }
  return <ProblemNotice error={error} />;
}
