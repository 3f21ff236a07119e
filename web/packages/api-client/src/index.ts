export { type ApiClient, createApiClient, send } from "./client";
export { ApiProblem, isProblem, problemOf, retryAfterSeconds, toProblem } from "./problem";
export type { components, paths } from "./schema";
export type * from "./types";
