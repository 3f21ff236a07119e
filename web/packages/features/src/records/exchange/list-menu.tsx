/** What can be done with a whole list of records. */
import { Menu } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { IconArrowsJoin, IconDots, IconDownload, IconUpload } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { late, useMe } from "../../core";
import { withTexts } from "../../i18n";
import { useShortcuts } from "../../keyboard";
import { IN_MAIN } from "../list/in-main";
import type { ExportAsk } from "./export-dialog";

const ExportDialog = late<{ ask: ExportAsk; close: () => void }>(() =>
  withTexts("exchange", () => import("./export-dialog")),
);

const DOUBLED = ["contact", "company", "lead"];

export function ListMenu({ ask, className }: { ask: ExportAsk; className: string | undefined }) {
  const { t } = useTranslation();
  const viewer = useMe()?.member.role === "viewer";
  const navigate = useNavigate();
  const [exporting, setExporting] = useState(false);
  const { kind } = ask;
  const doubled = DOUBLED.includes(kind);
  const group = t("records.list.keys_records");
  useShortcuts([
    ...(viewer
      ? []
      : [
          {
            label: t("records.more.import"),
            group,
            run: () => void navigate({ to: "/import/{-$id}", search: { kind } }),
          },
        ]),
    { label: t("records.more.export"), group, run: () => setExporting(true) },
    ...(doubled
      ? [
          {
            label: t("records.more.duplicates"),
            group,
            run: () => void navigate({ to: "/duplicates", search: { kind } }),
          },
        ]
      : []),
  ]);
  const link = (to: string) => ({ component: Link, to, search: { kind } }) as object;
  return (
    <>
      <Menu {...IN_MAIN} position="bottom-end" width={220} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <button type="button" className={className} aria-label={t("records.more.title")}>
            <IconDots size={16} stroke={1.7} aria-hidden="true" />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {!viewer && (
            <Menu.Item leftSection={<IconUpload size={16} />} {...link("/import/{-$id}")}>
              {t("records.more.import")}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconDownload size={16} />} onClick={() => setExporting(true)}>
            {t("records.more.export")}
          </Menu.Item>
          {doubled && (
            <Menu.Item leftSection={<IconArrowsJoin size={16} />} {...link("/duplicates")}>
              {t("records.more.duplicates")}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {exporting && <ExportDialog ask={ask} close={() => setExporting(false)} />}
    </>
  );
}
