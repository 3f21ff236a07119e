export { JoinScreen } from "./join-screen";
export { ResetScreen } from "./reset-screen";
