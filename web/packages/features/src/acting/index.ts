export { ActingProvider, useActing, usePending } from "./acting";
export { belongs, rolesOf } from "./change";
export { type Chosen, type Commands, useCommands } from "./commands";
export { type Offer, offers } from "./offered";
export { emptiesList, overDetail, overList } from "./pending";
export {
  allLoaded,
  countOf,
  isEmpty,
  isSelected,
  NONE,
  range,
  type Selection,
  toggle,
  within,
} from "./selection";
export { Toolbar } from "./toolbar";
