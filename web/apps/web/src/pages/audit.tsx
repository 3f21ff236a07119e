import { getRouteApi } from "@tanstack/react-router";
import { AuditScreen } from "@tenon/features/audit";

const audit = getRouteApi("/member/settings/audit");

export function AuditPage() {
  const search = audit.useSearch();
  const navigate = audit.useNavigate();
  return <AuditScreen search={search} setSearch={(next) => void navigate({ search: next, replace: true })} />;
}
