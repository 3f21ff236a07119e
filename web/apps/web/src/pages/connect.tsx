import { getRouteApi } from "@tanstack/react-router";
import { ConnectScreen } from "@tenon/features/connect";

const route = getRouteApi("/member/connect");

export function ConnectPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { leave } = route.useRouteContext();
  return (
    <ConnectScreen
      search={search}
      setSearch={(next, options) => void navigate({ search: next, replace: options?.replace === true })}
      leave={leave}
    />
  );
}
