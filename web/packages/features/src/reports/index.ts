export { ReportsScreen } from "./reports-screen";
export { type ReportsSearch, readSearch } from "./search";
