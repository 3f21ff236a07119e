/** Why records may be the same, in words. */
import { useTranslation } from "react-i18next";
import { useFormat } from "../../core";
import type { Reason } from "../core/next-types";

export function useReasonText() {
  const { t } = useTranslation();
  const format = useFormat();
  return (reasons: readonly Reason[]): string =>
    format.list(reasons.map((reason) => t(`merge.reason.${reason}`)));
}
