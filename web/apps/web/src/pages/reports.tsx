import { getRouteApi } from "@tanstack/react-router";
import { ReportsScreen, readSearch } from "@tenon/features/reports";

const route = getRouteApi("/member/crm/reports/{-$report}");

export function ReportsPage() {
  return <ReportsScreen report={route.useParams().report} search={readSearch(route.useSearch())} />;
}
