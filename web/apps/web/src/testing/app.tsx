/** The whole app in a test: real routes and screens over the fake server. */

import { createMemoryHistory } from "@tanstack/react-router";
import { createApiClient } from "@tenon/api-client";
import { createI18n, type Locale } from "@tenon/features";
import { type FakeOptions, FakeServer, handlers, type Scenario } from "@tenon/msw";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { setupServer } from "msw/node";
import { afterEach, vi } from "vitest";
import { App, createApp } from "../app";

type Role = FakeServer["me"]["member"]["role"];
type Options = FakeOptions & { scenario: Scenario; path: string; locale?: Locale; role?: Role };

let close: (() => void) | undefined;
afterEach(() => {
  close?.();
  close = undefined;
});

export async function openApp({ scenario, path, locale = "en", role = "owner", ...fakeOptions }: Options) {
  const fake = new FakeServer(fakeOptions).load(scenario);
  fake.me.member.locale = locale;
  fake.me.member.role = role;
  const calls: Array<{ line: string; headers: Headers }> = [];
  const server = setupServer(...handlers(fake));
  server.events.on("request:start", ({ request }) => {
    const url = new URL(request.url);
    calls.push({ line: `${request.method} ${url.pathname}${url.search}`, headers: request.headers });
  });
  server.listen({ onUnhandledRequest: "error" });
  close = () => server.close();

  const history = createMemoryHistory({ initialEntries: [path] });
  const leave = vi.fn<(url: string) => void>();
  const app = createApp({ api: createApiClient(window.location.origin), history, leave });
  const i18n = await createI18n(locale);
  render(<App app={app} i18n={i18n} env="test" />);
  return {
    fake,
    app,
    leave,
    user: userEvent.setup(),
    path: () => history.location.pathname,
    search: () => new URLSearchParams(history.location.search),
    /** Calls so far whose line contains the text. */
    calls: (text: string) => calls.flatMap(({ line }) => (line.includes(text) ? [line] : [])),
    headers: (text: string) => calls.flatMap(({ line, headers }) => (line.includes(text) ? [headers] : [])),
  };
}
