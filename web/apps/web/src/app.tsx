import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type RouterHistory, RouterProvider } from "@tanstack/react-router";
import { type ApiClient, isProblem, problemOf } from "@tenon/api-client";
import { ApiProvider, forgetWhatWasSeen, KeptProvider, KeyboardProvider, keys } from "@tenon/features";
import { TenonTheme, Toaster } from "@tenon/ui";
import type { i18n as I18n } from "i18next";
import type { ReactNode } from "react";
import { I18nextProvider, useTranslation } from "react-i18next";
import { type AppRouter, createAppRouter } from "./routes";
import { useSessionNews } from "./use-session-news";
import { Whose } from "./whose";

type AppParts = { api: ApiClient; history: RouterHistory; leave: (url: string) => void };
export type AppInstance = { api: ApiClient; client: QueryClient; router: AppRouter; whose: Whose };

/** Everything that lives as long as the page; tests make their own. */
export function createApp({ api, history, leave }: AppParts): AppInstance {
  /** The session ended elsewhere or timed out: the guard of the routes leads to sign-in. */
  const signedOut = (error: unknown) => {
    if (!isProblem(error, "unauthenticated")) return;
    if (client.getQueryData(keys.session) === undefined) return;
    client.removeQueries();
    void router.invalidate();
  };
  // What is asked without a query or a mutation, as a composer does, is heard too.
  api.use({
    async onResponse({ response }) {
      if (response.status === 401) signedOut(await problemOf(response.clone()));
    },
  });
  const client = new QueryClient({
    queryCache: new QueryCache({ onError: signedOut }),
    mutationCache: new MutationCache({ onError: signedOut }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        // What the server refused stays refused; only what may pass is tried again.
        retry: (failures, error) =>
          failures < 2 && isProblem(error) && (error.status === 0 || error.status >= 500),
        retryDelay: (attempt) => Math.min(8000, 700 * 2 ** attempt),
      },
      mutations: { retry: false },
    },
  });
  const whose = new Whose(client);
  // Another tab has signed somebody else in: the cookie of all tabs is theirs now.
  whose.listen(({ before, now }) => {
    if (before === undefined || now === undefined) return;
    forgetWhatWasSeen(client);
    void router.invalidate();
  });
  const router = createAppRouter({ api, client, leave }, history);
  return { api, client, router, whose };
}

type AppProps = { app: AppInstance; i18n: I18n; env?: "default" | "test" };

export function App({ app, i18n, env }: AppProps) {
  useSessionNews(app);
  return (
    <I18nextProvider i18n={i18n}>
      <TenonTheme {...(env === undefined ? {} : { env })}>
        <QueryClientProvider client={app.client}>
          <ApiProvider api={app.api}>
            <KeyboardProvider>
              <LocalizedToaster>
                <KeptProvider>
                  <RouterProvider router={app.router} />
                </KeptProvider>
              </LocalizedToaster>
            </KeyboardProvider>
          </ApiProvider>
        </QueryClientProvider>
      </TenonTheme>
    </I18nextProvider>
  );
}

function LocalizedToaster({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  return <Toaster closeLabel={t("common.close")}>{children}</Toaster>;
}
