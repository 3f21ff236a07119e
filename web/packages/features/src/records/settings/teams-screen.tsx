/** Teams: names for groups of members that records are shared with. */
import { Button, Modal, Skeleton, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Blank, IconPlus, IconTrash, IconUsersGroup, Page, PageHeader, Panel, useToast } from "@tenon/ui";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  managesWorkspace,
  ProblemNotice,
  ProblemState,
  useApi,
  useFocusBack,
  useFormat,
  useMe,
  useTitle,
} from "../../core";
import { recordCalls } from "../core/calls";
import { Picker } from "../core/inputs/picker";
import { recordKeys } from "../core/keys";
import { teamsQuery } from "../core/queries";
import type { Team } from "../core/types";
import { useMembers } from "../core/words";
import { BackToSettings } from "./back-to-settings";
import { SettingRow } from "./setting-row";
import classes from "./settings.module.css";

export function TeamsScreen() {
  const { t } = useTranslation();
  const api = useApi();
  const me = useMe();
  const [dialog, setDialog] = useState<Team | "new">();
  const teams = useQuery(teamsQuery(api));
  const may = me !== undefined && managesWorkspace(me);
  useTitle(t("records.settings.teams"));
  return (
    <Page>
      <PageHeader
        back={<BackToSettings />}
        title={t("records.settings.teams")}
        lead={t("records.settings.teams_lead")}
        actions={
          may && (
            <Button leftSection={<IconPlus size={16} />} onClick={() => setDialog("new")}>
              {t("records.settings.add_team")}
            </Button>
          )
        }
      />
      {teams.isPending && <Skeleton height={80} />}
      {teams.isError && <ProblemState error={teams.error} retry={() => void teams.refetch()} />}
      {teams.data?.length === 0 && (
        <Blank icon={IconUsersGroup} title={t("records.settings.no_teams")}>
          {t("records.settings.no_teams_text")}
        </Blank>
      )}
      {teams.data !== undefined && teams.data.length > 0 && (
        <Panel flush>
          {teams.data.map((team) => (
            <TeamRow key={team.id} team={team} may={may} edit={() => setDialog(team)} />
          ))}
        </Panel>
      )}
      {dialog !== undefined && (
        <TeamDialog
          key={dialog === "new" ? "new" : dialog.id}
          team={dialog === "new" ? undefined : dialog}
          close={() => setDialog(undefined)}
        />
      )}
    </Page>
  );
}

function TeamRow({ team, may, edit }: { team: Team; may: boolean; edit: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const format = useFormat();
  const members = useMembers();
  const { name } = team;
  return (
    <SettingRow
      name={name}
      note={
        team.members.length === 0 ? t("records.settings.nobody") : format.list(team.members.map(members.name))
      }
      may={may}
      edit={edit}
      end={{
        icon: <IconTrash size={15} />,
        label: t("records.settings.remove"),
        named: t("records.settings.remove_named", { name }),
        title: t("records.settings.remove_team_title", { name }),
        text: t("records.settings.remove_team_text"),
        run: () => recordCalls(api).removeTeam(team.id),
        done: t("records.settings.team_removed", { name }),
        refreshes: recordKeys.teams,
      }}
    />
  );
}

function TeamDialog({ team, close }: { team: Team | undefined; close: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const members = useMembers();
  useFocusBack();
  const [name, setName] = useState(team?.name ?? "");
  const [chosen, setChosen] = useState(team?.members ?? []);
  const save = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), members: chosen };
      return team === undefined ? recordCalls(api).addTeam(body) : recordCalls(api).changeTeam(team.id, body);
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: recordKeys.teams });
      toast(t("records.settings.team_saved", { name: name.trim() }));
      close();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== "") save.mutate();
  };
  const option = (id: string) => {
    const email = members.byId.get(id)?.email;
    return { value: id, label: members.name(id), hint: email, avatar: email ?? id };
  };
  return (
    <Modal
      opened
      onClose={close}
      title={
        team === undefined
          ? t("records.settings.add_team")
          : t("records.settings.edit_named", { name: team.name })
      }
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <form className={classes.form} onSubmit={submit} noValidate>
        {save.error !== null && <ProblemNotice error={save.error} />}
        <TextInput
          label={t("records.settings.name")}
          value={name}
          maxLength={100}
          data-autofocus
          autoComplete="off"
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Picker
          label={t("records.settings.team_members")}
          labelShown
          multiple
          options={members.all.map(({ id }) => option(id))}
          chosen={chosen.map(option)}
          onChoose={setChosen}
        />
        <div className={classes.actions}>
          <Button variant="default" onClick={close}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={name.trim() === ""}>
            {t("common.save")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
