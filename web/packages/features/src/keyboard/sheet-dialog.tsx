import { Modal } from "@mantine/core";
import { Kbd } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import classes from "./sheet.module.css";
import { useShortcutList } from "./shortcuts";

export default function SheetDialog({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useTranslation();
  const shortcuts = useShortcutList();
  const groups = [...new Set(shortcuts.map((shortcut) => shortcut.group))];
  return (
    <Modal
      opened={open}
      onClose={close}
      title={t("keys.title")}
      size="lg"
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
                      {shortcut.keys.split(" ").map((key) => (
                        <Kbd key={key}>{key === "Escape" ? "Esc" : key}</Kbd>
                      ))}
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
