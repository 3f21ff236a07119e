/** Says that only files given to Tenon are found, and where that is widened. */
import { Button } from "@mantine/core";
import type { Connection } from "@tenon/api-client";
import { Notice } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { LinkButton } from "../../core";
import { allowing, FILES_SEARCH } from "./accounts";
import classes from "./files.module.css";

type SearchScopeProps = { account: Connection; chooseInDrive: () => void };

export function SearchScope({ account, chooseInDrive }: SearchScopeProps) {
  const { t } = useTranslation();
  return (
    <div className={classes.scope}>
      <Notice
        title={t("files.scope.title")}
        actions={
          <>
            <Button size="xs" variant="default" onClick={chooseInDrive}>
              {t("files.way.choose")}
            </Button>
            <LinkButton to="/connect" search={allowing(account, FILES_SEARCH)} size="xs" variant="subtle">
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
