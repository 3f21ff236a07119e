import { Button, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { isProblem, type Me, send } from "@tenon/api-client";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { LinkButton, ProblemNotice, signInWaysQuery, useApi, useLocale, useTitle } from "../core";
import { EntryForm, EntryFrame } from "../frame/entry";
import { NewPasswordInput } from "../setup/new-password-input";
import { Divider, IssuerButtons } from "../sign-in/issuer-buttons";
import { Opening } from "./opening";
import { useLinkToken } from "./use-link-token";

type JoinScreenProps = { onDone: (me: Me) => void; leave: (url: string) => void };

/** What an invitation's link leads to: who invites whom, and how to accept. */
export function JoinScreen({ onDone, leave }: JoinScreenProps) {
  const { t } = useTranslation();
  const api = useApi();
  const locale = useLocale();
  useTitle(t("join.title"));
  const token = useLinkToken();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const ways = useQuery(signInWaysQuery(api));
  const opened = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => send(api.POST("/api/v1/invitations/open", { body: { token } })),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const accept = useMutation({
    mutationFn: () =>
      send(
        api.POST("/api/v1/invitations/accept", {
          body: {
            token,
            name: name.trim(),
            password,
            locale,
            time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
          },
        }),
      ),
    onSuccess: onDone,
  });
  if (opened.isPending) return <Opening />;
  if (opened.isError || isProblem(accept.error, "link_invalid")) {
    return <VoidLink error={opened.error ?? accept.error} />;
  }
  const invitation = opened.data;
  const error = accept.error;
  const field = (key: string) => (isProblem(error, "validation") ? error.field(key) : undefined);
  const known = ["name", "password"].some((key) => field(key) !== undefined);
  return (
    <EntryFrame
      title={t("join.title_named", { workspace: invitation.workspace_name })}
      lead={t("join.lead", { email: invitation.email, role: t(`settings.roles.${invitation.role}`) })}
      wide
    >
      <IssuerButtons issuers={ways.data?.issuers ?? []} body={{ invitation: token }} leave={leave} joins />
      {(ways.data?.issuers.length ?? 0) > 0 && <Divider text={t("join.or_password")} />}
      <EntryForm onSubmit={() => accept.mutate()}>
        {error !== null && !known && <ProblemNotice error={error} />}
        <input type="text" autoComplete="username" value={invitation.email} readOnly hidden />
        <TextInput
          label={t("setup.name")}
          name="name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={field("name")}
          autoComplete="name"
          required
          withAsterisk={false}
        />
        <NewPasswordInput
          label={t("sign_in.password")}
          value={password}
          onChange={setPassword}
          own={[invitation.email, name, invitation.workspace_name]}
          error={field("password")}
        />
        <Button
          type="submit"
          fullWidth
          size="md"
          mt="xs"
          loading={accept.isPending}
          disabled={name.trim() === "" || password === ""}
        >
          {t("join.submit")}
        </Button>
      </EntryForm>
    </EntryFrame>
  );
}

/** A link that leads nowhere (any more). */
export function VoidLink({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (!isProblem(error, "link_invalid") && !isProblem(error, "validation")) {
    return (
      <EntryFrame title={t("problem.title")}>
        <ProblemNotice error={error} />
      </EntryFrame>
    );
  }
  return (
    <EntryFrame title={t("join.void_title")} lead={t("join.void_lead")}>
      <LinkButton to="/sign-in" fullWidth size="md" variant="default">
        {t("join.to_sign_in")}
      </LinkButton>
    </EntryFrame>
  );
}
