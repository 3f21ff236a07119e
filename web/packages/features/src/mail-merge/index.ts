export { MailMergeScreen } from "./mail-merge-screen";
export { MailMergesScreen } from "./mail-merges-screen";
export { SuppressionsScreen } from "./suppressions-screen";
