export { AuditScreen } from "./audit-screen";
export type { AuditSearch } from "./filters";
