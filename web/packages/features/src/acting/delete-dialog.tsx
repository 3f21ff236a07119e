import { Button, Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { allowSearch, connectionQuery, featureState, LinkButton, useApi, useFocusBack } from "../core";
import classes from "./label-dialog.module.css";

type DeleteDialogProps = { connection: string; count: number; confirm: () => void; close: () => void };

/** What cannot be undone is asked first; where it is not allowed, that is said with the way to allow it. */
export default function DeleteDialog({ connection, count, confirm, close }: DeleteDialogProps) {
  const { t } = useTranslation();
  const api = useApi();
  useFocusBack();
  const { data } = useQuery(connectionQuery(api, connection));
  const allowed = data === undefined || featureState(data, "deleting") === "on";
  return (
    <Modal
      opened
      onClose={close}
      title={allowed ? t("acting.delete_title", { count }) : t("acting.delete_off_title")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <p style={{ margin: 0, lineHeight: 1.55 }}>
        {t(allowed ? "acting.delete_text" : "acting.delete_off_text")}
      </p>
      <div className={classes.actions}>
        <Button variant="default" onClick={close} data-autofocus>
          {t("common.cancel")}
        </Button>
        {allowed ? (
          <Button
            color="red"
            onClick={() => {
              close();
              confirm();
            }}
          >
            {t("acting.delete_confirm")}
          </Button>
        ) : (
          <LinkButton to="/connect" search={allowSearch(data, "deleting")}>
            {t("acting.allow")}
          </LinkButton>
        )}
      </div>
    </Modal>
  );
}
