export { MailScreen, type MailSearch } from "./mail-screen";
export { openAtFirst } from "./messages";
export { mergeHead, refreshThreadLists } from "./refresh";
