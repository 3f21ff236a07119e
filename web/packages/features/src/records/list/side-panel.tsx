import { useTranslation } from "react-i18next";
import { late } from "../../core";
import classes from "./list.module.css";

type PanelProps = { id: string; onClose: () => void; onOpen: (id: string) => void };

const RecordPanel = late<PanelProps>(async () => ({ default: (await import("../record")).RecordPanel }));

type SidePanelProps = { id: string; close: () => void; open: (id: string) => void };

/** A record beside its list; on a phone it covers the list. */
export function SidePanel({ id, close, open }: SidePanelProps) {
  const { t } = useTranslation();
  return (
    <aside className={classes.panel} aria-label={t("records.list.panel")} data-testid="record-panel">
      <RecordPanel key={id} id={id} onClose={close} onOpen={open} />
    </aside>
  );
}
