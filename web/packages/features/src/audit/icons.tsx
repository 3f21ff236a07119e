import type { AuditAction, AuditGroup } from "@tenon/api-client";
import { IconAlertTriangle, IconKey, IconLock, IconMail, IconUsers } from "@tenon/ui";
import classes from "./audit.module.css";

const GROUPS: Record<AuditGroup, typeof IconKey> = {
  access: IconKey,
  members: IconUsers,
  mail: IconMail,
  security: IconLock,
};

/** What somebody should look at. */
const WORRYING: Partial<Record<AuditAction, "warn" | "danger">> = {
  second_factor_failed: "warn",
  locked_out: "warn",
  value_not_opened: "danger",
};

export function ActionMark({ action, group }: { action: AuditAction; group: AuditGroup | undefined }) {
  const tone = WORRYING[action];
  const Icon = tone !== undefined || group === undefined ? IconAlertTriangle : GROUPS[group];
  return (
    <span className={classes.mark} data-tone={tone} aria-hidden="true">
      <Icon size={16} stroke={1.7} />
    </span>
  );
}
