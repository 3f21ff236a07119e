import { ActionIcon, Button, Menu, Modal, NativeSelect, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type Person, type Role, send } from "@tenon/api-client";
import { Avatar, IconDots, Panel, Pill, useToast } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keys, membersQuery, ProblemState, useApi, useMe, useProblemText } from "../core";
import { ProofCancelled, useProven } from "../proof";
import { LinkNotice } from "./link-notice";
import classes from "./members.module.css";

/** The roles that somebody may give: an administrator none like their own. */
export function rolesToGive(own: Role): Role[] {
  return own === "owner" ? ["owner", "admin", "member", "viewer"] : ["member", "viewer"];
}

/** Everybody in the workspace. */
export function PeoplePanel() {
  const { t } = useTranslation();
  const api = useApi();
  const people = useQuery(membersQuery(api));
  const [reset, setReset] = useState<{ name: string; link: string }>();
  return (
    <Panel title={t("members.people")} flush>
      {reset !== undefined && (
        <div className={classes.block}>
          <LinkNotice
            title={t("members.reset_made", { name: reset.name })}
            text={t("members.reset_text")}
            link={reset.link}
            close={() => setReset(undefined)}
          />
        </div>
      )}
      {people.isPending && <Skeleton height={56} m="md" width="auto" />}
      {people.isError && <ProblemState error={people.error} retry={() => void people.refetch()} />}
      {people.data?.map((person) => (
        <PersonRow
          key={person.id}
          person={person}
          onReset={(link) => setReset({ name: person.name, link })}
        />
      ))}
    </Panel>
  );
}

type Asking = "disable" | "reset";

function PersonRow({ person, onReset }: { person: Person; onReset: (link: string) => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const me = useMe();
  const client = useQueryClient();
  const toast = useToast();
  const problemText = useProblemText();
  const proven = useProven();
  const [asking, setAsking] = useState<Asking>();
  const params = { path: { id: person.id } };
  const failed = (error: Error) => {
    if (!(error instanceof ProofCancelled)) toast(problemText(error), "danger");
  };
  const change = useMutation({
    mutationFn: (body: { role?: Role; disabled?: boolean }) =>
      proven(() => send(api.PATCH("/api/v1/members/{id}", { params, body }))),
    onSuccess: () => {
      toast(t("members.changed", { name: person.name }));
      void client.invalidateQueries({ queryKey: keys.members });
    },
    onError: failed,
    onSettled: () => setAsking(undefined),
  });
  const reset = useMutation({
    mutationFn: () => proven(() => send(api.POST("/api/v1/members/{id}/reset", { params }))),
    onSuccess: ({ link }) => onReset(link),
    onError: failed,
    onSettled: () => setAsking(undefined),
  });
  const roles = rolesToGive(me?.member.role ?? "viewer");
  return (
    <div className={person.disabled ? `${classes.row} ${classes.off}` : classes.row}>
      <div className={classes.who}>
        <Avatar name={person.name} seed={person.email} size={34} />
        <div className={classes.text}>
          <div className={classes.name}>{person.name}</div>
          <div className={classes.note}>{person.email}</div>
          {person.disabled && person.managed && <div className={classes.note}>{t("members.off_hint")}</div>}
        </div>
      </div>
      <div className={classes.side}>
        {person.own && <Pill>{t("members.you")}</Pill>}
        {person.disabled && <Pill tone="warn">{t("members.off")}</Pill>}
        {person.guarded === true && <Pill tone="ok">{t("members.guarded")}</Pill>}
        {person.managed && !person.disabled ? (
          <NativeSelect
            aria-label={t("members.role_of", { name: person.name })}
            size="xs"
            value={person.role}
            disabled={change.isPending}
            data={roles.map((role) => ({ value: role, label: t(`settings.roles.${role}`) }))}
            onChange={(event) => change.mutate({ role: event.currentTarget.value as Role })}
          />
        ) : (
          <span className={classes.note}>{t(`settings.roles.${person.role}`)}</span>
        )}
        {person.managed && (
          <Menu position="bottom-end" width={230}>
            <Menu.Target>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={t("members.more_of", { name: person.name })}
              >
                <IconDots size={18} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {!person.disabled && (
                <Menu.Item onClick={() => setAsking("reset")}>{t("members.reset")}</Menu.Item>
              )}
              <Menu.Item
                onClick={() => (person.disabled ? change.mutate({ disabled: false }) : setAsking("disable"))}
              >
                {person.disabled ? t("members.enable") : t("members.disable")}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      <Modal
        opened={asking !== undefined}
        onClose={() => setAsking(undefined)}
        title={
          asking === "reset"
            ? t("members.reset_title", { name: person.name })
            : t("members.disable_title", { name: person.name })
        }
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        <p className={classes.dialogText}>
          {asking === "reset" ? t("members.reset_warning") : t("members.disable_warning")}
        </p>
        <div className={classes.dialogActions}>
          <Button variant="default" onClick={() => setAsking(undefined)} data-autofocus>
            {t("common.cancel")}
          </Button>
          <Button
            color="red"
            loading={change.isPending || reset.isPending}
            onClick={() => (asking === "reset" ? reset.mutate() : change.mutate({ disabled: true }))}
          >
            {asking === "reset" ? t("members.reset_confirm") : t("members.disable_confirm")}
          </Button>
        </div>
      </Modal>
    </div>
  );
}
