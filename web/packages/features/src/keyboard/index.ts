export { useShortcutSheet } from "./sheet";
export {
  belongsToTyping,
  KeyboardProvider,
  type Shortcut,
  ShortcutRegistry,
  useShortcutRegistry,
  useShortcuts,
} from "./shortcuts";
