import { Button, Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./mail-merge.module.css";
import { useTexts } from "./use-texts";

type ConfirmDialogProps = {
  title: string;
  text: string;
  action: string;
  busy: boolean;
  confirm: () => void;
  close: () => void;
};

/** Asked before what cannot be taken back. */
export function ConfirmDialog({ title, text, action, busy, confirm, close }: ConfirmDialogProps) {
  const { t } = useTranslation();
  const m = useTexts();
  return (
    <Modal opened onClose={close} title={title} closeButtonProps={{ "aria-label": t("common.close") }}>
      <p className={classes.confirm}>{text}</p>
      <div className={classes.actions}>
        <Button variant="default" data-autofocus onClick={close}>
          {m("mailmerge.go_back")}
        </Button>
        <Button loading={busy} onClick={confirm}>
          {action}
        </Button>
      </div>
    </Modal>
  );
}
