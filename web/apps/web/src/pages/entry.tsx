import { getRouteApi } from "@tanstack/react-router";
import { SetupScreen } from "@tenon/features/setup";
import { SignInScreen } from "@tenon/features/sign-in";
import { ownPath } from "../own-path";
import { useEnter } from "./use-enter";

const signIn = getRouteApi("/sign-in");

export function SignInPage() {
  const { next, error } = signIn.useSearch();
  const { leave } = signIn.useRouteContext();
  const enter = useEnter();
  return (
    <SignInScreen
      onSignedIn={(me) => enter(me, ownPath(next, window.location.origin))}
      leave={leave}
      next={next}
      refusal={error}
    />
  );
}

export function SetupPage() {
  const enter = useEnter();
  return <SetupScreen onDone={(me) => enter(me, "/")} />;
}
