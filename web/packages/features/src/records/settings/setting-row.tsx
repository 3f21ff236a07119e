/** One thing of a list in the settings: what it is, *Edit*, and what ends it, which is asked first. */
import { Button, Modal } from "@mantine/core";
import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { IconPencil, useToast } from "@tenon/ui";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRecordEdits } from "../core/edits";
import classes from "./settings.module.css";

type Ending = {
  icon: ReactNode;
  label: string;
  /** The label with the name of what is ended. */
  named: string;
  title: string;
  text: string;
  run: () => Promise<unknown>;
  /** What is said when it is done. */
  done: string;
  /** What is asked anew then. */
  refreshes: QueryKey;
};

type SettingRowProps = {
  name: string;
  note: ReactNode;
  aside?: ReactNode;
  /** Whether the member may change it. */
  may: boolean;
  edit: () => void;
  end: Ending;
};

export function SettingRow({ name, note, aside, may, edit, end }: SettingRowProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const edits = useRecordEdits();
  const [asking, setAsking] = useState(false);
  const ending = useMutation({
    mutationFn: end.run,
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: end.refreshes });
      toast(end.done);
    },
    onError: edits.refused,
    onSettled: () => setAsking(false),
  });
  return (
    <div className={classes.row}>
      <div className={classes.what}>
        <div className={classes.name}>{name}</div>
        <div className={classes.note}>{note}</div>
      </div>
      {aside}
      {may && (
        <div className={classes.side}>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPencil size={15} />}
            aria-label={t("records.settings.edit_named", { name })}
            onClick={edit}
          >
            {t("records.settings.edit")}
          </Button>
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            leftSection={end.icon}
            aria-label={end.named}
            onClick={() => setAsking(true)}
          >
            {end.label}
          </Button>
        </div>
      )}
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={end.title}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        <p className={classes.text}>{end.text}</p>
        <div className={classes.actions}>
          <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
            {t("common.cancel")}
          </Button>
          <Button color="red" loading={ending.isPending} onClick={() => ending.mutate()}>
            {end.label}
          </Button>
        </div>
      </Modal>
    </div>
  );
}
