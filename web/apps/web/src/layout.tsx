import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ErrorComponentProps, Link, Outlet, useRouter, useRouterState } from "@tanstack/react-router";
import { ApiProblem } from "@tenon/api-client";
import {
  ActingProvider,
  AppFrame,
  ComposeProvider,
  changeLocale,
  HomeScreen,
  LiveProvider,
  LOCALES,
  ProblemState,
  ProofProvider,
  useMe,
} from "@tenon/features";
import { Blank, IconAlertTriangle, IconFlag } from "@tenon/ui";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

/** On a new page the keyboard and the screen reader begin at its title. */
function useFocusOnNavigation(): void {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const first = useRef(true);
  useEffect(() => {
    if (path === undefined) return;
    if (first.current) {
      first.current = false;
      return;
    }
    let frame = 0;
    const focus = (attempts: number) => {
      const title = document.querySelector<HTMLElement>("[data-page-title]");
      if (title !== null) title.focus({ preventScroll: true });
      else if (attempts > 0) frame = requestAnimationFrame(() => focus(attempts - 1));
      else document.getElementById("main")?.focus({ preventScroll: true });
    };
    frame = requestAnimationFrame(() => focus(30));
    return () => cancelAnimationFrame(frame);
  }, [path]);
}

export function RootLayout() {
  useFocusOnNavigation();
  return <Outlet />;
}

export function AppLayout() {
  const { i18n } = useTranslation();
  const router = useRouter();
  const client = useQueryClient();
  const me = useMe();
  const wanted = LOCALES.find((locale) => locale === me?.member.locale);

  useEffect(() => {
    if (wanted !== undefined && wanted !== i18n.language) void changeLocale(i18n, wanted);
  }, [wanted, i18n]);

  if (me === undefined) return null;
  const signedOut = () => {
    // Nothing of the account stays in this page's memory, but what is being written and saved nowhere: that waits
    // for the same member.
    client.clear();
    void router.navigate({ to: "/sign-in" });
  };
  return (
    // Whoever is signed in by another tab finds nothing of what this one was doing.
    <LiveProvider key={me.member.id}>
      <ProofProvider leave={router.options.context.leave}>
        <ActingProvider>
          <ComposeProvider>
            <AppFrame me={me} onSignedOut={signedOut}>
              <Outlet />
            </AppFrame>
          </ComposeProvider>
        </ActingProvider>
      </ProofProvider>
    </LiveProvider>
  );
}

export const HomePage = HomeScreen;

export function Pending() {
  return <div aria-busy="true" style={{ height: "100%" }} />;
}

export function Crashed({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  if (error instanceof ApiProblem) {
    return (
      <main>
        <ProblemState
          error={error}
          retry={() => {
            reset();
            void router.invalidate();
          }}
        />
      </main>
    );
  }
  return (
    <main>
      <Blank
        icon={IconAlertTriangle}
        tone="danger"
        role="alert"
        headingLevel={1}
        title={t("problem.crash_title")}
        action={<Button onClick={() => window.location.reload()}>{t("problem.reload")}</Button>}
      >
        {t("problem.crash_text")}
      </Blank>
    </main>
  );
}

export function MissingPage() {
  const { t } = useTranslation();
  return (
    <main>
      <Blank
        icon={IconFlag}
        headingLevel={1}
        title={t("problem.page_missing_title")}
        action={
          <Button component={Link} to="/">
            {t("problem.home")}
          </Button>
        }
      >
        {t("problem.page_missing_text")}
      </Blank>
    </main>
  );
}
