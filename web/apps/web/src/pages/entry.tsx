import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { Me } from "@tenon/api-client";
import { sessionQuery, useKept, useMe } from "@tenon/features";
import { SetupScreen } from "@tenon/features/setup";
import { SignedInScreen, SignInScreen } from "@tenon/features/sign-in";
import { useEffect, useRef } from "react";
import { ownPath } from "../own-path";
import { useEnter } from "./use-enter";

const signIn = getRouteApi("/sign-in");

export function SignInPage() {
  const { next, error } = signIn.useSearch();
  const { leave } = signIn.useRouteContext();
  const enter = useEnter();
  const entered = useRef(false);
  const go = (me: Me) => {
    if (entered.current) return;
    entered.current = true;
    enter(me, ownPath(next, window.location.origin));
  };
  useSignedInElsewhere(go);
  return <SignInScreen onSignedIn={go} leave={leave} next={next} refusal={error} />;
}

/**
 * Another tab has signed a member in: this one goes on with them, unless something waits here for somebody else.
 * A tab that slept has not heard of it, so it asks when it is looked at again.
 */
function useSignedInElsewhere(go: (me: Me) => void): void {
  const client = useQueryClient();
  const { api } = signIn.useRouteContext();
  const kept = useKept();
  const me = useMe();
  const latest = useRef(go);
  latest.current = go;
  useEffect(() => {
    if (me !== undefined && kept.isFree(me.member.id)) latest.current(me);
  }, [me, kept]);
  useEffect(() => {
    const ask = () => {
      if (document.visibilityState === "visible" && !kept.isEmpty)
        void client.fetchQuery({ ...sessionQuery(api), staleTime: 0 }).catch(() => undefined);
    };
    document.addEventListener("visibilitychange", ask);
    return () => document.removeEventListener("visibilitychange", ask);
  }, [api, client, kept]);
}

export const SignedInPage = SignedInScreen;

export function SetupPage() {
  const enter = useEnter();
  return <SetupScreen onDone={(me) => enter(me, "/")} />;
}
