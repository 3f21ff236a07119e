import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
} from "react";

export type Shortcut = {
  /**
   * One key ("j", "Enter", "?"), two in a row ("g i"), or one with Ctrl or Cmd ("Mod+k"), which also works
   * while people type. Left out: found in the palette only.
   */
  keys?: string;
  label: string;
  group: string;
  run: () => void;
  /** Works by key and stands in the sheet, but is nothing to choose from a list. */
  keyOnly?: boolean;
};

/** The second key of a pair must follow within this time. */
const PAIR_MS = 1200;

const TYPING_ROLES = new Set([
  "textbox",
  "searchbox",
  "combobox",
  "spinbutton",
  "listbox",
  "menu",
  "menuitem",
]);
const TYPING_TAGS = new Set(["TEXTAREA", "SELECT"]);
/** Inputs that take no letters leave them to the page. */
const PRESSED_INPUTS = new Set(["checkbox", "radio", "button", "submit"]);

/**
 * The key belongs to the word that an input method is putting together. Safari says so only by the code, on the
 * key that ends it.
 */
export const isComposing = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === 229;

/** On many keyboards `#` and `!` need AltGr, which some systems report as Ctrl and Alt. */
const isAltGraph = (event: KeyboardEvent) => event.getModifierState("AltGraph");
const isModified = (event: KeyboardEvent) =>
  (event.ctrlKey || event.metaKey || event.altKey) && !isAltGraph(event);

/** Keys belong to the person's text while they type, and to an open dialog or menu while it is open. */
export function belongsToTyping(event: KeyboardEvent): boolean {
  if (isModified(event) || isComposing(event)) return true;
  const target = event.target;
  if (!(target instanceof Element)) return false;
  if (target instanceof HTMLInputElement) return !PRESSED_INPUTS.has(target.type);
  if (TYPING_TAGS.has(target.tagName)) return true;
  if (target instanceof HTMLElement && (target.isContentEditable || target.contentEditable === "true"))
    return true;
  const role = target.getAttribute("role");
  return (role !== null && TYPING_ROLES.has(role)) || target.closest("[contenteditable='true']") !== null;
}

/** Enter and Space on a control belong to that control. */
function belongsToControl(event: KeyboardEvent): boolean {
  if (event.key !== "Enter" && event.key !== " ") return false;
  return (
    event.target instanceof Element &&
    event.target.closest("a, button, summary, input, [role=button]") !== null
  );
}

export class ShortcutRegistry {
  #layers: Shortcut[][] = [];
  #snapshot: Shortcut[] = [];
  #listeners = new Set<() => void>();
  #first: { key: string; at: number } | undefined;

  add(shortcuts: Shortcut[]): () => void {
    this.#layers = [...this.#layers, shortcuts];
    this.#changed();
    return () => {
      this.#layers = this.#layers.filter((layer) => layer !== shortcuts);
      this.#changed();
    };
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** All active shortcuts; a later one hides an earlier one with the same keys. */
  list = (): Shortcut[] => this.#snapshot;

  handle = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || isComposing(event)) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && !isAltGraph(event)) {
      this.#press(event, `Mod+${event.key.toLowerCase()}`);
      return;
    }
    if (belongsToTyping(event) || belongsToControl(event)) return;
    if (event.target instanceof Node && isUnderDialog(event.target)) return;
    const pair = this.#first !== undefined && event.timeStamp - this.#first.at < PAIR_MS;
    const keys = pair ? `${this.#first?.key} ${event.key}` : event.key;
    this.#first = undefined;
    if (this.#press(event, keys)) return;
    if (this.#snapshot.some((shortcut) => shortcut.keys?.startsWith(`${event.key} `))) {
      this.#first = { key: event.key, at: event.timeStamp };
    }
  };

  #press(event: KeyboardEvent, keys: string): boolean {
    const found = this.#snapshot.find((shortcut) => shortcut.keys === keys);
    if (found === undefined) return false;
    event.preventDefault();
    found.run();
    return true;
  }

  #changed(): void {
    const byKeys = new Map<string, Shortcut>();
    for (const shortcut of this.#layers.flat())
      byKeys.set(shortcut.keys ?? `${shortcut.group}\t${shortcut.label}`, shortcut);
    this.#snapshot = [...byKeys.values()];
    for (const listener of this.#listeners) listener();
  }
}

function isUnderDialog(target: Node): boolean {
  // A composer is no modal dialog, but keys pressed in it are not meant for the list behind it.
  if (target instanceof Element && target.closest("[role=dialog]") !== null) return true;
  const dialog = document.querySelector("[role=dialog][aria-modal=true]");
  return dialog !== null && (target === document.body || dialog.contains(target));
}

const RegistryContext = createContext<ShortcutRegistry | null>(null);

/** Escape drops the word that is being put together; no dialog, menu or field hears of it, whoever made it. */
function keepFromAll(event: KeyboardEvent): void {
  if (event.key === "Escape" && isComposing(event)) event.stopImmediatePropagation();
}

export function KeyboardProvider({ children }: { children: ReactNode }) {
  const registry = useMemo(() => new ShortcutRegistry(), []);
  useEffect(() => {
    document.addEventListener("keydown", registry.handle);
    return () => document.removeEventListener("keydown", registry.handle);
  }, [registry]);
  // Before any dialog listens in the same place.
  useLayoutEffect(() => {
    window.addEventListener("keydown", keepFromAll, { capture: true });
    return () => window.removeEventListener("keydown", keepFromAll, { capture: true });
  }, []);
  return <RegistryContext.Provider value={registry}>{children}</RegistryContext.Provider>;
}

export function useShortcutRegistry(): ShortcutRegistry {
  const registry = useContext(RegistryContext);
  if (registry === null) throw new Error("shortcuts need a KeyboardProvider above them");
  return registry;
}

/** Registers shortcuts while the component is shown; their actions may change freely between renders. */
export function useShortcuts(shortcuts: Shortcut[]): void {
  const registry = useShortcutRegistry();
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  const signature = shortcuts
    .map((shortcut) => `${shortcut.group}\t${shortcut.keys ?? ""}\t${shortcut.label}`)
    .join("\n");
  useEffect(() => {
    const stable =
      signature === ""
        ? []
        : latest.current.map((shortcut, at) => ({ ...shortcut, run: () => latest.current[at]?.run() }));
    return registry.add(stable);
  }, [registry, signature]);
}

export function useShortcutList(): Shortcut[] {
  const registry = useShortcutRegistry();
  return useSyncExternalStore(registry.subscribe, registry.list);
}
