import type { Connection, Profile, ProfileId, Provider } from "@tenon/api-client";

/** What is asked for always, whatever is chosen. */
export const IDENTITY = "identity";

/** The features a profile ticks at first: its own, as far as they are built. */
export function presetFeatures(provider: Provider, profile: Profile): string[] {
  const available = new Set(
    provider.features.filter((feature) => feature.available).map((feature) => feature.id),
  );
  return profile.features.filter((id) => available.has(id) && id !== IDENTITY);
}

/** The state of the choice, all of it in the address, so that *Back* and reload keep it. */
export type ConnectSearch = {
  provider?: string | undefined;
  profile?: ProfileId | undefined;
  features?: string | undefined;
  review?: boolean | undefined;
  connection?: string | undefined;
  error?: string | undefined;
};

export function splitFeatures(features: string | undefined): string[] | undefined {
  return features === undefined
    ? undefined
    : features.split(",").filter((id) => id !== "" && id !== IDENTITY);
}

export type Choice = { profile: ProfileId; features: string[] };

/** What is chosen now: by the address, else as the connection to be renewed has it, else the preset. */
export function currentChoice(
  provider: Provider,
  search: ConnectSearch,
  existing: Connection | undefined,
): Choice {
  const profile = search.profile ?? existing?.profile ?? provider.default_profile;
  const preset = provider.profiles.find((candidate) => candidate.id === profile);
  const features =
    splitFeatures(search.features) ??
    existing?.features
      .filter((feature) => feature.state !== "off" && feature.id !== IDENTITY)
      .map((feature) => feature.id) ??
    (preset === undefined ? [] : presetFeatures(provider, preset));
  return { profile, features: orderAs(provider, features) };
}

function orderAs(provider: Provider, features: string[]): string[] {
  const chosen = new Set(features);
  return provider.features.map((feature) => feature.id).filter((id) => chosen.has(id) && id !== IDENTITY);
}

export function toggled(features: string[], id: string, on: boolean): string[] {
  return on ? [...features.filter((other) => other !== id), id] : features.filter((other) => other !== id);
}
