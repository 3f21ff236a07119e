export { SavedSearches } from "./saved-searches";
export { SearchBox } from "./search-box";
export { SearchResults } from "./search-results";
