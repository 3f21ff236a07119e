import { useTranslation } from "react-i18next";
import type { FieldSet } from "../core/fields";
import { ADDRESS_PARTS, FULL_NAME, ID } from "./targets";

type Part = (typeof ADDRESS_PARTS)[number];

/** What the places are called that a column can go to. */
export function useTargetWords() {
  const { t } = useTranslation();
  const part = (name: string) =>
    ADDRESS_PARTS.some((one) => one === name) ? t(`exchange.part.${name as Part}`) : name;
  const choice = (key: string, fields: FieldSet): string => {
    const [name = "", of] = key.split(".");
    if (name === FULL_NAME) return t("exchange.full_name");
    if (name === ID) return t("exchange.id");
    const field = fields.byKey.get(name);
    const label = field?.label ?? name;
    if (of !== undefined) return `${label}: ${part(of)}`;
    return label;
  };
  return { part, choice };
}
