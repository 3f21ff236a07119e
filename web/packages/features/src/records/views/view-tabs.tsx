import { ActionIcon, Button, Menu } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { IconBookmark, IconDots, IconPencil, IconTrash, IconUsers, useToast } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { late, useApi } from "../../core";
import { recordCalls } from "../core/calls";
import { useRecordEdits } from "../core/edits";
import { recordKeys } from "../core/keys";
import type { Kind, Pipeline, SavedView, ViewInput, ViewLayout } from "../core/types";
import { IN_MAIN } from "../list/in-main";
import { definitionOf, type ListState } from "../list/list-state";
import { TabLink } from "../list/tab-link";
import classes from "./views.module.css";

const ViewDialog = late(() => import("./view-dialog"));

type ViewTabsProps = {
  kind: Kind;
  pipeline: Pipeline | undefined;
  views: SavedView[];
  view: SavedView | undefined;
  state: ListState;
  layout: ViewLayout;
  /** It was changed since it was opened. */
  changed: boolean;
  reset: () => void;
};

/** Saved views of this list, and what can be done with the one that is shown. */
export function ViewTabs({ kind, pipeline, views, view, state, layout, changed, reset }: ViewTabsProps) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const toast = useToast();
  const edits = useRecordEdits();
  const [dialog, setDialog] = useState<"new" | "rename">();
  const refresh = () => client.invalidateQueries({ queryKey: recordKeys.views(kind) });
  const open = (id: string | undefined) =>
    void navigate({ to: ".", search: (before: object) => ({ ...before, view: id, layout: undefined }) });

  const save = useMutation({
    mutationFn: (body: Partial<ViewInput>) => recordCalls(api).changeView(view?.id ?? "", body),
    onSuccess: async (saved) => {
      await refresh();
      reset();
      toast(t("records.views.saved", { name: saved.name }));
    },
    onError: edits.refused,
  });
  const add = useMutation({
    mutationFn: (body: ViewInput) => recordCalls(api).addView(body),
    onSuccess: async (made) => {
      await refresh();
      reset();
      setDialog(undefined);
      open(made.id);
      toast(t("records.views.saved", { name: made.name }));
    },
    onError: edits.refused,
  });
  const remove = useMutation({
    mutationFn: (gone: SavedView) => recordCalls(api).removeView(gone.id),
    onSuccess: async (_, gone) => {
      open(undefined);
      await refresh();
      const { id: _id, mine: _mine, ...body } = gone;
      edits.offerUndo(t("records.views.removed", { name: gone.name }), () => add.mutate(body));
    },
    onError: edits.refused,
  });

  if (views.length === 0 && !changed) return null;
  const tab = (id: string | undefined, name: string, shared: boolean) => (
    <TabLink
      key={id ?? ""}
      className={classes.tab}
      change={{ view: id, layout: undefined }}
      current={view?.id === id}
    >
      {shared && <IconUsers size={14} stroke={1.8} aria-label={t("records.views.shared")} />}
      {name}
    </TabLink>
  );
  return (
    <div className={classes.bar}>
      <nav className={classes.tabs} aria-label={t("records.views.title")}>
        {tab(undefined, t("records.views.all"), false)}
        {views.map((one) => tab(one.id, one.name, one.shared))}
      </nav>
      <div className={classes.tools}>
        {changed && (
          <>
            <Button size="compact-sm" variant="subtle" color="gray" c="var(--tn-text-2)" onClick={reset}>
              {t("records.views.reset")}
            </Button>
            {view?.mine === true && (
              <Button
                size="compact-sm"
                variant="light"
                loading={save.isPending}
                onClick={() => save.mutate({ layout, definition: definitionOf(state) })}
              >
                {t("records.views.save")}
              </Button>
            )}
            <Button
              size="compact-sm"
              variant="subtle"
              leftSection={<IconBookmark size={14} />}
              onClick={() => setDialog("new")}
            >
              {t("records.views.save_as")}
            </Button>
          </>
        )}
        {view?.mine === true && (
          <Menu {...IN_MAIN} position="bottom-end" width={220} withInitialFocusPlaceholder={false}>
            <Menu.Target>
              <ActionIcon
                variant="subtle"
                color="gray"
                c="var(--tn-text-2)"
                aria-label={t("records.views.more", { name: view.name })}
              >
                <IconDots size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setDialog("rename")}>
                {t("records.views.rename")}
              </Menu.Item>
              <Menu.Item
                leftSection={<IconUsers size={16} />}
                onClick={() => save.mutate({ shared: !view.shared })}
              >
                {t(view.shared ? "records.views.unshare" : "records.views.share")}
              </Menu.Item>
              <Menu.Divider />
              <Menu.Item
                color="red"
                leftSection={<IconTrash size={16} />}
                onClick={() => remove.mutate(view)}
              >
                {t("records.views.remove")}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      {dialog !== undefined && (
        <ViewDialog
          rename={dialog === "rename" ? view : undefined}
          busy={add.isPending || save.isPending}
          close={() => setDialog(undefined)}
          save={(name, shared) => {
            if (dialog === "rename") save.mutate({ name, shared }, { onSuccess: () => setDialog(undefined) });
            else
              add.mutate({
                kind,
                name,
                shared,
                layout,
                pipeline: pipeline?.id ?? null,
                definition: definitionOf(state),
              });
          }}
        />
      )}
    </div>
  );
}
