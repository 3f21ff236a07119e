export { RecordsScreen, type RecordsSearch } from "./list/records-screen";
