import type { Conflict } from "../core/edits";

export default function ConflictDialog(_: { conflict: Conflict; close: () => void }) {
  return null;
}
