import { Combobox } from "@mantine/core";
import { IconSearch } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { plain } from "../core";
import { KindIcon } from "../records/core/kind-icon";
import type { FoundRecord } from "../records/core/next-types";
import classes from "./palette.module.css";
import type { FoundRecords } from "./use-found-records";

/** What was found under the names of records; what is only spelled alike stands apart and says so. */
export function RecordOptions({ text, records }: { text: string; records: FoundRecords }) {
  const { t } = useTranslation();
  const { shown, from } = records;
  const right = shown.filter(({ match }) => match !== "similar");
  const similar = shown.filter(({ match }) => match === "similar");
  const label =
    from === "search" ? t("finding.records") : from === "recent" ? t("finding.recent") : t("finding.changed");
  return (
    <>
      {right.length > 0 && <Group label={label} found={right} />}
      {similar.length > 0 && (
        <Group
          label={right.length > 0 ? t("finding.similar") : t("finding.did_you_mean", { text })}
          found={similar}
        />
      )}
      {records.more.length > 0 && (
        <Combobox.Group label={t("finding.more_group")}>
          {records.more.map((kind) => (
            <Combobox.Option key={kind} value={`more\t${kind}`} className={classes.option}>
              <span className={classes.record}>
                <IconSearch size={17} stroke={1.6} aria-hidden="true" />
                {t("finding.more", { place: t(`finding.place.${kind}`) })}
              </span>
            </Combobox.Option>
          ))}
        </Combobox.Group>
      )}
    </>
  );
}

function Group({ label, found }: { label: string; found: readonly FoundRecord[] }) {
  const { t } = useTranslation();
  return (
    <Combobox.Group label={label} classNames={{ groupLabel: classes.groupLabel ?? "" }}>
      {found.map(({ record, hint }) => (
        <Combobox.Option key={record.id} value={`open\t${record.id}`} className={classes.option}>
          <span className={classes.record}>
            <KindIcon kind={record.kind} size={17} />
            <span className={classes.name}>
              {record.title === "" ? t("finding.untitled") : plain(record.title)}
            </span>
            {hint !== null && hint !== "" && <span className={classes.hint}>{plain(hint)}</span>}
          </span>
          <span className={classes.kind}>{t(`finding.kind.${record.kind}`)}</span>
        </Combobox.Option>
      ))}
    </Combobox.Group>
  );
}
