import type { CreateAsk } from "../core/edits";

export default function CreateDialog(_: { ask: CreateAsk; close: () => void }) {
  return null;
}
