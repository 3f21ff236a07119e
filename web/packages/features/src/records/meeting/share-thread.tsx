/** Who else may read a conversation; the dialog behind it changes that. */
import { Button } from "@mantine/core";
import { IconLock, IconUsers, IconWorld } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { late, useFormat } from "../../core";
import type { ThreadSharing } from "../core/next-types";
import { useMembers, useTeams } from "../core/words";
import classes from "./customers.module.css";

const ShareThreadDialog = late(() => import("./share-thread-dialog"));

const ICONS = { private: IconLock, shared: IconUsers, workspace: IconWorld };
const NAMED = 3;

type ShareThreadProps = { thread: string; sharing: ThreadSharing; compact?: boolean };

export function ShareThread({ thread, sharing, compact = false }: ShareThreadProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const state = useSharingText(sharing);
  const shared = isShared(sharing);
  const Icon = ICONS[sharing.scope];
  const dialog = open && <ShareThreadDialog thread={thread} sharing={sharing} close={() => setOpen(false)} />;
  if (compact)
    return (
      <span className={classes.share}>
        <button
          type="button"
          className={classes.badge}
          data-shared={shared || undefined}
          aria-label={shared ? t("threads.sharing.change_named", { state }) : t("threads.sharing.share")}
          onClick={() => setOpen(true)}
        >
          <Icon size={14} aria-hidden="true" />
          <span>{shared ? t("threads.sharing.badge") : t("threads.sharing.share_short")}</span>
        </button>
        {dialog}
      </span>
    );
  return (
    <>
      <p className={classes.state}>
        <Icon size={15} aria-hidden="true" />
        {state}
      </p>
      <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
        {shared ? t("threads.sharing.change") : t("threads.sharing.share")}
      </Button>
      {dialog}
    </>
  );
}

export const isShared = ({ scope }: ThreadSharing): boolean => scope !== "private";

/** In words: nobody else, everybody, or who. */
function useSharingText({ scope, shares, records }: ThreadSharing): string {
  const { t } = useTranslation();
  const format = useFormat();
  const members = useMembers();
  const teams = useTeams() ?? [];
  if (scope === "workspace") return t("threads.sharing.with_all");
  if (scope === "private") return t("threads.sharing.only_you");
  const names = shares.map(({ member, team }) =>
    team === null ? members.name(member) : (teams.find(({ id }) => id === team)?.name ?? ""),
  );
  const more = names.length - NAMED;
  const listed = more > 0 ? [...names.slice(0, NAMED), t("threads.sharing.others", { count: more })] : names;
  if (listed.length === 0) return t("threads.sharing.with_records");
  const named = t("threads.sharing.with", { names: format.list(listed) });
  return records ? `${named} ${t("threads.sharing.with_records")}` : named;
}
