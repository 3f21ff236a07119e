import { useQuery } from "@tanstack/react-query";
import type { Connection } from "@tenon/api-client";
import { useApi } from "./api";
import { connectionQuery } from "./queries";

export type FeatureState = Connection["features"][number]["state"];

export const featureState = (connection: Connection, feature: string): FeatureState =>
  connection.features.find(({ id }) => id === feature)?.state ?? "off";

/** Where a person allows one more feature: our consent first, with those that are on already. */
export function allowSearch(connection: Connection, feature: string) {
  const on = connection.features.filter(({ state }) => state !== "off").map(({ id }) => id);
  return {
    connection: connection.id,
    features: [...on.filter((id) => id !== "identity" && id !== feature), feature].join(","),
  };
}

/** Whether a connection may do something; undefined while that, or the connection, is not known. */
export function useFeature(id: string, feature: string): FeatureState | undefined {
  const api = useApi();
  const { data } = useQuery({ ...connectionQuery(api, id), enabled: id !== "" });
  return data === undefined ? undefined : featureState(data, feature);
}
