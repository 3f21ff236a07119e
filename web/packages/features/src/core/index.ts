export { ApiProvider, useApi } from "./api";
export { allowSearch, type FeatureState, featureState, useFeature } from "./feature";
export { useFocusBack, useTitle } from "./focus";
export { createFormat, type Format, plain, regional, useFormat } from "./format";
export { LinkButton } from "./link-button";
export { newKey } from "./new-key";
export { ProblemNotice, ProblemState, useProblemText } from "./problem";
export * from "./queries";
export { forgetWhatWasSeen, useLocale, useMe, useSetMe } from "./session";
