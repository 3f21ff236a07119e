/** How many people one writes with are no contacts yet: a quiet word at the head of the contacts. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { IconUserPlus } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { useApi } from "../../core";
import { suggestionsQuery } from "./queries";
import classes from "./suggestions.module.css";
import { useFirstFew } from "./use-first-few";
import { useAside } from "./use-suggested";

export default function SuggestionsHint() {
  const { t } = useTranslation();
  const api = useApi();
  const aside = useAside();
  const query = useInfiniteQuery(suggestionsQuery(api));
  const { data, hasNextPage } = query;
  useFirstFew(query);
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  const count = items.filter(({ address }) => !aside.has(address)).length;
  if (count === 0) return null;
  return (
    <Link to="/contacts/suggestions" className={classes.hint}>
      <IconUserPlus size={15} stroke={1.7} aria-hidden="true" />
      <span aria-hidden="true">{hasNextPage ? `${count}+` : count}</span>
      <span className={classes.hintText}>{t("threads.suggestions.hint", { count })}</span>
    </Link>
  );
}
