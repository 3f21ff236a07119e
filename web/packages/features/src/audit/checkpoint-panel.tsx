import { ActionIcon, CopyButton, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { AuditCheckpoint } from "@tenon/api-client";
import { Facts, IconCheck, IconCopy, Panel } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { auditCheckpointQuery, ProblemState, useApi, useFormat } from "../core";
import classes from "./audit.module.css";

/** How it shows when somebody has changed the log, and what is needed to look. */
export function CheckpointPanel() {
  const { t } = useTranslation();
  const state = useQuery(auditCheckpointQuery(useApi()));
  return (
    <Panel title={t("audit.check.title")} lead={t("audit.check.lead")}>
      {state.isPending && <Skeleton height={150} aria-busy="true" />}
      {state.isError && state.data === undefined && (
        <ProblemState error={state.error} retry={() => void state.refetch()} />
      )}
      {state.data !== undefined && <Details state={state.data} />}
    </Panel>
  );
}

function Details({ state }: { state: AuditCheckpoint }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { checkpoint } = state;
  return (
    <>
      <Facts
        entries={[
          [t("audit.check.entries"), format.number(state.count)],
          [
            t("audit.check.head"),
            state.head === null ? null : <Copied name={t("audit.check.head")} text={state.head} />,
          ],
          [
            t("audit.check.last"),
            checkpoint === null
              ? t("audit.check.none")
              : t("audit.check.of", {
                  count: checkpoint.count,
                  number: format.number(checkpoint.count),
                  when: format.medium(checkpoint.at),
                  ago: format.ago(checkpoint.at),
                }),
          ],
          [
            t("audit.check.line"),
            checkpoint === null ? null : <Copied name={t("audit.check.line")} text={checkpoint.line} />,
          ],
          [
            t("audit.check.public_key"),
            <Copied key="key" name={t("audit.check.public_key")} text={state.public_key} />,
          ],
          [
            t("audit.check.command"),
            <Copied key="command" name={t("audit.check.command")} text={state.command} />,
          ],
        ]}
      />
      <p className={classes.explained}>{t("audit.check.explained")}</p>
      <p className={classes.explained}>{t("audit.check.book")}</p>
    </>
  );
}

/** Words for a machine, to be taken elsewhere. */
function Copied({ name, text }: { name: string; text: string }) {
  const { t } = useTranslation();
  return (
    <span className={classes.copied}>
      <code>{text}</code>
      <CopyButton value={text} timeout={3000}>
        {({ copied, copy }) => (
          <>
            <ActionIcon
              variant="subtle"
              color="gray"
              c="var(--tn-text-2)"
              aria-label={t("audit.check.copy", { name })}
              title={t("audit.check.copy", { name })}
              onClick={copy}
            >
              {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            </ActionIcon>
            <span className="tn-sr-only" role="status">
              {copied ? t("members.copied") : ""}
            </span>
          </>
        )}
      </CopyButton>
    </span>
  );
}
