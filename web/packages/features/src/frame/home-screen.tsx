import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { Blank, IconPlug } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { connectionsQuery, LinkButton, ProblemState, useApi, useMe, useTitle } from "../core";

/** Straight to the mail where there is some; else a welcome with the one next step. */
export function HomeScreen() {
  const { t } = useTranslation();
  const api = useApi();
  const me = useMe();
  const connections = useQuery(connectionsQuery(api));
  useTitle(t("nav.mail"));
  if (connections.isPending) return <Skeleton height="100%" radius={0} animate={false} aria-busy="true" />;
  if (connections.isError) {
    return <ProblemState error={connections.error} retry={() => void connections.refetch()} />;
  }
  const first = connections.data.find((connection) => connection.mailbox != null);
  if (first !== undefined) {
    return <Navigate to="/mail/$connection/{-$label}" params={{ connection: first.id }} replace />;
  }
  const [firstName = ""] = (me?.member.name ?? "").split(/\s+/);
  return (
    <div style={{ height: "100%", display: "grid", alignContent: "center" }}>
      <Blank
        icon={IconPlug}
        headingLevel={1}
        title={firstName === "" ? t("home.welcome") : t("home.welcome_name", { name: firstName })}
        action={
          <LinkButton to="/connect" size="md">
            {t("home.connect")}
          </LinkButton>
        }
      >
        {t("home.text")}
      </Blank>
    </div>
  );
}
