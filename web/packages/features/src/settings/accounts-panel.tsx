import { Button, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { isProblem, send } from "@tenon/api-client";
import { Notice, Panel, useToast } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import {
  identitiesQuery,
  keys,
  ProblemNotice,
  ProblemState,
  signInWaysQuery,
  useApi,
  useFormat,
  useProblemText,
} from "../core";
import { ProofCancelled, useProven } from "../proof";
import classes from "./settings.module.css";

/** Why an account could not be added, or proved nothing; other words are told as a plain failure. */
const REFUSALS = [
  "access_denied",
  "account_taken",
  "flow_expired",
  "issuer_unavailable",
  "no_auth_time",
  "not_asked_again",
  "other_account",
] as const;

type AccountsPanelProps = {
  leave: (url: string) => void;
  added: boolean;
  refusal: string | undefined;
};

/** Accounts at issuers by which one signs in. Not shown where the operator has set none up. */
export function AccountsPanel({ leave, added, refusal }: AccountsPanelProps) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const format = useFormat();
  const toast = useToast();
  const problemText = useProblemText();
  const proven = useProven();
  const ways = useQuery(signInWaysQuery(api));
  const accounts = useQuery(identitiesQuery(api));
  const add = useMutation({
    mutationFn: (issuer: string) =>
      proven(() => send(api.POST("/api/v1/me/identities", { body: { issuer } }))),
    onSuccess: ({ authorize_url }) => leave(authorize_url),
  });
  const remove = useMutation({
    mutationFn: (id: string) =>
      proven(() => send(api.DELETE("/api/v1/me/identities/{id}", { params: { path: { id } } }))),
    onSuccess: () => {
      toast(t("accounts.removed"));
      void client.invalidateQueries({ queryKey: keys.identities });
    },
    onError: (error) => {
      if (error instanceof ProofCancelled) return;
      toast(isProblem(error, "validation") ? t("accounts.only_way") : problemText(error), "danger");
    },
  });
  const issuers = ways.data?.issuers ?? [];
  const reason = REFUSALS.find((word) => word === refusal) ?? "failed";
  if (issuers.length === 0 && (accounts.data?.length ?? 0) === 0) return null;
  return (
    <Panel title={t("accounts.title")} lead={t("accounts.lead")} flush>
      {(added || refusal !== undefined) && (
        <div className={classes.row}>
          <Notice tone={added ? "ok" : "warn"} role="status">
            {added ? t("accounts.added") : t(`accounts.refusal.${reason}`)}
          </Notice>
        </div>
      )}
      {accounts.isPending && <Skeleton height={56} m="md" width="auto" />}
      {accounts.isError && <ProblemState error={accounts.error} retry={() => void accounts.refetch()} />}
      {accounts.data?.map((account) => (
        <div key={account.id} className={classes.row}>
          <div className={classes.rowText}>
            <div className={classes.rowTitle}>
              {account.account === "" ? account.issuer : `${account.issuer} · ${account.account}`}
            </div>
            <div className={classes.rowNote}>
              {t("passkeys.used", {
                since: format.medium(account.created_at),
                used: format.ago(account.last_used_at),
              })}
            </div>
          </div>
          <Button
            size="xs"
            variant="default"
            loading={remove.isPending && remove.variables === account.id}
            aria-label={t("accounts.remove_named", { name: account.issuer })}
            onClick={() => remove.mutate(account.id)}
          >
            {t("accounts.remove")}
          </Button>
        </div>
      ))}
      <div className={classes.row}>
        <div className={classes.stack}>
          {add.error !== null && !(add.error instanceof ProofCancelled) && (
            <ProblemNotice error={add.error} />
          )}
          <div className={classes.actions}>
            {issuers.map((issuer) => (
              <Button
                key={issuer.name}
                variant="default"
                loading={add.isPending && add.variables === issuer.name}
                onClick={() => add.mutate(issuer.name)}
              >
                {t("accounts.add", { issuer: issuer.label })}
              </Button>
            ))}
          </div>
        </div>
      </div>
    </Panel>
  );
}
