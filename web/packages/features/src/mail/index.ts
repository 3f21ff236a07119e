export { MailScreen, type MailSearch } from "./mail-screen";
export { mergeHead, refreshThreadLists } from "./refresh";
export { openAtFirst } from "./thread-view";
