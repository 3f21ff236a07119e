import { ActionIcon } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { send } from "@tenon/api-client";
import { IconBookmark, IconX, useToast } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { keys, savedSearchesQuery, useApi, useProblemText } from "../core";
import labelClasses from "../mail/labels.module.css";
import classes from "./search.module.css";

type SavedSearchesProps = { current: string | undefined; onPick: (query: string) => void };

/** The member's kept searches, beside the labels. */
export function SavedSearches({ current, onPick }: SavedSearchesProps) {
  const { t } = useTranslation();
  const api = useApi();
  const toast = useToast();
  const problemText = useProblemText();
  const client = useQueryClient();
  const saved = useQuery(savedSearchesQuery(api));
  const forget = useMutation({
    mutationFn: (id: string) => send(api.DELETE("/api/v1/saved-searches/{id}", { params: { path: { id } } })),
    onSuccess: () => void client.invalidateQueries({ queryKey: keys.savedSearches }),
    onError: (error) => toast(problemText(error), "danger"),
  });
  if (saved.data === undefined || saved.data.length === 0) return null;
  return (
    <>
      <h2 className={labelClasses.group}>{t("search.saved")}</h2>
      <ul className={labelClasses.items}>
        {saved.data.map((search) => (
          <li key={search.id} className={classes.saved}>
            <button
              type="button"
              className={`${labelClasses.item} ${classes.pick}`}
              aria-current={current === search.query ? "page" : undefined}
              title={search.query}
              onClick={() => onPick(search.query)}
            >
              <IconBookmark size={16} stroke={1.6} aria-hidden="true" />
              <span className={labelClasses.name}>{search.name}</span>
            </button>
            <ActionIcon
              className={classes.forget}
              variant="subtle"
              color="gray"
              c="var(--tn-text-2)"
              size={28}
              aria-label={t("search.forget", { name: search.name })}
              onClick={() => forget.mutate(search.id)}
            >
              <IconX size={14} />
            </ActionIcon>
          </li>
        ))}
      </ul>
    </>
  );
}
