import {
  IconAddressBook,
  IconBuilding,
  IconCheckbox,
  IconCoin,
  IconLayoutKanban,
  IconLifebuoy,
  IconNote,
  IconPhone,
  IconTargetArrow,
} from "@tenon/ui";
import type { ComponentType } from "react";
import type { Kind } from "./types";

type Icon = ComponentType<{ size?: number | string; stroke?: number | string; "aria-hidden"?: "true" }>;

export const KIND_ICONS: Record<Kind, Icon> = {
  contact: IconAddressBook,
  company: IconBuilding,
  deal: IconCoin,
  lead: IconTargetArrow,
  case: IconLifebuoy,
  card: IconLayoutKanban,
  task: IconCheckbox,
  activity: IconPhone,
  note: IconNote,
};

export function KindIcon({ kind, size = 18 }: { kind: Kind; size?: number }) {
  const Glyph = KIND_ICONS[kind];
  return <Glyph size={size} stroke={1.6} aria-hidden="true" />;
}
