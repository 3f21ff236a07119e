import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useTitle } from "../core";
import { EntryFrame } from "../frame/entry";

/** The end of a tab that was opened only for signing in: the one that waits has heard of it already. */
export function SignedInScreen() {
  const { t } = useTranslation();
  useTitle(t("sign_in.done_title"));
  return (
    <EntryFrame title={t("sign_in.done_title")} lead={t("sign_in.done")}>
      <Button component={Link} to="/" variant="default" size="md" fullWidth>
        {t("sign_in.done_here")}
      </Button>
    </EntryFrame>
  );
}
