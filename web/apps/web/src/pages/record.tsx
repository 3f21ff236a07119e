import { getRouteApi } from "@tanstack/react-router";
import { RecordScreen } from "@tenon/features/records/record";

const route = getRouteApi("/member/records/$id");

export function RecordPage() {
  const { id } = route.useParams();
  return <RecordScreen key={id} id={id} />;
}
