import { getRouteApi } from "@tanstack/react-router";
import { JoinScreen, ResetScreen } from "@tenon/features/join";
import { useEnter } from "./use-enter";

const join = getRouteApi("/join");

export function JoinPage() {
  const enter = useEnter();
  const { leave } = join.useRouteContext();
  return <JoinScreen onDone={(me) => enter(me, "/")} leave={leave} />;
}

export function ResetPage() {
  const enter = useEnter();
  return <ResetScreen onDone={(me) => enter(me, "/")} />;
}
