import { Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { EntryFrame } from "../frame/entry";

/** While the server is asked what a link leads to. */
export function Opening() {
  const { t } = useTranslation();
  return (
    <EntryFrame title={t("join.opening")} wide>
      <div aria-busy="true">
        <Skeleton height={38} mb="md" />
        <Skeleton height={38} />
      </div>
    </EntryFrame>
  );
}
