import { type Query, type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Me } from "@tenon/api-client";
import { useTranslation } from "react-i18next";
import { asLocale, type Locale } from "../i18n";
import { useApi } from "./api";
import { keys, sessionQuery } from "./queries";

/** Who is signed in, if that is known already; never asks the server by itself. */
export function useMe(): Me | undefined {
  const api = useApi();
  return useQuery({ ...sessionQuery(api), enabled: false }).data;
}

/** Owners and administrators see and change what concerns the whole workspace. */
export const managesWorkspace = ({ member }: Me): boolean =>
  member.role === "owner" || member.role === "admin";

export function useSetMe(): (me: Me) => void {
  const client = useQueryClient();
  return (me) => client.setQueryData(keys.session, me);
}

/** What one person has seen is not for the next one at the same tab. Who is signed in stays known. */
export function forgetWhatWasSeen(client: QueryClient): void {
  const seen = (query: Query) => query.queryKey[0] !== keys.session[0];
  client.removeQueries({ type: "inactive", predicate: seen });
  // What a screen shows now is emptied and asked for anew.
  void client.resetQueries({ predicate: seen });
}

export function useLocale(): Locale {
  const { i18n } = useTranslation();
  return asLocale(i18n.language) ?? "en";
}
