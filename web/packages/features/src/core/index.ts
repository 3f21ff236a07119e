export { ApiProvider, useApi } from "./api";
export { useTitle } from "./focus";
export { createFormat, type Format, plain, regional, useFormat } from "./format";
export { LinkButton } from "./link-button";
export { ProblemNotice, ProblemState, useProblemText } from "./problem";
export * from "./queries";
export { forgetWhatWasSeen, useLocale, useMe, useSetMe } from "./session";
