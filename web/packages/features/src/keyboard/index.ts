export { Keys } from "./keys";
export { usePalette } from "./palette";
export { useShortcutSheet } from "./sheet";
export {
  belongsToTyping,
  isComposing,
  KeyboardProvider,
  type Shortcut,
  ShortcutRegistry,
  useShortcutRegistry,
  useShortcuts,
} from "./shortcuts";
