export { RecordsProvider } from "./core/edits";
export { RecordsScreen, type RecordsSearch } from "./list/records-screen";
