export { DuplicatesScreen } from "./duplicates-screen";
