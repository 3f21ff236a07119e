import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { isProblem, type Me, send } from "@tenon/api-client";
import { Notice } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice, useApi, useTitle } from "../core";
import { EntryForm, EntryFrame } from "../frame/entry";
import { NewPasswordInput } from "../setup/new-password-input";
import { VoidLink } from "./join-screen";
import { Opening } from "./opening";
import { useLinkToken } from "./use-link-token";

/** What a reset link leads to: what will be gone, and a new password. */
export function ResetScreen({ onDone }: { onDone: (me: Me) => void }) {
  const { t } = useTranslation();
  const api = useApi();
  useTitle(t("reset.title"));
  const token = useLinkToken();
  const [password, setPassword] = useState("");
  const opened = useQuery({
    queryKey: ["reset", token],
    queryFn: () => send(api.POST("/api/v1/resets/open", { body: { token } })),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const redeem = useMutation({
    mutationFn: () => send(api.POST("/api/v1/resets/redeem", { body: { token, password } })),
    onSuccess: onDone,
  });
  if (opened.isPending) return <Opening />;
  if (opened.isError || isProblem(redeem.error, "link_invalid")) {
    return <VoidLink error={opened.error ?? redeem.error} />;
  }
  const { name, email, connections } = opened.data;
  const wrong = isProblem(redeem.error, "validation") ? redeem.error.field("password") : undefined;
  return (
    <EntryFrame title={t("reset.title")} lead={t("reset.lead", { name, email })} wide>
      <EntryForm onSubmit={() => redeem.mutate()}>
        <Notice tone="warn">{t("reset.gone", { count: connections })}</Notice>
        {redeem.error !== null && wrong === undefined && <ProblemNotice error={redeem.error} />}
        <input type="text" autoComplete="username" value={email} readOnly hidden />
        <NewPasswordInput
          label={t("password.new")}
          value={password}
          onChange={setPassword}
          own={[email, name]}
          error={wrong}
        />
        <Button
          type="submit"
          fullWidth
          size="md"
          mt="xs"
          loading={redeem.isPending}
          disabled={password === ""}
        >
          {t("reset.submit")}
        </Button>
      </EntryForm>
    </EntryFrame>
  );
}
