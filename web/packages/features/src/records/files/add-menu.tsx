/** The three ways to a file: Google's own page, a search here, a link from elsewhere. */
import { Button, Menu } from "@mantine/core";
import { IconBrandGoogleDrive, IconLink, IconPlus, IconSearch } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { IN_MAIN } from "../list/in-main";
import classes from "./files.module.css";

export type Way = "choose" | "search" | "paste";
const ICONS = { choose: IconBrandGoogleDrive, search: IconSearch, paste: IconLink } as const;
const WAYS: readonly Way[] = ["choose", "search", "paste"];

export function AddMenu({ leaving, go }: { leaving: boolean; go: (way: Way) => void }) {
  const { t } = useTranslation();
  return (
    <Menu {...IN_MAIN} position="bottom-end" width={284} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button size="compact-sm" variant="default" leftSection={<IconPlus size={15} />} loading={leaving}>
          {t("files.add")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {WAYS.map((way) => {
          const Icon = ICONS[way];
          return (
            <Menu.Item
              key={way}
              leftSection={<Icon size={18} stroke={1.6} aria-hidden="true" />}
              onClick={() => go(way)}
            >
              {t(`files.way.${way}`)}
              <span className={classes.wayNote}>{t(`files.way.${way}_note`)}</span>
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
