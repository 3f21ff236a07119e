import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { IconDots } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { keyCaps } from "../keyboard/keys";
import { OFFER_ICONS, OFFER_KEYS } from "./offer-parts";
import type { Offer } from "./offered";
import classes from "./toolbar.module.css";

type ToolbarProps = {
  offers: Offer[];
  /** As many as there is room for; the others are in the menu. */
  room: number;
  run: (offer: Offer) => void;
  label: string;
  extra?: Array<{ label: string; run: () => void; icon?: React.ReactNode }>;
};

/** What can be done with conversations, as buttons with a menu for the rest. */
export function Toolbar({ offers, room, run, label, extra = [] }: ToolbarProps) {
  const { t } = useTranslation();
  const shown = offers.slice(0, room);
  const rest = offers.slice(room);
  const name = (offer: Offer) => t(`acting.offer.${offer}`);
  const keyHint = (offer: Offer) => {
    const keys = OFFER_KEYS[offer];
    return keys === undefined ? "" : ` (${keyCaps(keys).join(" ")})`;
  };
  return (
    <div className={classes.toolbar} role="toolbar" aria-label={label}>
      {shown.map((offer) => {
        const Icon = OFFER_ICONS[offer];
        return (
          <Tooltip key={offer} label={name(offer) + keyHint(offer)}>
            <ActionIcon
              variant="subtle"
              color="gray"
              c="var(--tn-text-2)"
              size="lg"
              aria-label={name(offer)}
              data-offer={offer}
              onClick={() => run(offer)}
            >
              <Icon size={18} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        );
      })}
      {rest.length + extra.length > 0 && (
        <Menu position="bottom-end" width={230} withinPortal={false} withInitialFocusPlaceholder={false}>
          <Menu.Target>
            <ActionIcon
              variant="subtle"
              color="gray"
              c="var(--tn-text-2)"
              size="lg"
              aria-label={t("acting.more")}
            >
              <IconDots size={18} stroke={1.6} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {rest.map((offer) => {
              const Icon = OFFER_ICONS[offer];
              return (
                <Menu.Item
                  key={offer}
                  leftSection={<Icon size={16} />}
                  data-offer={offer}
                  onClick={() => run(offer)}
                >
                  {name(offer)}
                </Menu.Item>
              );
            })}
            {extra.map((item) => (
              <Menu.Item key={item.label} leftSection={item.icon} onClick={item.run}>
                {item.label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  );
}
