import { Button, Modal, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFocusBack } from "../../core";
import classes from "../bulk/bulk.module.css";
import type { SavedView } from "../core/types";

type ViewDialogProps = {
  rename: SavedView | undefined;
  busy: boolean;
  close: () => void;
  save: (name: string, shared: boolean) => void;
};

export default function ViewDialog({ rename, busy, close, save }: ViewDialogProps) {
  const { t } = useTranslation();
  const [name, setName] = useState(rename?.name ?? "");
  const [shared, setShared] = useState(rename?.shared ?? false);
  useFocusBack();
  return (
    <Modal
      opened
      onClose={close}
      title={t(rename === undefined ? "records.views.save_as" : "records.views.rename")}
      size="sm"
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") save(name.trim(), shared);
        }}
      >
        <TextInput
          label={t("records.views.name")}
          value={name}
          maxLength={100}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Switch
          label={t("records.views.share_with_all")}
          description={t("records.views.share_note")}
          checked={shared}
          onChange={(event) => setShared(event.currentTarget.checked)}
        />
        <div className={classes.actions}>
          <Button variant="default" onClick={close}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={busy} disabled={name.trim() === ""}>
            {t("common.save")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
