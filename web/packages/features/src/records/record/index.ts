export { BinScreen } from "./bin-screen";
export { RecordPanel } from "./record-panel";
export { RecordScreen } from "./record-screen";
