export { backoff, type LiveEvent, type LiveOptions, type LiveState, listen } from "./events";
export { createApplier, LiveProvider, staleKeys, useLiveState } from "./live";
