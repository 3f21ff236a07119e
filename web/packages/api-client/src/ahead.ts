/**
 * Shapes that the server answers and `openapi.json` does not tell yet, in one place: with the next `npm run gen` they
 * come from the schema, and this file goes away.
 */
import type { components } from "./schema";

type Schemas = components["schemas"];

/** `units_per_minute` is null where the provider sets no limit; older servers say 0. */
export type Quota = Omit<Schemas["Quota"], "units_per_minute"> & { units_per_minute: number | null };
export type Health = Omit<Schemas["Health"], "quota"> & { quota: Quota };
