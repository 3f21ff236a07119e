import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../core";
import { bucketNames } from "./period";
import type { By } from "./types";

type Bucket = { start: string; end: string };

/** The columns of a picture over time, and what each is called; the last may not be over yet. */
export function useColumns(buckets: readonly Bucket[], by: By, today: string) {
  const { t } = useTranslation();
  const { locale } = useFormat();
  return useMemo(() => {
    const names = bucketNames(by, locale);
    const last = buckets.at(-1);
    const running = last !== undefined && last.end > today;
    return {
      running,
      columns: buckets.map(({ start }) => ({
        key: start,
        label: names.short(start),
        year: names.year(start),
      })),
      nameOf(column: number): string {
        const name = names.long(buckets[column]?.start ?? "");
        const called = by === "week" ? t("reports.week_of", { day: name }) : name;
        return running && column === buckets.length - 1 ? t("reports.so_far", { name: called }) : called;
      },
    };
  }, [buckets, by, today, locale, t]);
}
