import { Button, Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFocusBack, useFormat } from "../../core";
import type { Kind } from "../core/types";
import classes from "./bulk.module.css";

type DeleteDialogProps = { kind: Kind; count: number; close: () => void; confirm: () => void };

export default function DeleteDialog({ kind, count, close, confirm }: DeleteDialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const number = format.number(count);
  useFocusBack();
  return (
    <Modal
      opened
      onClose={close}
      title={t("records.bulk.delete_title", { count, number, kinds: t(`records.kinds.${kind}`) })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <p className={classes.text}>{t("records.bulk.delete_text")}</p>
      <div className={classes.actions}>
        <Button variant="default" onClick={close}>
          {t("common.cancel")}
        </Button>
        <Button color="red" data-autofocus onClick={confirm}>
          {t("records.bulk.delete_confirm", { count, number })}
        </Button>
      </div>
    </Modal>
  );
}
