export { type ApiClient, createApiClient, send } from "./client";
export { ApiProblem, isProblem, retryAfterSeconds, toProblem } from "./problem";
export type { components, paths } from "./schema";
export type * from "./types";
