/** What came of an import, and the way back. */
import { Button, Modal } from "@mantine/core";
import { IconArrowBackUp, IconRefresh, Notice, type Tone } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { LinkButton, useFormat } from "../../core";
import type { ImportItem } from "../core/next-types";
import { KIND_PATHS } from "../record/paths";
import classes from "./exchange.module.css";
import { Refusal } from "./refusal";
import { RemoveButton } from "./remove-button";
import { RowsPanel } from "./rows-panel";
import { useImportActions } from "./use-import-actions";

type Ended = "done" | "cancelled" | "failed" | "undone";
const TONES: Record<Ended, Tone> = { done: "ok", cancelled: "warn", failed: "danger", undone: "neutral" };

export function ResultStep({ item }: { item: ImportItem }) {
  const { t } = useTranslation();
  const format = useFormat();
  const actions = useImportActions(item);
  const [asking, setAsking] = useState(false);
  const state = item.state as Ended;
  const counts = item.counts ?? { create: 0, update: 0, skip: 0, fail: 0 };
  const written = counts.create + counts.update;
  const undoable =
    written > 0 &&
    state !== "undone" &&
    (item.undo_until === null || Date.parse(item.undo_until) > Date.now());
  const { left } = item;
  const number = (count: number) => ({ count, number: format.number(count) });
  return (
    <>
      {actions.error !== undefined && <Refusal error={actions.error} />}
      <Notice
        tone={TONES[state]}
        role="status"
        title={t(`exchange.ended.${state}`)}
        actions={
          state !== "failed" ? undefined : (
            <Button
              size="xs"
              leftSection={<IconRefresh size={15} />}
              loading={actions.busy === "start"}
              onClick={() => actions.run("start")}
            >
              {t("exchange.go_on")}
            </Button>
          )
        }
      >
        {state === "failed" && item.error !== null && item.error.detail !== "" && <p>{item.error.detail}</p>}
        {state === "undone"
          ? left > 0
            ? t("exchange.undone_left", number(left))
            : t("exchange.undone_all")
          : t("exchange.result", {
              created: format.number(counts.create),
              updated: format.number(counts.update),
              skipped: format.number(counts.skip),
              failed: format.number(counts.fail),
            })}
      </Notice>
      {item.counts !== null && <RowsPanel item={item} counts={counts} />}
      <div className={classes.foot}>
        {undoable && (
          <Button
            variant="default"
            leftSection={<IconArrowBackUp size={16} />}
            loading={actions.busy === "undo"}
            onClick={() => setAsking(true)}
          >
            {t("exchange.undo")}
          </Button>
        )}
        <RemoveButton item={item} />
        <span className={classes.space} />
        <LinkButton to={KIND_PATHS[item.kind]} variant={state === "done" ? "filled" : "default"}>
          {t("exchange.to_list", { kinds: t(`records.kinds.${item.kind}`) })}
        </LinkButton>
      </div>
      {undoable && item.undo_until !== null && (
        <p className={classes.until}>{t("exchange.undo_until", { day: format.day(item.undo_until) })}</p>
      )}
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={t("exchange.undo_title")}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        <p className={classes.text}>
          {t("exchange.undo_text", {
            created: format.number(counts.create),
            updated: format.number(counts.update),
          })}
        </p>
        <p className={classes.text}>{t("exchange.undo_stays")}</p>
        <div className={classes.actions}>
          <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
            {t("common.cancel")}
          </Button>
          <Button
            color="red"
            onClick={() => {
              setAsking(false);
              actions.run("undo");
            }}
          >
            {t("exchange.undo")}
          </Button>
        </div>
      </Modal>
    </>
  );
}
