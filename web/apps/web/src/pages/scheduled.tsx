import { getRouteApi } from "@tanstack/react-router";
import { ScheduledScreen } from "@tenon/features/scheduled";

const scheduled = getRouteApi("/member/outbox/scheduled");

export function ScheduledPage() {
  return <ScheduledScreen {...scheduled.useSearch()} />;
}
