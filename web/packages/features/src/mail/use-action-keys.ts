import type { Thread } from "@tenon/api-client";
import { useTranslation } from "react-i18next";
import { type Offer, offers } from "../acting";
import type { Roles } from "../acting/change";
import { useShortcuts } from "../keyboard";

type ActionKeys = {
  list: string | undefined;
  roles: Roles;
  /** What the key would act on now; undefined for everything that matches. */
  threads: () => ReadonlyArray<Thread> | undefined;
  run: (offer: Offer) => void;
};

/** Gmail's keys for acting on what is chosen, open or under the cursor, in this order. */
export function useActionKeys({ list, roles, threads, run }: ActionKeys): void {
  const { t } = useTranslation();
  const group = t("keys.group.act");
  /** The first of these that makes sense now. */
  const first =
    (...wanted: Offer[]) =>
    () => {
      const offered = offers(threads(), list, roles);
      const offer = wanted.find((candidate) => offered.includes(candidate));
      if (offer !== undefined) run(offer);
    };
  useShortcuts([
    { keys: "e", label: t("acting.offer.archive"), group, run: first("archive") },
    { keys: "#", label: t("acting.offer.trash"), group, run: first("trash", "delete_forever", "discard") },
    {
      keys: "Delete",
      label: t("acting.offer.trash"),
      group,
      run: first("trash", "delete_forever", "discard"),
      keyOnly: true,
    },
    { keys: "!", label: t("acting.offer.spam"), group, run: first("spam", "not_spam") },
    { keys: "s", label: t("keys.star"), group, run: first("star", "unstar") },
    { keys: "I", label: t("acting.offer.mark_read"), group, run: () => run("mark_read") },
    { keys: "U", label: t("acting.offer.mark_unread"), group, run: () => run("mark_unread") },
    { keys: "l", label: t("acting.offer.label"), group, run: first("label") },
    { keys: "v", label: t("acting.offer.move"), group, run: first("move") },
    { label: t("acting.offer.move_to_inbox"), group, run: first("move_to_inbox", "restore", "not_spam") },
  ]);
}
