import { Button } from "@mantine/core";
import { Blank, IconLayoutKanban, IconSearch } from "@tenon/ui";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { LinkButton } from "../../core";
import { KIND_ICONS } from "../core/kind-icon";
import type { Kind } from "../core/types";

/** No pipeline: nothing can stand anywhere yet. */
export const emptyKind = (kind: Kind, t: TFunction) => (
  <Blank
    icon={IconLayoutKanban}
    headingLevel={1}
    title={t("records.list.no_pipeline_title", { kinds: t(`records.kinds.${kind}`) })}
    action={<LinkButton to="/settings">{t("records.list.no_pipeline_action")}</LinkButton>}
  >
    {t("records.list.no_pipeline_text")}
  </Blank>
);

type EmptyListProps = {
  kind: Kind;
  narrowed: boolean;
  widen: () => void;
  create: (() => void) | undefined;
};

export function EmptyList({ kind, narrowed, widen, create }: EmptyListProps) {
  const { t } = useTranslation();
  if (narrowed) {
    return (
      <Blank
        icon={IconSearch}
        title={t("records.list.nothing_title")}
        action={
          <Button variant="default" onClick={widen}>
            {t("records.list.show_all")}
          </Button>
        }
      >
        {t("records.list.nothing_text")}
      </Blank>
    );
  }
  return (
    <Blank
      icon={KIND_ICONS[kind]}
      title={t(`records.list.empty_${kind as "contact"}`)}
      action={
        create !== undefined && <Button onClick={create}>{t(`records.list.new_${kind as "contact"}`)}</Button>
      }
    >
      {t("records.list.empty_text")}
    </Blank>
  );
}
