/** Where an import begins, and what was imported before. */
import { Button, NativeSelect, Skeleton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { ApiProblem } from "@tenon/api-client";
import { Blank, IconFileText, Notice, Page, PageHeader, Panel } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { ProblemState, plain, useApi, useFormat, useMe, useTitle } from "../../core";
import { KindIcon } from "../core/kind-icon";
import type { ImportItem } from "../core/next-types";
import { KINDS, type Kind } from "../core/types";
import { useMembers } from "../core/words";
import classes from "./exchange.module.css";
import { FileDrop } from "./file-drop";
import { importsQuery } from "./queries";
import { Refusal } from "./refusal";
import { StateWord } from "./state-word";
import { Steps } from "./steps";
import { useBeginImport } from "./use-begin-import";

const formatsOf = (kind: Kind): "people" | "calendar" | "table" =>
  kind === "contact" ? "people" : kind === "task" || kind === "activity" ? "calendar" : "table";

export function ImportsScreen({ kind }: { kind: Kind }) {
  const { t } = useTranslation();
  const viewer = useMe()?.member.role === "viewer";
  useTitle(t("exchange.title"));
  return (
    <Page width="52rem">
      <PageHeader title={t("exchange.title")} lead={t("exchange.lead")} />
      {viewer ? (
        <Notice title={t("exchange.viewer")}>{t("exchange.viewer_text")}</Notice>
      ) : (
        <>
          <Steps at="file" />
          <Begin kind={kind} />
        </>
      )}
      <PastImports />
    </Page>
  );
}

function Begin({ kind }: { kind: Kind }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { sending, error, take, cancel } = useBeginImport(kind);
  const formats = formatsOf(kind);
  const large = error instanceof ApiProblem && error.status === 413;
  return (
    <Panel title={t("exchange.new")}>
      {large ? (
        <Notice tone="danger" role="alert" title={t("exchange.too_large")}>
          {t("exchange.too_large_text")}
        </Notice>
      ) : (
        error !== undefined && <Refusal error={error} title={t("exchange.not_taken")} />
      )}
      <NativeSelect
        className={classes.kind}
        label={t("exchange.what")}
        value={kind}
        disabled={sending !== undefined}
        data={KINDS.map((one) => ({ value: one, label: t(`records.kinds.${one}`) }))}
        onChange={(event) =>
          void navigate({
            to: "/import/{-$id}",
            search: { kind: event.currentTarget.value as Kind },
            replace: true,
          })
        }
      />
      <FileDrop sending={sending} take={take} cancel={cancel} formats={t(`exchange.formats.${formats}`)} />
    </Panel>
  );
}

function PastImports() {
  const { t } = useTranslation();
  const api = useApi();
  const query = useInfiniteQuery(importsQuery(api));
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Panel title={t("exchange.past")} flush>
      {query.isPending && (
        <div className={classes.inside}>
          <Skeleton height={44} />
        </div>
      )}
      {query.isError && <ProblemState error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && items.length === 0 && (
        <Blank icon={IconFileText} title={t("exchange.none")}>
          {t("exchange.none_text")}
        </Blank>
      )}
      {items.length > 0 && (
        <ul className={classes.past}>
          {items.map((item) => (
            <PastImport key={item.id} item={item} />
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <div className={classes.inside}>
          <Button
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t("exchange.more")}
          </Button>
        </div>
      )}
    </Panel>
  );
}

function PastImport({ item }: { item: ImportItem }) {
  const { t } = useTranslation();
  const format = useFormat();
  const members = useMembers();
  const made = item.counts === null ? 0 : item.counts.create + item.counts.update;
  const ended = item.state === "done" || item.state === "cancelled";
  return (
    <li>
      <Link className={classes.pastLink} to="/import/{-$id}" params={{ id: item.id }}>
        <KindIcon kind={item.kind} />
        <span className={classes.pastWhat}>
          <span className={classes.pastName}>{plain(item.name)}</span>
          <span className={classes.note}>
            {[
              t(`records.kinds.${item.kind}`),
              ended && item.counts !== null
                ? t("exchange.written", { count: made, number: format.number(made) })
                : t("exchange.rows", { count: item.rows, number: format.number(item.rows) }),
              members.name(item.created_by),
              format.ago(item.created_at),
            ].join(" · ")}
          </span>
        </span>
        <StateWord item={item} />
      </Link>
    </li>
  );
}
