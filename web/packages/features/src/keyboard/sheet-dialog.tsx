import { Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Keys } from "./keys";
import classes from "./sheet.module.css";
import { useShortcutList } from "./shortcuts";

export default function SheetDialog({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useTranslation();
  const shortcuts = useShortcutList().filter((shortcut) => shortcut.keys !== undefined);
  const groups = [...new Set(shortcuts.map((shortcut) => shortcut.group))];
  return (
    <Modal
      opened={open}
      onClose={close}
      title={t("keys.title")}
      size="xl"
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <div className={classes.groups}>
        {groups.map((group) => (
          <section key={group}>
            <h3 className={classes.group}>{group}</h3>
            <dl className={classes.list}>
              {shortcuts
                .filter((shortcut) => shortcut.group === group)
                .map((shortcut) => (
                  <div key={shortcut.keys} className={classes.row}>
                    <dt>{shortcut.label}</dt>
                    <dd>
                      <Keys keys={shortcut.keys ?? ""} />
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
      <p className={classes.note}>{t("keys.note")}</p>
    </Modal>
  );
}
