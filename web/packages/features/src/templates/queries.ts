import { queryOptions } from "@tanstack/react-query";
import { type ApiClient, type FillInput, send } from "@tenon/api-client";
import { keys } from "../core";

/** One's own templates and those that colleagues share, by folder and name. */
export const templatesQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: keys.templates,
    queryFn: async ({ signal }) => (await send(api.GET("/api/v1/templates", { signal }))).items,
    staleTime: 60_000,
  });

export const variablesQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: keys.templateVariables,
    queryFn: async ({ signal }) => (await send(api.GET("/api/v1/template-variables", { signal }))).items,
    staleTime: 300_000,
  });

/** A text with its variables filled in; nothing of it is kept. */
export const filledQuery = (api: ApiClient, body: FillInput) =>
  queryOptions({
    queryKey: ["filled", body] as const,
    queryFn: ({ signal }) => send(api.POST("/api/v1/templates/fill", { signal, body })),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
