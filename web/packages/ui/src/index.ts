export { Avatar, initials } from "./avatar";
export * from "./icons";
export { Logo } from "./logo";
export {
  Blank,
  backLinkClass,
  Facts,
  Kbd,
  Notice,
  Page,
  PageHeader,
  Panel,
  Pill,
  ProgressBar,
  Status,
  type Tone,
} from "./page";
export { COLOR_SCHEME_KEY, type ColorScheme, TenonTheme } from "./provider";
export { Shell, type ShellItem } from "./shell";
export { cssVariables, theme } from "./theme";
export { type ShowToast, Toaster, type ToastOptions, useToast } from "./toast";
