import { Page, PageHeader } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { managesWorkspace, useMe, useTitle } from "../core";
import { DomainsPanel } from "./domains-panel";
import { InvitationsPanel } from "./invitations-panel";
import { PeoplePanel } from "./people-panel";

/** Who is in the workspace; for who manages it, who may join as well. */
export function MembersScreen() {
  const { t } = useTranslation();
  const me = useMe();
  useTitle(t("members.title"));
  if (me === undefined) return null;
  return (
    <Page>
      <PageHeader title={t("members.title")} lead={t("members.lead", { workspace: me.workspace.name })} />
      <PeoplePanel />
      {managesWorkspace(me) && (
        <>
          <InvitationsPanel role={me.member.role} />
          <DomainsPanel />
        </>
      )}
    </Page>
  );
}
