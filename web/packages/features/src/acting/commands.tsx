import type { Label, Matching, Thread } from "@tenon/api-client";
import { type ReactNode, useMemo, useState } from "react";
import { late } from "../core";
import { useActing } from "./acting";
import { type Change, type Roles, rolesOf } from "./change";
import type { Offer } from "./offered";

const LabelDialog = late(() => import("./label-dialog"));
const DiscardDialog = late(() => import("./discard-dialog"));
const DeleteDialog = late(() => import("./delete-dialog"));

/** Conversations to act on: some, or everything that matches the list. */
export type Chosen = { threads: ReadonlyArray<Thread> } | { matching: Matching; total: number };

type Asking = { what: "label" | "move" | "delete" | "discard"; chosen: Chosen; done: () => void };

export type Commands = {
  roles: Roles;
  /** Does it, or asks for what it needs; `done` runs once it is on its way. */
  run: (offer: Offer, chosen: Chosen, done?: () => void) => void;
  act: (change: Change, chosen: Chosen, more?: { labelName?: string; quiet?: boolean }) => void;
  dialogs: ReactNode;
};

/** The actions of one mailbox's screen, with the dialogs that some of them need. */
export function useCommands(
  connection: string,
  labels: Label[] | undefined,
  list: string | undefined,
): Commands {
  const { act: begin } = useActing();
  const [asking, setAsking] = useState<Asking>();
  const roles = useMemo(() => rolesOf(labels), [labels]);

  const act: Commands["act"] = (change, chosen, more = {}) =>
    begin({ connection, roles, change, target: chosen, list, ...more });
  const run: Commands["run"] = (offer, chosen, done = () => undefined) => {
    if (offer === "label" || offer === "move") setAsking({ what: offer, chosen, done });
    else if (offer === "discard") setAsking({ what: "discard", chosen, done });
    else if (offer === "delete_forever") setAsking({ what: "delete", chosen, done });
    else {
      act({ action: offer }, chosen);
      done();
    }
  };
  const close = () => setAsking(undefined);
  const threads = asking !== undefined && "threads" in asking.chosen ? asking.chosen.threads : undefined;
  const count =
    asking === undefined
      ? 0
      : "threads" in asking.chosen
        ? asking.chosen.threads.length
        : asking.chosen.total;
  /** Moving takes off the label of the list one looks at, or the inbox. */
  const from = labels?.find(({ id }) => id === list)?.type === "user" ? list : undefined;

  const dialogs =
    asking !== undefined &&
    (asking.what === "discard" ? (
      <DiscardDialog
        connection={connection}
        threads={threads ?? []}
        drafts={roles.drafts ?? ""}
        close={close}
        done={asking.done}
      />
    ) : asking.what === "delete" ? (
      <DeleteDialog
        connection={connection}
        count={count}
        close={close}
        confirm={() => {
          act({ action: "delete_forever" }, asking.chosen);
          asking.done();
        }}
      />
    ) : (
      <LabelDialog
        mode={asking.what}
        connection={connection}
        labels={labels ?? []}
        threads={threads}
        count={count}
        close={close}
        apply={(add, remove) => {
          for (const label of add) {
            const change: Change =
              asking.what === "move"
                ? { action: "move", label: label.id, ...(from === undefined ? {} : { from }) }
                : { action: "add_label", label: label.id };
            act(change, asking.chosen, { labelName: label.name });
          }
          for (const label of remove)
            act({ action: "remove_label", label: label.id }, asking.chosen, { labelName: label.name });
          asking.done();
        }}
      />
    ));
  return { roles, run, act, dialogs };
}
