/** How figures of reports are written. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../core";
import { formatMoney, formatMoneyShort } from "../records/core/amounts";
import type { Money } from "../records/core/types";

export function useWords() {
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo(() => {
    const { locale } = format;
    const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
    const currencies = new Intl.DisplayNames(locale, { type: "currency", fallback: "code" });
    return {
      locale,
      number: format.number,
      percent: (share: number) => percent.format(share),
      time: (seconds: number | null) => (seconds === null ? "–" : format.duration(seconds)),
      money: (value: Money) => formatMoney(value, locale),
      moneyShort: (value: Money) => formatMoneyShort(value, locale),
      currency(code: string): string {
        try {
          return currencies.of(code) ?? code;
        } catch {
          return code;
        }
      },
      records: (count: number) => t("records.list.count", { count, number: format.number(count) }),
    };
  }, [t, format]);
}
export type Words = ReturnType<typeof useWords>;
