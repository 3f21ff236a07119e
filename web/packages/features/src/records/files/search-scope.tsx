/** Says that only files given to Tenon are found, and where that is widened. */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Connection } from "@tenon/api-client";
import { Notice } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { LinkButton } from "../../core";
import { allowing, FILES_SEARCH } from "./accounts";
import classes from "./files.module.css";

type SearchScopeProps = { account: Connection; found: boolean; chooseInDrive: () => void };

/** A line below what was found; where nothing was, the next thing to do. */
export function SearchScope({ account, found, chooseInDrive }: SearchScopeProps) {
  const { t } = useTranslation();
  const widen = allowing(account, FILES_SEARCH);
  if (found)
    return (
      <p className={classes.hint}>
        {t("files.scope.title")}.{" "}
        <Link className={classes.link} to="/connect" search={widen}>
          {t("files.scope.switch_on")}
        </Link>
      </p>
    );
  return (
    <div className={classes.scope}>
      <Notice
        title={t("files.scope.title")}
        actions={
          <>
            <Button size="xs" variant="default" onClick={chooseInDrive}>
              {t("files.way.choose")}
            </Button>
            <LinkButton to="/connect" search={widen} size="xs" variant="default">
              {t("files.scope.switch_on")}
            </LinkButton>
          </>
        }
      >
        {t("files.scope.text")}
      </Notice>
    </div>
  );
}
