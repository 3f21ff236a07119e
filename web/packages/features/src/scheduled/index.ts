export { ScheduledScreen, type ScheduledSearch } from "./scheduled-screen";
