import "@tenon/ui/styles.css";
import { createBrowserHistory } from "@tanstack/react-router";
import { createApiClient } from "@tenon/api-client";
import { createI18n, preferredLocale } from "@tenon/features";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App, createApp } from "./app";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

const i18n = await createI18n(preferredLocale());
const app = createApp({
  api: createApiClient(window.location.origin),
  history: createBrowserHistory(),
  leave: (url) => window.location.assign(url),
});
createRoot(root).render(
  <StrictMode>
    <App app={app} i18n={i18n} />
  </StrictMode>,
);
