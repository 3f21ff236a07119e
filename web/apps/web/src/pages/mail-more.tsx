import { getRouteApi } from "@tanstack/react-router";
import { LabelsScreen } from "@tenon/features/labels";

export { OutboxScreen as OutboxPage } from "@tenon/features/outbox";

const labels = getRouteApi("/member/labels/$connection");

export function LabelsPage() {
  const { connection } = labels.useParams();
  return <LabelsScreen key={connection} connection={connection} />;
}
