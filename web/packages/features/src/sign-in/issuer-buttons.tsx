import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type SignInWays, send } from "@tenon/api-client";
import { IconWorld } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { ProblemNotice, useApi, useLocale } from "../core";
import classes from "./sign-in.module.css";

type IssuerButtonsProps = {
  issuers: SignInWays["issuers"];
  body: { invitation?: string; next?: string };
  leave: (url: string) => void;
  /** Whether it is for joining. */
  joins?: boolean;
};

/** One button for each issuer that the operator has set up. */
export function IssuerButtons({ issuers, body, leave, joins = false }: IssuerButtonsProps) {
  const { t } = useTranslation();
  const api = useApi();
  const locale = useLocale();
  const begin = useMutation({
    mutationFn: (issuer: string) =>
      send(
        api.POST("/api/v1/sign-in/issuers/{issuer}", {
          params: { path: { issuer } },
          body: {
            ...body,
            locale,
            time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
          },
        }),
      ),
    onSuccess: ({ authorize_url }) => leave(authorize_url),
  });
  if (issuers.length === 0) return null;
  return (
    <div className={classes.ways}>
      {begin.error !== null && <ProblemNotice error={begin.error} />}
      {issuers.map((issuer) => (
        <Button
          key={issuer.name}
          variant="default"
          size="md"
          fullWidth
          leftSection={<IconWorld size={18} />}
          loading={begin.isPending && begin.variables === issuer.name}
          onClick={() => begin.mutate(issuer.name)}
        >
          {joins ? t("join.with", { issuer: issuer.label }) : t("sign_in.with", { issuer: issuer.label })}
        </Button>
      ))}
    </div>
  );
}

export function Divider({ text }: { text: string }) {
  return <div className={classes.divider}>{text}</div>;
}
