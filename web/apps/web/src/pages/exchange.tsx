import { getRouteApi } from "@tanstack/react-router";
import { ImportScreen, ImportsScreen } from "@tenon/features/records/exchange";

const route = getRouteApi("/member/crm/import/{-$id}");

export function ImportPage() {
  const { id } = route.useParams();
  const { kind = "contact" } = route.useSearch();
  return id === undefined ? <ImportsScreen kind={kind} /> : <ImportScreen key={id} id={id} />;
}
