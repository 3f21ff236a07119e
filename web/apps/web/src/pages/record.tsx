import { getRouteApi } from "@tanstack/react-router";
import { BinScreen, RecordScreen } from "@tenon/features/records/record";

export const BinPage = BinScreen;

const route = getRouteApi("/member/crm/records/$id");

export function RecordPage() {
  const { id } = route.useParams();
  return <RecordScreen key={id} id={id} />;
}
