import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type SignInWays, send } from "@tenon/api-client";
import { IconExternalLink, IconWorld, Notice } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { ProblemNotice, useApi, useLocale } from "../core";
import classes from "./sign-in.module.css";

type IssuerButtonsProps = {
  issuers: SignInWays["issuers"];
  body: { invitation?: string; next?: string };
  leave: (url: string) => void;
  /** Whether it is for joining. */
  joins?: boolean;
  /** This page has to stay: the issuer is gone to in a tab of its own, which ends at `SIGNED_IN_PATH`. */
  stays?: boolean;
};

/** Where a tab that was opened only for signing in ends. */
export const SIGNED_IN_PATH = "/signed-in";

/** One button for each issuer that the operator has set up. */
export function IssuerButtons({ issuers, body, leave, joins = false, stays = false }: IssuerButtonsProps) {
  const { t } = useTranslation();
  const api = useApi();
  const locale = useLocale();
  const begin = useMutation({
    mutationFn: ({ issuer }: Begin) =>
      send(
        api.POST("/api/v1/sign-in/issuers/{issuer}", {
          params: { path: { issuer } },
          body: {
            ...body,
            ...(stays ? { next: SIGNED_IN_PATH } : {}),
            locale,
            time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
          },
        }),
      ),
    onSuccess: ({ authorize_url }, { tab }) => {
      if (tab === undefined) leave(authorize_url);
      else tab?.location.replace(authorize_url);
    },
    onError: (_error, { tab }) => tab?.close(),
  });
  // Only now, while the click is fresh, does a browser let a tab be opened.
  const go = (issuer: string) => begin.mutate({ issuer, tab: stays ? window.open("", "_blank") : undefined });
  const answer = stays ? begin.data : undefined;
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
          rightSection={
            stays ? <IconExternalLink size={16} aria-label={t("sign_in.new_tab")} role="img" /> : undefined
          }
          loading={begin.isPending && begin.variables.issuer === issuer.name}
          onClick={() => go(issuer.name)}
        >
          {joins ? t("join.with", { issuer: issuer.label }) : t("sign_in.with", { issuer: issuer.label })}
        </Button>
      ))}
      {answer !== undefined && (
        <GoesOnElsewhere url={answer.authorize_url} open={begin.variables?.tab !== null} />
      )}
    </div>
  );
}

type Begin = {
  issuer: string;
  /** Opened for it; null where the browser did not let that happen. */
  tab: Window | null | undefined;
};

/** Signing in goes on in another tab; where none could be opened, by a link that opens one. */
function GoesOnElsewhere({ url, open }: { url: string; open: boolean }) {
  const { t } = useTranslation();
  return (
    <Notice role="status">
      {open ? t("sign_in.goes_on_elsewhere") : t("sign_in.tab_blocked")}
      {!open && (
        <>
          {" "}
          <a href={url} target="_blank" rel="noreferrer">
            {t("sign_in.open_tab")}
          </a>
        </>
      )}
    </Notice>
  );
}

export function Divider({ text }: { text: string }) {
  return <div className={classes.divider}>{text}</div>;
}
