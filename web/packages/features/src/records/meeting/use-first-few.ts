import { useEffect } from "react";

type Pages = {
  data: { pages: ReadonlyArray<{ items: readonly unknown[] }> } | undefined;
  hasNextPage: boolean;
  isFetching: boolean;
  isError: boolean;
  fetchNextPage: () => Promise<unknown>;
};

const FEW = 10;
const MOST_PAGES = 8;

/** A page may be emptier than it was asked for while there is more: goes on until there is something to see. */
export function useFirstFew({ data, hasNextPage, isFetching, isError, fetchNextPage }: Pages): void {
  const pages = data?.pages ?? [];
  const count = pages.reduce((sum, { items }) => sum + items.length, 0);
  const wants = hasNextPage && !isFetching && !isError && count < FEW && pages.length < MOST_PAGES;
  useEffect(() => {
    if (wants) void fetchNextPage();
  }, [wants, fetchNextPage]);
}
