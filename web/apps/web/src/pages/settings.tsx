import { getRouteApi } from "@tanstack/react-router";
import { SettingsScreen } from "@tenon/features/settings";

const settings = getRouteApi("/member/settings");

export function SettingsPage() {
  const { added, error } = settings.useSearch();
  const { leave } = settings.useRouteContext();
  return <SettingsScreen leave={leave} added={added === true} refusal={error} />;
}
