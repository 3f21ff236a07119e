import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Avatar, IconUserPlus } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { plain, useFormat } from "../../core";
import type { Suggestion } from "../core/next-types";
import { RecordLink } from "../core/value-view";
import classes from "./suggestions.module.css";
import type { useSuggested } from "./use-suggested";

type SuggestionRowProps = {
  one: Suggestion;
  picked: boolean;
  pick: () => void;
  acting: ReturnType<typeof useSuggested>;
  may: boolean;
};

export function SuggestionRow({ one, picked, pick, acting, may }: SuggestionRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = plain(one.name) || one.address;
  return (
    <li className={classes.row} data-suggestion={one.address}>
      {may && (
        <input
          type="checkbox"
          className={classes.pick}
          checked={picked}
          aria-label={t("threads.suggestions.pick", { name })}
          onChange={pick}
        />
      )}
      <Avatar name={name} seed={one.address} size={34} />
      <div className={classes.who}>
        <div className={classes.name}>{name}</div>
        <div className={classes.quiet}>
          {name === one.address ? null : <span className={classes.address}>{one.address}</span>}
          {one.company !== null && (
            <span className={classes.company}>
              <RecordLink record={one.company} />
            </span>
          )}
        </div>
      </div>
      <div className={classes.mail}>
        <Link to="/conversations/$id" params={{ id: one.thread }} className={classes.last}>
          {t("threads.suggestions.last", { when: format.ago(one.last_at) })}
        </Link>
        <div className={classes.quiet}>
          {t("threads.suggestions.received", { count: one.received })}
          {" · "}
          {t("threads.suggestions.sent", { count: one.sent })}
        </div>
      </div>
      {may && (
        <div className={classes.actions}>
          <Button
            size="xs"
            variant="light"
            leftSection={<IconUserPlus size={15} />}
            aria-label={t("threads.add_named", { name })}
            onClick={() => acting.add(one)}
          >
            {t("threads.add")}
          </Button>
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            title={t("threads.suggestions.later_note")}
            aria-label={t("threads.suggestions.later_named", { name })}
            onClick={() => acting.later(one)}
          >
            {t("threads.suggestions.later")}
          </Button>
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            aria-label={t("threads.suggestions.never_named", { name })}
            onClick={() => acting.never([one])}
          >
            {t("threads.suggestions.never")}
          </Button>
        </div>
      )}
    </li>
  );
}
