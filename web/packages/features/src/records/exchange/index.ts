export { ImportScreen } from "./import-screen";
export { ImportsScreen } from "./imports-screen";
