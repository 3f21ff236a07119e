import { Button, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { isProblem, type Me, send } from "@tenon/api-client";
import { Notice } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { LinkButton, ProblemNotice, setupQuery, useApi, useLocale, useTitle } from "../core";
import { EntryForm, EntryFrame } from "../frame/entry";
import { NewPasswordInput } from "./new-password-input";

/**
 * The token comes behind the `#`, which browsers never send to a server or a log: `#token=…` or bare.
 * It is taken out of the address at once.
 */
export function takeToken(location: Location, history: History): string {
  const fragment = location.hash.replace(/^#/, "");
  if (fragment === "") return "";
  history.replaceState(history.state, "", location.pathname + location.search);
  return (
    new URLSearchParams(fragment).get("token") ?? (fragment.includes("=") ? "" : decodeURIComponent(fragment))
  );
}

export function SetupScreen({ onDone }: { onDone: (me: Me) => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const locale = useLocale();
  useTitle(t("setup.title"));
  const setup = useQuery(setupQuery(api));
  const [fragmentToken] = useState(() => takeToken(window.location, window.history));
  const [form, setForm] = useState({
    token: fragmentToken,
    workspace_name: "",
    name: "",
    email: "",
    password: "",
  });

  const create = useMutation({
    mutationFn: () =>
      send(
        api.POST("/api/v1/setup", {
          body: {
            ...form,
            token: form.token.trim(),
            email: form.email.trim(),
            locale,
            time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
          },
        }),
      ),
    onSuccess: onDone,
  });

  if (setup.data?.needed === false && !create.isSuccess) {
    return (
      <EntryFrame title={t("setup.done_title")} lead={t("setup.done_lead")}>
        <LinkButton to="/sign-in" fullWidth size="md">
          {t("sign_in.submit")}
        </LinkButton>
      </EntryFrame>
    );
  }

  const set = (name: keyof typeof form) => (event: React.ChangeEvent<HTMLInputElement>) => {
    const { value } = event.currentTarget;
    setForm((current) => ({ ...current, [name]: value }));
  };
  const error = create.error;
  const fieldError = (name: string) => (isProblem(error, "validation") ? error.field(name) : undefined);
  const complete = Object.values(form).every((value) => value.trim() !== "");

  return (
    <EntryFrame title={t("setup.title")} lead={t("setup.lead")} wide>
      <EntryForm onSubmit={() => create.mutate()}>
        {isProblem(error, "setup_token_invalid") && (
          <Notice tone="danger" role="alert">
            {t("setup.token_invalid")}
          </Notice>
        )}
        {isProblem(error, "already_set_up") && (
          <Notice tone="warn" role="alert">
            {t("setup.done_lead")}
          </Notice>
        )}
        {error !== null &&
          !isProblem(error, "setup_token_invalid") &&
          !isProblem(error, "already_set_up") &&
          !(isProblem(error, "validation") && error.fields.length > 0) && <ProblemNotice error={error} />}
        {(fragmentToken === "" || isProblem(error, "setup_token_invalid")) && (
          <TextInput
            label={t("setup.token")}
            description={t("setup.token_hint")}
            value={form.token}
            onChange={set("token")}
            error={fieldError("token")}
            autoComplete="off"
            spellCheck={false}
            required
            withAsterisk={false}
          />
        )}
        <TextInput
          label={t("setup.workspace_name")}
          description={t("setup.workspace_hint")}
          name="organization"
          value={form.workspace_name}
          onChange={set("workspace_name")}
          error={fieldError("workspace_name")}
          autoComplete="organization"
          required
          withAsterisk={false}
        />
        <TextInput
          label={t("setup.name")}
          name="name"
          value={form.name}
          onChange={set("name")}
          error={fieldError("name")}
          autoComplete="name"
          required
          withAsterisk={false}
        />
        <TextInput
          label={t("sign_in.email")}
          name="email"
          type="email"
          value={form.email}
          onChange={set("email")}
          error={fieldError("email")}
          autoComplete="username"
          required
          withAsterisk={false}
        />
        <NewPasswordInput
          label={t("sign_in.password")}
          value={form.password}
          onChange={(password) => setForm((current) => ({ ...current, password }))}
          own={[form.email, form.name, form.workspace_name]}
          error={fieldError("password")}
        />
        <Button type="submit" fullWidth size="md" mt="xs" loading={create.isPending} disabled={!complete}>
          {t("setup.submit")}
        </Button>
      </EntryForm>
    </EntryFrame>
  );
}
