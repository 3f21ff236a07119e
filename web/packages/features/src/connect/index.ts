export type { ConnectSearch } from "./choice";
export { ConnectScreen } from "./connect-screen";
export { PolicyText, PolicyVersion } from "./policy-text";
