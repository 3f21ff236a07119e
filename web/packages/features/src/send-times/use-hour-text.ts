import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { createFormat, regional, useFormat, useMe } from "../core";
import { placeOf } from "./wall";

/** An hour in words: as the reader's own wall shows it, and as the wall it was chosen on does where that is another. */
export function useHourText(): (sendAt: string, timeZone?: string) => string {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const own = useMe()?.member.time_zone;
  return (sendAt, timeZone) => {
    const here = format.full(sendAt);
    if (timeZone === undefined || timeZone === own) return here;
    const there = createFormat(regional(i18n.language, navigator.languages), timeZone);
    if (there.full(sendAt) === here) return here;
    return t("scheduling.hour_there", { here, there: there.full(sendAt), place: placeOf(timeZone) });
  };
}

/** An hour of the days to come, for lists: the year goes without saying. */
export function useShortHour(): (sendAt: string) => string {
  const { locale } = useFormat();
  const timeZone = useMe()?.member.time_zone;
  return useMemo(() => {
    const day = { weekday: "short", day: "numeric", month: "short" } as const;
    const format = new Intl.DateTimeFormat(locale, {
      ...day,
      hour: "2-digit",
      minute: "2-digit",
      ...(timeZone === undefined ? {} : { timeZone }),
    });
    return (sendAt) => format.format(new Date(sendAt));
  }, [locale, timeZone]);
}
