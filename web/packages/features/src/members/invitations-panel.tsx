import { Button, NativeSelect, Skeleton, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type Invitation, isProblem, type Role, send } from "@tenon/api-client";
import { IconUserPlus, Panel, useToast } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import {
  invitationsQuery,
  keys,
  ProblemNotice,
  ProblemState,
  useApi,
  useFormat,
  useProblemText,
} from "../core";
import { ProofCancelled, useProven } from "../proof";
import { LinkNotice } from "./link-notice";
import classes from "./members.module.css";
import { rolesToGive } from "./people-panel";

/** Who is invited, and inviting: the link is shown once, to be handed on by the person themselves. */
export function InvitationsPanel({ role: own }: { role: Role }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const proven = useProven();
  const invitations = useQuery(invitationsQuery(api));
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("member");
  const invite = useMutation({
    mutationFn: () =>
      proven(() => send(api.POST("/api/v1/invitations", { body: { email: email.trim(), role } }))),
    onSuccess: () => {
      setEmail("");
      void client.invalidateQueries({ queryKey: keys.invitations });
    },
  });
  const error = invite.error instanceof ProofCancelled ? null : invite.error;
  const wrong = isProblem(error, "validation") ? error.field("email") : undefined;
  return (
    <Panel title={t("invitations.title")} lead={t("invitations.lead")} flush>
      <div className={classes.block}>
        {error !== null && wrong === undefined && (
          <div className={classes.gap}>
            <ProblemNotice error={error} />
          </div>
        )}
        {invite.data !== undefined && (
          <div className={classes.gap}>
            <LinkNotice
              title={t("invitations.made", { email: invite.data.invitation.email })}
              text={t("invitations.made_text")}
              link={invite.data.link}
              close={() => invite.reset()}
            />
          </div>
        )}
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            invite.mutate();
          }}
        >
          <TextInput
            label={t("sign_in.email")}
            type="email"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            error={wrong}
            autoComplete="off"
          />
          <NativeSelect
            label={t("invitations.role")}
            value={role}
            data={rolesToGive(own).map((value) => ({ value, label: t(`settings.roles.${value}`) }))}
            onChange={(event) => setRole(event.currentTarget.value as Role)}
          />
          <Button
            type="submit"
            leftSection={<IconUserPlus size={16} />}
            loading={invite.isPending}
            disabled={email.trim() === ""}
          >
            {t("invitations.invite")}
          </Button>
        </form>
      </div>
      {invitations.isPending && <Skeleton height={56} m="md" width="auto" />}
      {invitations.isError && (
        <ProblemState error={invitations.error} retry={() => void invitations.refetch()} />
      )}
      {invitations.data?.map((invitation) => (
        <InvitationRow key={invitation.id} invitation={invitation} />
      ))}
    </Panel>
  );
}

function InvitationRow({ invitation }: { invitation: Invitation }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const format = useFormat();
  const toast = useToast();
  const problemText = useProblemText();
  const proven = useProven();
  const params = { path: { id: invitation.id } };
  const withdraw = useMutation({
    mutationFn: () => proven(() => send(api.DELETE("/api/v1/invitations/{id}", { params }))),
    onSuccess: () => {
      toast(t("invitations.withdrawn"));
      void client.invalidateQueries({ queryKey: keys.invitations });
    },
    onError: (error) => {
      if (!(error instanceof ProofCancelled)) toast(problemText(error), "danger");
    },
  });
  return (
    <div className={classes.row}>
      <div className={classes.who}>
        <div className={classes.text}>
          <div className={classes.name}>{invitation.email}</div>
          <div className={classes.note}>
            {t("invitations.note", {
              role: t(`settings.roles.${invitation.role}`),
              by: invitation.invited_by,
              until: format.medium(invitation.expires_at),
            })}
          </div>
        </div>
      </div>
      <Button
        size="xs"
        variant="default"
        loading={withdraw.isPending}
        aria-label={t("invitations.withdraw_named", { email: invitation.email })}
        onClick={() => withdraw.mutate()}
      >
        {t("invitations.withdraw")}
      </Button>
    </div>
  );
}
