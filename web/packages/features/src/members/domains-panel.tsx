import { Button, Skeleton, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { isProblem, send } from "@tenon/api-client";
import { Panel, useToast } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import {
  domainsQuery,
  keys,
  ProblemNotice,
  ProblemState,
  signInWaysQuery,
  useApi,
  useFormat,
  useProblemText,
} from "../core";
import { ProofCancelled, useProven } from "../proof";
import classes from "./members.module.css";

/** Domains whose people join by themselves. Without an issuer nobody could, so it is not shown then. */
export function DomainsPanel() {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const format = useFormat();
  const toast = useToast();
  const problemText = useProblemText();
  const proven = useProven();
  const ways = useQuery(signInWaysQuery(api));
  const domains = useQuery(domainsQuery(api));
  const [domain, setDomain] = useState("");
  const refresh = () => void client.invalidateQueries({ queryKey: keys.domains });
  const allow = useMutation({
    mutationFn: () => proven(() => send(api.POST("/api/v1/domains", { body: { domain: domain.trim() } }))),
    onSuccess: () => {
      setDomain("");
      refresh();
    },
  });
  const forbid = useMutation({
    mutationFn: (name: string) =>
      proven(() => send(api.DELETE("/api/v1/domains/{domain}", { params: { path: { domain: name } } }))),
    onSuccess: refresh,
    onError: (error) => {
      if (!(error instanceof ProofCancelled)) toast(problemText(error), "danger");
    },
  });
  if ((ways.data?.issuers.length ?? 0) === 0 && (domains.data?.length ?? 0) === 0) return null;
  const error = allow.error instanceof ProofCancelled ? null : allow.error;
  const wrong = isProblem(error, "validation") ? error.field("domain") : undefined;
  return (
    <Panel title={t("domains.title")} lead={t("domains.lead")} flush>
      <div className={classes.block}>
        {error !== null && wrong === undefined && (
          <div className={classes.gap}>
            <ProblemNotice error={error} />
          </div>
        )}
        <form
          className={classes.domainForm}
          onSubmit={(event) => {
            event.preventDefault();
            allow.mutate();
          }}
        >
          <TextInput
            className={classes.grow}
            label={t("domains.domain")}
            placeholder="example.com"
            value={domain}
            onChange={(event) => setDomain(event.currentTarget.value)}
            error={wrong}
            autoComplete="off"
            spellCheck={false}
          />
          <Button type="submit" loading={allow.isPending} disabled={domain.trim() === ""}>
            {t("domains.allow")}
          </Button>
        </form>
      </div>
      {domains.isPending && <Skeleton height={56} m="md" width="auto" />}
      {domains.isError && <ProblemState error={domains.error} retry={() => void domains.refetch()} />}
      {domains.data?.map(({ domain: name, created_at }) => (
        <div key={name} className={classes.row}>
          <div className={classes.who}>
            <div className={classes.text}>
              <div className={classes.name}>{name}</div>
              <div className={classes.note}>{t("domains.since", { since: format.medium(created_at) })}</div>
            </div>
          </div>
          <Button
            size="xs"
            variant="default"
            loading={forbid.isPending && forbid.variables === name}
            aria-label={t("domains.forbid_named", { domain: name })}
            onClick={() => forbid.mutate(name)}
          >
            {t("domains.forbid")}
          </Button>
        </div>
      ))}
    </Panel>
  );
}
