import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import type { Me } from "@tenon/api-client";
import { keys } from "@tenon/features";
import { SetupScreen } from "@tenon/features/setup";
import { SignInScreen } from "@tenon/features/sign-in";
import { ownPath } from "../own-path";

const signIn = getRouteApi("/sign-in");

function useEnter(): (me: Me, path: string) => void {
  const client = useQueryClient();
  const router = useRouter();
  return (me, path) => {
    client.setQueryData(keys.session, me);
    client.removeQueries({ queryKey: keys.setup });
    router.history.replace(path);
  };
}

export function SignInPage() {
  const { next } = signIn.useSearch();
  const enter = useEnter();
  return <SignInScreen onSignedIn={(me) => enter(me, ownPath(next, window.location.origin))} />;
}

export function SetupPage() {
  const enter = useEnter();
  return <SetupScreen onDone={(me) => enter(me, "/")} />;
}
