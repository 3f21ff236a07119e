/** Back from the provider's page: the section is in view, and what came of it is said. */
import { Button } from "@mantine/core";
import { useNavigate, useRouterState } from "@tanstack/react-router";
import { Notice, useToast } from "@tenon/ui";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { plain, useFormat } from "../../core";
import { forgetLeaving, leftFrom, newSince } from "./picked";
import type { RecordFile } from "./types";

/** Why nothing was linked, by the word that the server leads back with. */
const CODES = [
  "wrong_account",
  "flow_expired",
  "admin_policy",
  "provider_unavailable",
  "too_many_files",
  "file_ids_invalid",
  "exchange_failed",
  "forbidden",
  "record_gone",
] as const;
type Code = (typeof CODES)[number];
const isCode = (code: string): code is Code => (CODES as readonly string[]).includes(code);
/** Left free above the section. */
const GAP_PX = 16;
/** So many are named one by one. */
const NAMED = 2;

/** Moves what scrolls around it, never the page. */
function bringIntoView(section: HTMLElement): void {
  let around = section.parentElement;
  while (around !== null && !/auto|scroll/.test(getComputedStyle(around).overflowY))
    around = around.parentElement;
  if (around === null) return;
  const above = section.getBoundingClientRect().top - around.getBoundingClientRect().top;
  around.scrollTop += above - GAP_PX;
}

/** `files` are the record's as they are since the page was opened. */
export function useReturn(record: string, files: RecordFile[] | undefined) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const navigate = useNavigate();
  const ref = useRef<HTMLElement>(null);
  const search = useRouterState({ select: ({ location }) => location.search as Record<string, unknown> });
  const here = useRouterState({ select: ({ location }) => location.pathname === `/records/${record}` });
  // As it was when the page was opened; the address is tidied up after that.
  const [came] = useState(() => ({
    mark: leftFrom(record),
    picked: here && search.picked !== undefined,
    error: here && typeof search.pick_error === "string" ? search.pick_error : undefined,
  }));
  const [error, setError] = useState(came.error);
  const isBack = came.mark !== undefined || came.picked || came.error !== undefined;

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the page is opened
  useEffect(() => {
    if (!isBack) return;
    forgetLeaving();
    if (came.picked || came.error !== undefined)
      void navigate({ to: "/records/$id", params: { id: record }, search: {}, replace: true });
  }, []);

  const known = files !== undefined;
  const said = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the files are known
  useEffect(() => {
    if (!isBack || files === undefined || said.current) return;
    said.current = true;
    if (ref.current !== null) bringIntoView(ref.current);
    ref.current?.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
    if (came.mark === undefined || came.error !== undefined) return;
    const added = newSince(came.mark, files);
    const names = added.slice(0, NAMED).map(({ name }) => plain(name));
    if (added.length > NAMED) toast(t("files.linked", { count: added.length }));
    else if (added.length > 0) toast(t("files.linked_named", { names: format.list(names) }));
    else toast(t("files.nothing_chosen"));
  }, [known]);

  const code = error !== undefined && isCode(error) ? error : "unknown";
  const problem: ReactNode = error !== undefined && (
    <Notice
      tone="danger"
      role="alert"
      title={t("files.not_linked")}
      actions={
        <Button size="xs" variant="default" onClick={() => setError(undefined)}>
          {t("common.dismiss")}
        </Button>
      }
    >
      {t(`files.error.${code}`)}
    </Notice>
  );
  return { ref, problem };
}
