export { SharedThreadScreen } from "./shared-thread";
export { SuggestionsScreen } from "./suggestions-screen";
