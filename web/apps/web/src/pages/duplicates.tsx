import { getRouteApi } from "@tanstack/react-router";
import { DuplicatesScreen } from "@tenon/features/records/merge";

const route = getRouteApi("/member/crm/duplicates");

export function DuplicatesPage() {
  const { kind } = route.useSearch();
  return <DuplicatesScreen kind={kind === "company" || kind === "lead" ? kind : "contact"} />;
}
