import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useApi } from "../core";
import { useFieldWords } from "../records/core/fields";
import { variablesQuery } from "./queries";

/** A variable as people choose it. */
export type NamedVariable = { name: string; group: string; label: string };

/** The variables there are, by what they are of. */
export function useVariables(): NamedVariable[] {
  const { t } = useTranslation();
  const api = useApi();
  const { data } = useQuery(variablesQuery(api));
  const { label } = useFieldWords();
  return useMemo(
    () =>
      (data ?? []).map(({ name, kind, field, label: own }) => {
        if (kind === null) {
          const mine = field === "email" ? "email" : "name";
          return { name, group: t("templates.me"), label: t(`templates.my.${mine}`) };
        }
        const whole = kind === "contact" && field === "name" ? t("templates.whole_name") : undefined;
        return { name, group: t(`records.kind.${kind}`), label: own ?? whole ?? label(kind, field) };
      }),
    [data, label, t],
  );
}
