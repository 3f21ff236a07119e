import { getRouteApi } from "@tanstack/react-router";
import { MailScreen } from "@tenon/features/mail";

const route = getRouteApi("/member/mail/$connection/{-$label}");

export function MailPage() {
  const { connection, label } = route.useParams();
  const search = route.useSearch();
  return <MailScreen key={connection} connection={connection} label={label} search={search} />;
}
