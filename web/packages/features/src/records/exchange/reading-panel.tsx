/** How the file is cut into cells. */
import { NativeSelect, Switch } from "@mantine/core";
import { Panel } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportItem, ImportOptions } from "../core/next-types";
import { encodingName } from "./encoding";
import classes from "./exchange.module.css";
import { Refusal } from "./refusal";
import { useReread } from "./use-begin-import";

const DELIMITERS = [
  [",", "comma"],
  [";", "semicolon"],
  ["\t", "tab"],
  ["|", "bar"],
] as const;

type ReadingPanelProps = {
  item: ImportItem;
  options: ImportOptions;
  change: (part: Partial<ImportOptions>) => void;
};

export function ReadingPanel({ item, options, change }: ReadingPanelProps) {
  const { t } = useTranslation();
  const reread = useReread(item);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const cut = async (delimiter: string) => {
    setBusy(true);
    setError(undefined);
    try {
      await reread?.(delimiter);
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Panel
      title={t("exchange.reading")}
      lead={t("exchange.reading_lead", { encoding: encodingName(item.encoding) })}
    >
      {error !== undefined && <Refusal error={error} title={t("exchange.not_taken")} />}
      <div className={classes.form}>
        <NativeSelect
          label={t("exchange.delimiter")}
          description={reread === undefined ? t("exchange.delimiter_note") : undefined}
          value={item.delimiter ?? ","}
          disabled={reread === undefined || busy}
          data={DELIMITERS.map(([value, word]) => ({ value, label: t(`exchange.delimiters.${word}`) }))}
          onChange={(event) => void cut(event.currentTarget.value)}
        />
        <Switch
          className={classes.switch}
          label={t("exchange.header")}
          description={t("exchange.header_note")}
          checked={options.header}
          onChange={(event) => change({ header: event.currentTarget.checked })}
        />
      </div>
    </Panel>
  );
}
